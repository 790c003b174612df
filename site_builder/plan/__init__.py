"""Graph -> plan: which kernels run, in which order, on which buffers.

In: a model's programs and the WGSL files in `shaders/`. Out: a `Plan`, plain data for every runner.
Knows nothing of devices: plain Python without NumPy and wgpu, so that it also runs in a browser.

    kernels.py       a WGSL file as data: what it declares
    fuse.py          a kernel with lines fused into its ports
    expressions.py   elementwise ops as WGSL
    anchors/         which kernel runs which op
    loops.py         which nodes would loop for too long; splits/ makes each of others
    views.py         views as offsets and strides
    leaves.py        what each node reads, given those that have a buffer
    roots.py         which nodes need a buffer
    groups.py        nodes -> dispatches: what is computed together
    order.py         in which order, and what is written in place
    dispatch.py      a kernel on buffers that have no place yet
    emit.py          a group -> a dispatch: a kernel with everything fused in
    merge.py         equal maps -> one dispatch over arenas
    norms.py         the norm of many tensors -> that of their arenas
    memory.py        where every buffer lies
    share.py         kernels that differ in sizes -> one pipeline
    limits.py        what WebGPU promises, and what a plan needs
    plan.py          the plan and its JSON, which schema.json describes
    validate.py      whether a plan holds together
    lower.py         all of that, joined
"""

from .lower import dispatches_per_run, lower
from .plan import Buffer, Plan, PlanKernel, PlanProgram, ShaderSource, Step

__all__ = ["Buffer", "Plan", "PlanKernel", "PlanProgram", "ShaderSource", "Step", "dispatches_per_run", "lower"]
