"""An experiment's result as JSON: numbers and rounded arrays, the records and plans of its runs beside them.

In: the dict that an experiment returned. Out: JSON for the project to keep, and from it the values for the prose,
without NumPy, or the whole result for its figures. It does not know how either is used.

What figures get is always what was kept, also right after a run, so that they are the same on every machine. Numbers
are kept as they are, elements of arrays to `records.DIGITS` significant digits: ten times finer than machines agree.
"""

from __future__ import annotations

import base64
import json
import math
import sys
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from site_builder.errors import FigureError
from site_builder.record.records import DIGITS, MARK, Record, rounded

if TYPE_CHECKING:
    import numpy as np

Scalar = bool | int | float | str
LEVELS = 100  # of lists and dicts within each other; each of them costs Python and JSON some of the stack


@dataclass(frozen=True)
class FigureRecord:
    """Where an experiment's numbers come from, for the reader: what ran, with which seeds, kernels and libraries."""

    seeds: tuple[int, ...] = ()
    adapters: tuple[str, ...] = ()  # as in Record; none where no model was run
    runner: str = ""
    kernels: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    system: str = ""  # of the machine that computed it: "Linux x86_64"

    @classmethod
    def joined(cls, records: list[FigureRecord]) -> FigureRecord:
        """One record for a figure of several experiments."""
        return cls(
            tuple(sorted({seed for record in records for seed in record.seeds})),
            tuple(dict.fromkeys(adapter for record in records for adapter in record.adapters)),
            ", ".join(dict.fromkeys(record.runner for record in records if record.runner)),
            {file: found for record in records for file, found in record.kernels.items()},
            {name: version for record in records for name, version in record.versions.items()},
            ", ".join(dict.fromkeys(record.system for record in records if record.system)),
        )


@dataclass(frozen=True)
class Packed:
    """A result that `pack` made, to be read."""

    tree: Any
    record: FigureRecord
    packed_plans: Mapping[str, str]

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> Packed:
        """What `pack` made."""
        record = {**found["record"], **{name: tuple(found["record"][name]) for name in ("seeds", "adapters")}}
        return cls(found["tree"], FigureRecord(**record), found["plans"])

    def values(self, name: str) -> dict[str, Scalar]:
        """The scalars, by dotted path: {"digits.accuracy": 0.96}."""
        return dict(_flatten(name, self.tree))

    def records(self, name: str) -> dict[str, Record]:
        """The records of runs that may be replayed, by dotted path."""
        return {path: Record(**fields) for path, fields in _marked(name, self.tree, "record")}

    def plan(self, digest: str) -> str:
        """A plan as JSON."""
        return zlib.decompress(base64.b64decode(self.packed_plans[digest])).decode()


def pack(result: Any, record: FigureRecord, plans: Mapping[str, str]) -> dict[str, Any]:
    """The result as JSON holds it; equal results give equal ones. `plans`: digest -> plan, which is compressed.

    Raises FigureError on what cannot be kept.
    """
    if not isinstance(result, dict):
        raise FigureError(f"an experiment returns a dict of numbers, arrays and records, not {type(result).__name__}")
    packed = {name: base64.b64encode(zlib.compress(plan.encode(), 9)).decode() for name, plan in plans.items()}
    return {"record": asdict(record), "tree": _packed(result, "the result"), "plans": packed}


def unpack(found: Mapping[str, Any]) -> dict[str, Any]:
    """The result as its figures get it: arrays are NumPy's, records are Records."""
    result = _unpacked(found["tree"])
    assert isinstance(result, dict)
    return result


def _packed(value: Any, path: str, within: tuple[int, ...] = ()) -> Any:
    """`value` as JSON holds it. `within`: the identities of the lists and dicts that it lies in."""
    import numpy as np

    if np.ma.is_masked(value):
        raise FigureError(f"{path} is a masked array", hint="Return its method filled(...), with a number for the gaps")
    if (isinstance(value, np.ndarray) and value.ndim == 0) or isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        _expect_scalar(value, path)
        return value
    if isinstance(value, Record):
        return {MARK: "record", "record": json.loads(value.to_json())}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        dtype = value.dtype.newbyteorder("<").str
        return {MARK: "array", "dtype": dtype, "shape": list(value.shape), "values": _numbers(value)}
    if id(value) in within:
        raise FigureError(f"{path} contains itself")
    if len(within) == LEVELS:
        raise FigureError(f"the result has more than {LEVELS} levels of lists and dicts within each other")
    within = (*within, id(value))
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str) or not key or key == MARK or "." in key:
                raise FigureError(f"{path} has the key {key!r}; keys are texts without a dot")
            _expect_scalar(key, f"a key of {path}")
        return {key: _packed(each, f"{path}[{key!r}]", within) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_packed(each, f"{path}[{index}]", within) for index, each in enumerate(value)]
    found = f"an array of {value.dtype}" if isinstance(value, np.ndarray) else f"a {type(value).__name__}"
    raise FigureError(f"{path} is {found}, expected a number, a text, an array of numbers, a record, a list or a dict")


def _expect_scalar(value: Scalar | None, path: str) -> None:
    """FigureError on a number or a text that prose, JSON or JavaScript cannot hold."""
    if isinstance(value, float) and not math.isfinite(value):
        raise FigureError(f"{path} is {value}, which no sentence can quote", hint="Did the training diverge?")
    if isinstance(value, int) and abs(value) > sys.float_info.max:
        bits = f"a whole number of {value.bit_length()} bits"  # Python refuses to write the longest ones
        raise FigureError(
            f"{path} is {bits}, larger than any float and any number of a page", hint="Return its logarithm"
        )
    lone = next((each for each in value if "\ud800" <= each <= "\udfff"), None) if isinstance(value, str) else None
    if lone is not None:
        raise FigureError(f"{path} holds {lone!r}, half of a letter in UTF-16, which no file can hold")


def _numbers(array: np.ndarray[Any, Any]) -> list[float | int | str]:
    """An array's elements, row by row: whole numbers as such, what is not finite as the text that `float` reads."""
    flat = array.ravel().tolist()
    if array.dtype.kind != "f":
        return [int(each) for each in flat]
    return [str(each) if (short := rounded(each)) is None else _short(short) for each in flat]


def _short(number: float) -> float | int:
    """A whole number without its `.0`."""
    return int(number) if number == int(number) and abs(number) < 10**DIGITS else number


def _unpacked(value: Any) -> Any:
    import numpy as np

    if isinstance(value, list):
        return [_unpacked(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get(MARK) == "record":
        return Record(**value["record"])
    if value.get(MARK) == "array":
        return np.array(
            [float(each) if isinstance(each, str) else each for each in value["values"]], value["dtype"]
        ).reshape(value["shape"])
    return {key: _unpacked(each) for key, each in value.items()}


def _flatten(path: str, value: Any) -> list[tuple[str, Scalar]]:
    if isinstance(value, bool | int | float | str):
        return [(path, value)]
    if isinstance(value, dict) and MARK not in value:
        return [pair for key, each in value.items() for pair in _flatten(f"{path}.{key}", each)]
    if isinstance(value, list):
        return [pair for index, each in enumerate(value) for pair in _flatten(f"{path}.{index}", each)]
    return []


def _marked(path: str, value: Any, mark: str) -> list[tuple[str, Any]]:
    if isinstance(value, dict) and value.get(MARK) == mark:
        return [(path, value[mark])]
    if isinstance(value, dict) and MARK not in value:
        return [pair for key, each in value.items() for pair in _marked(f"{path}.{key}", each, mark)]
    return []
