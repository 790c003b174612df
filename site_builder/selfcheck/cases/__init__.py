"""A case for every op: how it is called, and on which shapes. What tests of shapes, derivatives and kernels share.

Inputs are drawn by `numbers`, in a range where the op is smooth, unless a case says otherwise. `tolerance` is relative
to the largest number of the result; the default covers f32 sums of some hundred terms. Where it is wider, `why` says
why.
"""

from __future__ import annotations

from ...graph.ops import families
from .table import HALF_TOLERANCE as HALF_TOLERANCE
from .table import Case as Case
from .table import Input as Input
from .table import model_of as model_of
from .table import numbers as numbers

CASES: list[Case] = [case for family in families(__name__) for case in family.CASES]
