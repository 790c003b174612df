"""Operands of one element type: what numbers beside a tensor become, and whole numbers beside signed ones.

In: two operands. Out: two tensors. Types that would lose something beside each other stay as they are, and the op's
rule refuses them: whole numbers from 2^24 on are not all f32.
"""

from __future__ import annotations

from numbers import Real

from .arrays import array_type, is_array
from .tensor import Operand, Tensor, make, operand


def alike(op: str, a: Operand, b: Operand) -> tuple[Tensor, Tensor]:
    """The operands of `op`, of which one is a tensor, as tensors: numbers and arrays have the type of the tensor.

    u32 beside i32, or beside negative whole numbers, becomes i32. Whole numbers are divided as f32, which has all of
    them up to 2^24: a // b is whole.
    """
    dtypes = {x.dtype for x in (a, b) if isinstance(x, Tensor)}
    if op == "divide" and "f32" not in dtypes:
        a, b = (make("cast", (x,), dtype="f32") if isinstance(x, Tensor) else x for x in (a, b))
        dtypes = {"f32"}
    if "u32" in dtypes and ("i32" in dtypes or any(map(_is_negative, (a, b)))):
        a, b = (make("cast", (x,), dtype="i32") if isinstance(x, Tensor) and x.dtype == "u32" else x for x in (a, b))
    like = next(x.dtype for x in (a, b) if isinstance(x, Tensor))
    return operand(op, a, like), operand(op, b, like)


def _is_negative(x: object) -> bool:
    """Whether it is a whole number below 0, or an array of whole numbers with such."""
    if isinstance(x, Real):
        return x < 0 and x % 1 == 0
    return is_array(x) and array_type(x)[0].dtype == "i32"
