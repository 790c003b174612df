"""What a tensor is made of: a shape and an element type, printed like `f32[2,3]`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, NoReturn, get_args

from .lines import caller, fail

DType = Literal["f32", "u32", "i32"]
DTYPES: tuple[str, ...] = get_args(DType)
BYTES_PER_ELEMENT = 4
WHOLE = {"u32": (0, 2**32 - 1), "i32": (-(2**31), 2**31 - 1)}  # the smallest and the largest of whole numbers
ELSEWHERE = {  # what Python, NumPy and PyTorch call them
    "float": "f32",
    "float32": "f32",
    "float64": "f32",
    "int": "i32",
    "int32": "i32",
    "int64": "i32",
    "uint32": "u32",
}


def element_type(given: Any) -> Any:
    """Our name of an element type for one of `ELSEWHERE`, text or a type itself; anything else as it is."""
    name = (getattr(given, "__name__", None) or str(given)).removeprefix("torch.")
    if name in ("bool", "bool_"):
        raise fail("there is no element type of truths", caller(), 'Masks are "f32", 1.0 or 0.0, as x > 0 gives them')
    return ELSEWHERE.get(name, given)


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
        raise fail(f"type is what a tensor is, {self}, and no function", caller(), 'cast(x, "i32") or cast(x, "f32")')

    @property
    def word(self) -> str:
        """How kernels see an element: an i32 lies in a word of u32, as two's complement (`shaders/lib/signed.wgsl`)."""
        return "f32" if self.dtype == "f32" else "u32"

    def __str__(self) -> str:
        return f"{self.dtype}[{','.join(map(str, self.shape))}]"
