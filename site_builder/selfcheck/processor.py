"""Whether the processor runs plans here: one case from WGSL to numbers, against NumPy in float64.

In: a project, whose own kernels and compiler count. Out: a sentence. It does not need wgpu.
"""

from __future__ import annotations

from pathlib import Path

from ..modules import compiled
from ..plan import lower
from ..project.cache import Cache
from ..run import numpy_runner, processor_runner
from .cases import CASES, model_of
from .runs import difference, outcome

OP = "softmax"  # reads, adds up, divides, and calls a function that WebAssembly lacks


def processor(root: Path, cache: Cache) -> tuple[str, bool]:
    """What there is to say, and whether it is right. BuildError where there is no module or it cannot be run."""
    case = max((each for each in CASES if each.op == OP), key=lambda each: each.inputs[0].shape)
    model = model_of(case)
    plan = lower(model)
    runners = processor_runner(plan, compiled(plan, root, cache)), numpy_runner(model)
    (ours,), (exact,) = (outcome(runner, case, ["y"]) for runner in runners)
    found = difference(ours, exact)
    if found <= case.tolerance:
        return f"runs case {case} as NumPy does", True
    return f"case {case} differs from NumPy by {found:.1e}, where {case.tolerance:.1e} is allowed", False
