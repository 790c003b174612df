"""Graph -> plan: which kernels run, in which order, on which buffers.

In: a model's programs and the WGSL files in `shaders/`. Out: a `Plan`, plain data for every runner.
Knows nothing of devices: plain Python without NumPy and wgpu, so that it also runs in a browser.

    kernels.py       a WGSL file as data: what it declares
    limits.py        WebGPU's limits, and whether a plan keeps to them
    fuse.py          a kernel with lines spliced into its ports
    expressions.py   elementwise ops as WGSL
    anchors/         which kernel runs which op
    loops.py         a node whose kernel would loop for too long -> several nodes, by the rules in splits/
    arity.py         an op of too many operands -> several ops
    views.py         views as offsets and strides
    leaves.py        which buffers a kernel reads when it computes a node
    places.py        at how many places a kernel computes a node
    roots.py         which nodes get a buffer
    reach.py         what must be computed before what
    groups.py        which nodes one dispatch computes
    order.py         in which order groups run, and which variables they write in place
    dispatch.py      a kernel on buffers that have no place yet
    emit.py          a group -> a dispatch
    merge.py         equal maps -> one dispatch over arenas
    norms.py         the norm of many tensors -> the norm of their arenas
    memory.py        where every buffer lies
    share.py         kernels that differ in numbers -> one kernel
    plan.py          the plan and its JSON, which schema.json describes
    counts.py        what a program costs
    module.py        what a plan is compiled to, for the processor
    validate.py      whether a plan holds together
    lower.py         all of this, one after the other
"""

from .counts import counts, multiplications
from .lower import dispatches_per_run, lower
from .module import PlanModule
from .plan import Buffer, Plan, PlanKernel, PlanProgram, ShaderSource, Step

__all__ = [
    "Buffer",
    "Plan",
    "PlanKernel",
    "PlanModule",
    "PlanProgram",
    "ShaderSource",
    "Step",
    "counts",
    "dispatches_per_run",
    "lower",
    "multiplications",
]
