"""Whether what the host writes fits a variable, for every runner. It knows neither models nor plans."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import PlanError
from ..graph.types import WHOLE
from .arrays import Array


def checked(name: str, array: Any, shape: tuple[int, ...], dtype: str, bound: int | None) -> Array:
    """The numbers that are to be written, for the runner to convert.

    Raises PlanError where they have another shape or are none, and for u32 and i32 where one is not whole, or past
    what they hold, or not below `bound`: as an index it would point nowhere, and a conversion would change it.
    """
    known = f"{name} is {dtype}[{','.join(map(str, shape))}]"
    try:
        value = np.asarray(array)
        value = value.astype(np.float64) if value.dtype == object else value  # whole numbers of more than 64 bits
    except (TypeError, ValueError, OverflowError):
        raise PlanError(f"{known}, cannot be written with what is no array of numbers") from None
    if value.shape != shape:
        raise PlanError(f"{known}, cannot be written with shape {list(value.shape)}")
    if value.dtype.kind not in "biuf":
        raise PlanError(f"{known}, cannot be written with what is no array of numbers")
    if dtype in WHOLE and (bound is not None or value.dtype != {"u32": np.uint32, "i32": np.int32}[dtype]):
        least, most = WHOLE[dtype]
        most = most if bound is None else bound - 1
        fine = (value >= least) & (value <= most) & (np.floor(value) == value)  # not of NaN
        if not fine.all():
            raise PlanError(
                f"{name} holds whole numbers from {least} to {most}, cannot be written with {value[~fine].flat[0]}"
            )
    return value
