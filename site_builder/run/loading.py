"""Who fills the data of a model: a function that runners are handed. They do not know where data sets come from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors import DataError

if TYPE_CHECKING:
    from .arrays import Array

# (source, name, shape, dtype, bound) -> what fills the data `name` of a model, which names `source` for it.
Loader = Callable[[str, str, tuple[int, ...], str, int | None], "Array"]


def no_data(source: str, name: str, shape: tuple[int, ...], dtype: str, bound: int | None) -> Array:
    """The loader of a runner that was handed none: raises DataError."""
    raise DataError(
        f"the data {name!r} is to be filled with {source}, and this runner was handed nothing that loads data sets",
        hint="Hand it load=site_builder.data.load_data",
    )
