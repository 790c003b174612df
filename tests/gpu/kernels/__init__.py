"""A case for every kernel, a file for each room of shaders/ that has many."""

from __future__ import annotations

from . import attention, convolution, general, matrix, normalisation
from .table import Case

CASES: list[Case] = [
    *general.CASES,
    *general.FUSED,
    *convolution.CASES,
    *attention.CASES,
    *normalisation.CASES,
    *matrix.CASES,
]
