"""What one run of a program costs: floating-point operations and dispatches, counted in its plan.

In: a plan. Out: numbers by program. Operations are counted as papers count them: two for each multiply-add of matrix
products, convolutions and attention, forward and backward; what is done once for each entry of a tensor, bends, sums
and updates of parameters, is not counted.
"""

from __future__ import annotations

import math

from .plan import Plan, Step

# By the folder of a kernel, the lengths of which the product is the number of its multiply-adds.
LENGTHS = {
    "matrix": ("ROWS", "COLUMNS", "INNER"),
    "convolution": ("IMAGES", "OUT_HEIGHT", "OUT_WIDTH", "WINDOW_HEIGHT", "WINDOW_WIDTH", "INPUTS", "OUTPUTS"),
    "attention": ("BATCH", "HEADS", "QUERIES", "KEYS"),
}


def multiplications(plan: Plan, step: Step) -> int:
    """Multiply-adds of a dispatch that is a product, a convolution or attention; 0 where it is something else.

    Attention counts what its definition needs: what the kernels compute again, to store no scores, is no merit.
    """
    folder = plan.sources[plan.kernels[step.kernel].source].file.split("/")[1]
    sizes = plan.sizes(step)
    if folder not in LENGTHS or not all(name in sizes for name in LENGTHS[folder]):
        return 0
    total = math.prod(sizes[name] for name in LENGTHS[folder])
    if folder == "attention":
        return total * (sizes["HEAD_DIM"] + sizes["VALUE_DIM"])
    return total * sizes.get("BATCH", 1) * sizes.get("GROUPS", 1)


def counts(plan: Plan) -> dict[str, dict[str, int]]:
    """Program -> {"flops": floating-point operations, "dispatches": how many} of one run of it."""
    return {
        name: {
            "flops": 2 * sum(multiplications(plan, step) for step in program.steps),
            "dispatches": len(program.steps),
        }
        for name, program in plan.programs.items()
    }
