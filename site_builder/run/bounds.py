"""Whether what the host writes can be an index, for every runner. It knows neither models nor plans."""

from __future__ import annotations

from ..errors import PlanError
from .definitions import Array


def check_bound(name: str, value: Array, bound: int | None) -> None:
    """Raise PlanError where a number is to be written that is not from 0 to below `bound`, and so points nowhere."""
    if bound is not None and value.size and not 0 <= value.min() <= value.max() < bound:
        wrong = value[(value < 0) | (value >= bound)].flat[0]
        raise PlanError(f"{name} holds whole numbers from 0 to {bound - 1}, cannot be written with {wrong}")
