"""What a run leaves behind, as data: its series, and everything needed to run it again and compare.

In: series of numbers, and the names and hashes of what made them. Out: JSON, the same bytes for the same numbers. It
does not know how a run is executed, nor where the site will put plans and data.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

DIGITS = 6  # significant digits kept: ten times finer than f32 runs on two machines agree
FLOOR = 0.01  # of a series' largest magnitude: what is smaller counts as this big, so that noise around zero is small
MARK = "$"  # the key of a JSON object that stands for something JSON has not: a record, an array
TOLERANCE = 1e-3  # agreement asked of two machines' training curves over some hundred steps, relative


def rounded(number: float) -> float | int | None:
    """The number to `DIGITS` significant digits; NaN and infinities, which JSON lacks, become None."""
    if isinstance(number, bool | int):
        return int(number)
    if not math.isfinite(number):
        return None
    return float(f"{number:.{DIGITS}g}") + 0.0  # + 0.0: no minus zero


def rounded_list(values: Iterable[float]) -> list[float | int | None]:
    """Each number rounded; for a NumPy array pass `array.ravel().tolist()`."""
    return [rounded(value) for value in values]


def exact_list(array: Any) -> list[float | int | None]:
    """The numbers of a NumPy array, those of f32 by the fewest digits that give them back, so that a run can be
    repeated to the last bit; NaN and infinities become None.
    """
    if array.dtype.kind != "f":
        return [int(value) for value in array.ravel().tolist()]
    return [float(str(value)) if math.isfinite(value) else None for value in array.astype("float32").ravel()]


def packed(array: Any) -> dict[str, Any]:
    """A NumPy array as JSON can hold it, every bit of it: {"shape", "dtype", "base64"}, little-endian."""
    raw = array.astype(array.dtype.newbyteorder("<")).tobytes()
    dtype = {"f": "f32", "u": "u32", "i": "i32"}[array.dtype.kind]
    return {"shape": list(array.shape), "dtype": dtype, "base64": base64.b64encode(raw).decode()}


def to_json(value: Any) -> str:
    """Compact JSON with sorted keys: the same value, the same text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True)
class Record:
    """A seeded run to repeat: fill the data that it reads, write `inputs` and the seed, run init, run `program` `times`
    times, read `series`.
    """

    seed: int
    program: str
    times: int
    series: Mapping[str, Sequence[float | int | None]]  # exact where the processor ran, else rounded
    inputs: Mapping[str, Any] = field(default_factory=dict)  # name -> {"shape": [...], "values": [...]}
    data: Sequence[str] = ()  # names of data sets the plan reads
    written: Mapping[str, Any] = field(default_factory=dict)  # data from elsewhere: name -> what `packed` gives
    plan: str = ""  # digest of the plan's JSON
    kernels: Mapping[str, str] = field(default_factory=dict)  # file -> hash of its WGSL
    adapter: str = ""  # the adapter's name, or "processor"
    runner: str = ""  # "wgpu" or "processor"
    versions: Mapping[str, str] = field(default_factory=dict)
    tolerance: float = TOLERANCE

    def to_json(self) -> str:
        """The record as text."""
        return to_json(asdict(self))


def difference(ours: Sequence[float | int | None], theirs: Sequence[float | int | None]) -> float:
    """The largest relative difference, max |a - b| / max(|b|, floor), where b is the recorded number.

    The floor is FLOOR of the largest |b|, as in demos/runtime/replay.js. Infinite where the lengths differ or only one
    of two numbers is finite.
    """
    if len(ours) != len(theirs):
        return math.inf
    known = [abs(b) for b in theirs if b is not None and math.isfinite(b)]
    floor = max(FLOOR * max(known, default=0.0), 1e-32)  # a series of zeros has no scale: any difference is too much
    largest = 0.0
    for a, b in zip(ours, theirs, strict=True):
        if a is None or b is None or not (math.isfinite(a) and math.isfinite(b)):
            if a is not b:
                return math.inf
            continue
        largest = max(largest, abs(a - b) / max(abs(b), floor))
    return largest


def largest_difference(ours: Record, theirs: Record) -> float:
    """The largest relative difference over all series; infinite where the records do not have the same ones."""
    if set(ours.series) != set(theirs.series):
        return math.inf
    return max((difference(ours.series[name], theirs.series[name]) for name in theirs.series), default=0.0)
