"""What simplifying makes of slices: the same numbers, out of the one part that they lie in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.graph.passes import simplify
from site_builder.graph.program import topological
from site_builder.run.on_numpy import NumPyRunner

Slice = Callable[[Tensor, Tensor], Tensor]


@pytest.mark.parametrize(
    ("cut", "left"),
    [
        (lambda x, y: g.concatenate([x, y])[:2], set()),
        (lambda x, y: g.concatenate([x, y])[3:4, 1:], {"slice"}),
        (lambda x, y: g.concatenate([x, y])[1:3], {"slice", "concatenate"}),
        (lambda x, y: g.stack([x, y] * 4, axis=1)[:, -1], {"reshape"}),
        (lambda x, y: g.pad(x, [(1, 2), (0, 3)])[1:3, :3], set()),
        (lambda x, y: g.pad(x, [(1, 2), (0, 3)])[2:3, 1:2], {"slice"}),
        (lambda x, y: g.pad(x, [(1, 2), (0, 3)])[:2], {"slice", "pad"}),
        (lambda x, y: g.pad(x, [(1, 2), (0, 3)])[:, 3:], {"constant", "broadcast"}),
        (lambda x, y: g.pad(g.concatenate([x, y], 1), [(1, 1), (0, 0)])[1:2, 3:5], {"slice"}),
        (lambda x, y: g.cast(g.pad(g.cast(x, "u32"), [(1, 0), (0, 0)])[:1], "f32"), {"cast", "constant", "broadcast"}),
    ],
    ids=[
        "a whole part",
        "inside a part",
        "across parts",
        "the last of a stack",
        "what was padded",
        "inside it",
        "with some zeros",
        "zeros alone",
        "through both",
        "zeros of whole numbers",
    ],
)
def test_a_slice_is_cut_out_of_the_part_that_it_lies_in(cut: Slice, left: set[str]) -> None:
    model = Model("cut")
    x, y = model.input("x", (2, 3)), model.input("y", (2, 3))
    model.program(lambda: {"z": cut(x, y)})
    numbers = np.arange(12.0).reshape(2, 2, 3)

    def run() -> np.ndarray:
        runner = NumPyRunner(model)
        for name, value in zip("xy", numbers, strict=True):
            runner.write(name, value)
        runner.run("<lambda>")
        return runner.read("z")

    before = run()
    program = model.programs["<lambda>"]
    program.assignments[:] = simplify(program.assignments)
    np.testing.assert_array_equal(run(), before)
    assert {node.op for node in topological(a.value for a in program.assignments)} - {"read"} == left
