"""An experiment's result as bytes: numbers as JSON, arrays behind them, the records and plans of its runs beside them.

In: the dict that an experiment returned. Out: bytes for the cache, and from them the values for the prose, without
NumPy, or the whole result for its figures. It does not know how either is used.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from site_builder.errors import FigureError
from site_builder.record.records import Record, to_json

if TYPE_CHECKING:
    import numpy as np

Scalar = bool | int | float | str
MARK = "$"  # the key of an object that stands for something JSON has not


@dataclass(frozen=True)
class FigureRecord:
    """Where an experiment's numbers come from, for the reader: what ran, with which seeds, kernels and libraries."""

    seeds: tuple[int, ...] = ()
    adapter: str = ""  # as in Record; empty where no model was run
    runner: str = ""
    kernels: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def joined(cls, records: list[FigureRecord]) -> FigureRecord:
        """One record for a figure of several experiments."""
        return cls(
            tuple(sorted({seed for record in records for seed in record.seeds})),
            ", ".join(dict.fromkeys(record.adapter for record in records if record.adapter)),
            ", ".join(dict.fromkeys(record.runner for record in records if record.runner)),
            {file: found for record in records for file, found in record.kernels.items()},
            {name: version for record in records for name, version in record.versions.items()},
        )


@dataclass(frozen=True)
class Packed:
    """The readable head of a packed result: everything but the arrays."""

    tree: Any
    record: FigureRecord
    plans: Mapping[str, str]  # digest -> plan as JSON

    @classmethod
    def read(cls, data: bytes) -> Packed:
        """The head of what `pack` made."""
        head = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        found = head["record"]
        return cls(head["tree"], FigureRecord(**{**found, "seeds": tuple(found["seeds"])}), head["plans"])

    def values(self, name: str) -> dict[str, Scalar]:
        """The scalars, by dotted path: {"digits.accuracy": 0.96}."""
        return dict(_flatten(name, self.tree))

    def records(self, name: str) -> dict[str, Record]:
        """The records of runs that may be replayed, by dotted path."""
        return {path: Record.from_json(text) for path, text in _marked(name, self.tree, "record")}


def pack(result: Any, record: FigureRecord, plans: Mapping[str, str]) -> bytes:
    """The result as bytes; equal results give equal bytes. Raises FigureError on what cannot be kept."""
    if not isinstance(result, dict):
        raise FigureError(f"an experiment returns a dict of numbers, arrays and records, not {type(result).__name__}")
    arrays: list[np.ndarray[Any, Any]] = []
    tree = _packed(result, "the result", arrays)
    head = to_json({"tree": tree, "record": asdict(record), "plans": dict(plans)}).encode()
    return b"".join([len(head).to_bytes(8, "little"), head, *(array.tobytes() for array in arrays)])


def unpack(data: bytes) -> dict[str, Any]:
    """The result as its figures get it: arrays are NumPy's, records are Records."""
    length = int.from_bytes(data[:8], "little")
    body = memoryview(data)[8 + length :]
    result = _unpacked(json.loads(data[8 : 8 + length])["tree"], body)
    assert isinstance(result, dict)
    return result


def _packed(value: Any, path: str, arrays: list[np.ndarray[Any, Any]]) -> Any:
    import numpy as np

    if (isinstance(value, np.ndarray) and value.ndim == 0) or isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        raise FigureError(f"{path} is {value}, which no sentence can quote", hint="Did the training diverge?")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Record):
        return {MARK: "record", "text": value.to_json()}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        kept = np.ascontiguousarray(value, value.dtype.newbyteorder("<"))
        start = sum(array.nbytes for array in arrays)
        arrays.append(kept)
        return {MARK: "array", "dtype": kept.dtype.str, "shape": list(kept.shape), "start": start}
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str) or not key or key == MARK or "." in key:
                raise FigureError(f"{path} has the key {key!r}; keys are texts without a dot")
        return {key: _packed(each, f"{path}[{key!r}]", arrays) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_packed(each, f"{path}[{index}]", arrays) for index, each in enumerate(value)]
    raise FigureError(
        f"{path} is a {type(value).__name__}, expected a number, a text, an array, a record, a list or a dict"
    )


def _unpacked(value: Any, body: memoryview) -> Any:
    import numpy as np

    if isinstance(value, list):
        return [_unpacked(each, body) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get(MARK) == "record":
        return Record.from_json(value["text"])
    if value.get(MARK) == "array":
        dtype = np.dtype(value["dtype"])
        count = math.prod(value["shape"])
        return (
            np.frombuffer(body, dtype, count, value["start"]).reshape(value["shape"]).copy()
            if count
            else (np.empty(value["shape"], dtype))
        )
    return {key: _unpacked(each, body) for key, each in value.items()}


def _flatten(path: str, value: Any) -> list[tuple[str, Scalar]]:
    if isinstance(value, bool | int | float | str):
        return [(path, value)]
    if isinstance(value, dict) and MARK not in value:
        return [pair for key, each in value.items() for pair in _flatten(f"{path}.{key}", each)]
    if isinstance(value, list):
        return [pair for index, each in enumerate(value) for pair in _flatten(f"{path}.{index}", each)]
    return []


def _marked(path: str, value: Any, mark: str) -> list[tuple[str, str]]:
    if isinstance(value, dict) and value.get(MARK) == mark:
        return [(path, value["text"])]
    if isinstance(value, dict) and MARK not in value:
        return [pair for key, each in value.items() for pair in _marked(f"{path}.{key}", each, mark)]
    return []
