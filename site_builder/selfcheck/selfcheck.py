"""Every kernel on this machine's adapter, against the NumPy definitions in float64.

In: nothing but the machine. Out: how many kernels were tried, a sentence for each that fails, and how long loops are. A
kernel is tried through the largest case whose plan uses it, as it runs in a model: bound, fused and dispatched by the
lowering.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..errors import BuildError
from ..graph import Model
from ..plan import Plan, lower
from ..plan.anchors import PASSES
from ..plan.kernels import HALF
from ..run.arrays import Array
from ..run.device import FEATURES, features, passes_run
from ..run.on_numpy import NumPyRunner
from ..run.on_wgpu import WgpuRunner
from .cases import CASES, HALF_TOLERANCE, Case, model_of
from .runs import difference, outcome

LONG = 2**20  # passes of a loop for which no plan asks
FIRST, OUTER, INNER = 30_000, 100, 353  # passes of three loops: with those that end them all but 33 of PASSES


@dataclass(frozen=True)
class Trial:
    """A case, its plan, the optional features that kernels may use, and the kernels that no larger case uses.

    Instead of a plan why there is none: a kernel that cannot be read.
    """

    case: Case
    plan: Plan | BuildError
    using: tuple[str, ...] = ()
    kernels: tuple[str, ...] = ()


def trials() -> Iterator[Trial]:
    """The largest cases that use every kernel between them that this machine can run.

    The largest, since one of a single element would find little: a loop that ends early, a row that is skipped.
    """
    seen: set[str] = set()
    for case in sorted(CASES, key=_size, reverse=True):
        model = model_of(case)
        model.half = True
        try:
            plan = lower(model)
        except BuildError as error:
            if str(error) not in seen:
                seen.add(str(error))
                yield Trial(case, error)
            continue
        used = {step.kernel for step in plan.programs["run"].steps}
        for using in ((), *((feature,) for feature in sorted(features()))):
            sources = {_source(plan, kernel, using) for kernel in used}
            new = sorted({plan.sources[source].file for source in sources} - seen)
            seen.update(new)
            if new:
                yield Trial(case, plan, using, tuple(new))


def loops() -> tuple[str, bool]:
    """How many passes through loops the adapter runs of an invocation, and whether that is enough for plans."""
    asked = FIRST + OUTER * INNER
    run = passes_run(FIRST, OUTER, INNER)
    if run < asked:
        return f"an invocation runs {run:,} passes of {asked:,} through its loops: long sums would be wrong", False
    run = passes_run(LONG, 0, 0)
    if run == LONG:
        return f"an invocation runs a loop of {LONG:,} passes; plans ask for {PASSES:,} at most", True
    return f"an invocation stops after {run:,} passes of a longer loop; plans ask for {PASSES:,} at most", True


def failures(trial: Trial) -> Iterator[str]:
    """What is wrong with a trial's kernels here, as sentences; nothing where all is well."""
    if isinstance(trial.plan, BuildError):
        yield str(trial.plan)
        return
    try:
        ((ours, exact),) = on_both(trial.case, model_of(trial.case), trial.plan, ["y"], trial.using)
    except BuildError as error:
        yield f"case {trial.case}: {error}"
        return
    found = difference(ours, exact)
    allowed = HALF_TOLERANCE if HALF in trial.using else trial.case.tolerance
    if not found <= allowed:  # also where it is no number
        yield (
            f"{', '.join(trial.kernels)}: case {trial.case} differs from NumPy by {found:.1e} of its largest "
            f"number, where {allowed:.1e} is allowed"
        )


def on_both(
    case: Case, model: Model, plan: Plan, outputs: Sequence[str], using: Sequence[str] = tuple(FEATURES)
) -> list[tuple[Array, Array]]:
    """Run a case's model on wgpu and on NumPy in float64; gives of each output what they say of it, in this order."""
    ours = outcome(WgpuRunner(plan, using), case, outputs)
    return list(zip(ours, outcome(NumPyRunner(model), case, outputs), strict=True))


def _size(case: Case) -> int:
    """Numbers that go in."""
    return sum(math.prod(spec.shape) for spec in case.inputs)


def _source(plan: Plan, number: int, using: Sequence[str]) -> str:
    kernel = plan.kernels[number]
    chosen = kernel.variant(using)
    return kernel.source if chosen is None else kernel.variants[chosen].source
