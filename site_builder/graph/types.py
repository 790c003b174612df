"""What a tensor is made of: a shape and an element type, printed like `f32[2,3]`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NoReturn, get_args

from .lines import caller, fail

DType = Literal["f32", "u32"]
DTYPES: tuple[str, ...] = get_args(DType)
BYTES_PER_ELEMENT = 4


@dataclass(frozen=True)
class Type:
    """A static shape, `()` for a scalar, and an element type."""

    shape: tuple[int, ...]
    dtype: DType = "f32"

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)

    @property
    def rank(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def __call__(self, *_: object) -> NoReturn:
        """PyTorch's `x.type(…)` is another word here."""
        raise fail(f"type is what a tensor is, {self}, and no function", caller(), 'cast(x, "u32") or cast(x, "f32")')

    def __str__(self) -> str:
        return f"{self.dtype}[{','.join(map(str, self.shape))}]"
