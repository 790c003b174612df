"""Operands of one element type: what a number beside a tensor becomes, and whole numbers beside signed ones.

In: two operands. Out: two tensors. Types that would lose something beside each other stay as they are, and the op's
rule refuses them: whole numbers from 2^24 on are not all f32.
"""

from __future__ import annotations

from numbers import Real

from .tensor import Operand, Tensor, constant, make


def alike(a: Operand, b: Operand) -> tuple[Tensor, Tensor]:
    """The operands, of which one is a tensor, as tensors: a number has the type of the tensor.

    u32 beside i32, or beside a negative whole number, becomes i32.
    """
    dtypes = {x.dtype for x in (a, b) if isinstance(x, Tensor)}
    if "u32" in dtypes and ("i32" in dtypes or any(_is_negative(x) for x in (a, b))):
        a, b = (make("cast", (x,), dtype="i32") if isinstance(x, Tensor) and x.dtype == "u32" else x for x in (a, b))
    like = next(x.dtype for x in (a, b) if isinstance(x, Tensor))
    first, second = (x if isinstance(x, Tensor) else constant(x, like) for x in (a, b))
    return first, second


def _is_negative(x: object) -> bool:
    """Whether it is a whole number below 0."""
    return isinstance(x, Real) and x < 0 and x % 1 == 0
