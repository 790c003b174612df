"""Whether what was computed anew is what is kept: the same series, arrays and numbers, within their tolerances.

In: two results as JSON. Out: sentences about where they differ. It does not know what the numbers mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from site_builder.record.records import MARK, TOLERANCE, Record, difference, largest_difference

NOISE = 1e-6  # what f32 leaves of a difference between numbers around 1
Compare = Callable[[str, Any, Any], None]  # gets a result's origin, what is kept or None, what was computed anew


@dataclass
class Comparison:
    """Collects what differs. `compared` counts the results that were kept, `missing` names those that were not."""

    compared: int = 0
    missing: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __call__(self, origin: str, kept: Any, found: Any) -> None:
        """Compare one result."""
        if kept is None:
            self.missing.append(origin)
            return
        self.compared += 1
        self.wrong += [f"{origin}: {sentence}" for sentence in differences(kept, found)]


def differences(kept: Any, found: Any, path: str = "") -> Iterator[str]:
    """A sentence for each number, series or text of `found` that is not as in `kept`.

    Series of a record may differ by the record's own tolerance, other series and arrays by TOLERANCE of their size,
    single numbers by TOLERANCE or by NOISE, whole ones not at all.
    """
    if isinstance(kept, Mapping) and isinstance(found, Mapping) and kept.get(MARK) == found.get(MARK):
        yield from _in_objects(kept, found, path)
    elif _is_series(kept) and _is_series(found) and len(kept) == len(found):
        yield from _too_far(difference(found, kept), TOLERANCE, path)
    elif isinstance(kept, list) and isinstance(found, list) and len(kept) == len(found):
        for index, (one, other) in enumerate(zip(kept, found, strict=True)):
            yield from differences(one, other, f"{path}.{index}" if path else str(index))
    elif _is_number(kept) and _is_number(found):
        whole = isinstance(found, int) and isinstance(kept, int)
        if abs(found - kept) > (0 if whole else max(TOLERANCE * abs(kept), NOISE)):
            yield f"{path} is {found}, and {kept} is kept"
    elif kept != found or isinstance(kept, bool) != isinstance(found, bool):
        yield f"{path} is {_short(found)}, and {_short(kept)} is kept"


def _in_objects(kept: Mapping[str, Any], found: Mapping[str, Any], path: str) -> Iterator[str]:
    if kept.get(MARK) == "record":
        theirs = Record(**kept["record"])
        yield from _too_far(largest_difference(Record(**found["record"]), theirs), theirs.tolerance, path)
    elif kept.keys() != found.keys():
        yield f"{path or 'the result'} has {', '.join(found)}, and {', '.join(kept)} are kept"
    else:
        for name in kept:
            yield from differences(kept[name], found[name], f"{path}.{name}" if path else name)


def _too_far(apart: float, allowed: float, path: str) -> Iterator[str]:
    if not apart <= allowed:
        yield f"{path} is {apart:.1e} from what is kept, relative to its size, where {allowed:.0e} is allowed"


def _is_series(value: Any) -> bool:
    return isinstance(value, Sequence) and len(value) > 0 and all(_is_number(each) for each in value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
