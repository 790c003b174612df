"""Products of matrices."""

from __future__ import annotations

from ..tensor import Tensor, make

__all__ = ["matmul"]


def matmul(a: Tensor, b: Tensor, form: str = "nn") -> Tensor:
    """Matrix product. form "nn": a[m,k] b[k,n]; "nt": a[m,k] b[n,k]ᵀ; "tn": a[k,m]ᵀ b[k,n]. Gives [m,n]."""
    return make("matmul", (a, b), form=form)
