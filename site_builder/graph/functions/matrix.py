"""Products of matrices."""

from __future__ import annotations

import math

from ..tensor import Tensor, broadcast, common_shape, make
from .views import reshape

__all__ = ["matmul"]


def matmul(a: Tensor, b: Tensor, form: str = "nn", single: bool = False) -> Tensor:
    """Matrix product over the last two axes; leading axes are broadcast.

    form "nn": a[…,m,k] b[…,k,n]; "nt": a[…,m,k] b[…,n,k]ᵀ; "tn": a[…,k,m]ᵀ b[…,k,n]. Gives [*, m, n].
    `single`: in single precision also where the model asks for half.
    """
    precision = {"single": True} if single else {}
    if len(a.shape) == len(b.shape) == 2 or min(len(a.shape), len(b.shape)) < 2:
        return make("matmul", (a, b), form=form, **precision)
    if len(b.shape) == 2 and form != "tn":  # one matrix for all rows: one product
        rows = make("matmul", (reshape(a, (math.prod(a.shape[:-1]), a.shape[-1])), b), form=form, **precision)
        return reshape(rows, (*a.shape[:-1], rows.shape[-1]))
    leading = common_shape("matmul", a.shape[:-2], b.shape[:-2])
    together = leading if len(leading) <= 2 else (math.prod(leading[:-1]), leading[-1])
    operands = (broadcast(x, (*leading, *x.shape[-2:])) for x in (a, b))
    y = make("batched_matmul", tuple(reshape(x, (*together, *x.shape[-2:])) for x in operands), form=form)
    return reshape(y, (*leading, *y.shape[-2:]))
