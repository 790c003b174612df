"""Programs whose kernels would loop for longer than drivers run are made of others, or refused at the author's line."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from site_builder import graph as g
from site_builder.errors import PlanError
from site_builder.graph import Model, Tensor
from site_builder.graph.passes import simplify
from site_builder.graph.program import topological
from site_builder.graph.tensor import make
from site_builder.plan import lower
from site_builder.plan.anchors import ANCHORS, PASSES, fits, is_anchor, passes, table
from site_builder.plan.anchors.table import loop
from site_builder.plan.loops import with_short_loops
from site_builder.plan.splits import SPLITS

# Ops without loops, and those that no rule splits.
WHOLE = {"gather", "max_pool_index", "max_pool_gradient"}
WHOLE |= {"grouped_convolution", "grouped_convolution_input_gradient", "triangular_solve"}  # the last: 32 rows at most


def program(build: Callable[..., Tensor], *shapes: tuple[int, ...]) -> Model:
    model = Model("long")
    inputs = [model.input(f"x{n}", shape) for n, shape in enumerate(shapes)]

    @model.program
    def run() -> dict[str, Tensor]:
        return {"y": build(*inputs)}

    return model


def nodes(build: Callable[..., Tensor], *shapes: tuple[int, ...]) -> list[Tensor]:
    assignments = program(build, *shapes).programs["run"].assignments
    return topological(a.value for a in with_short_loops(simplify(assignments)))


def test_every_kernel_is_split_or_known_not_to_be() -> None:
    assert SPLITS.keys() | WHOLE == ANCHORS.keys()
    assert not SPLITS.keys() & WHOLE


def test_a_loop_takes_a_pass_to_end() -> None:
    """As measured on lavapipe: 100 passes around 653 run, and around 654 do not."""
    assert loop(100, loop(653)) == 65_501 <= PASSES
    assert loop(100, loop(654)) == 65_601 > PASSES


@pytest.mark.parametrize(
    ("build", "shape"),
    [
        (lambda x: g.sum(x), (33_000_000,)),
        (lambda x: g.max(x, 0), (1_000_000, 20)),
        (lambda x: g.argmin(x), (5_000_000,)),
        (lambda x: g.softmax(x), (2, 1_000_000)),
        (lambda x: g.layer_norm(x), (2, 1_000_000)),
        (lambda x: g.batch_norm(x), (5_000_000, 2)),
        (lambda x: g.matmul(x, x, "tn"), (5_000_000, 2)),
        (lambda x: g.global_norm([x] * 6), (30_000_000,)),
        (lambda x: g.attention(x, x, x), (1, 20_000, 2, 64)),
        (lambda x: g.average_pool(x, (500, 500)), (1, 1000, 1000, 3)),
        (lambda x: g.sort(x), (60_000,)),
    ],
    ids=["sum", "max", "argmin", "softmax", "layer_norm", "batch_norm", "matmul", "norm", "attention", "pool", "sort"],
)
def test_parts_are_short_enough(build: Callable[[Tensor], Tensor], shape: tuple[int, ...]) -> None:
    found = [node for node in nodes(build, shape) if is_anchor(node)]
    assert found
    assert all(fits(passes(node)) for node in found)


def test_what_is_short_stays_as_it_is() -> None:
    assignments = simplify(program(lambda x: g.softmax(x @ x), (64, 64)).programs["run"].assignments)
    assert all(a.value is b.value for a, b in zip(with_short_loops(assignments), assignments, strict=True))


def test_parts_stem_from_the_authors_line() -> None:
    *_, last = nodes(lambda x: g.softmax(x) + 1, (2, 30_000))
    made = [node.line for node in topological([last]) if node.op in ("exp", "max", "sum")]
    assert {line.file for line in made if line is not None} == {__file__}


@pytest.mark.parametrize(
    ("build", "shape", "said"),
    [
        (lambda x: g.rank(x), (2_000_000,), r"rank of f32\[2000000\] would take 4,000,002 passes"),
        (
            lambda x: g.gradients(g.sum(g.max_pool(x, 300)), [x])[0],
            (1, 300, 300, 1),
            r"max_pool_index of f32\[1,300,300,1\] would take 90,601 passes",
        ),
        (lambda x: g.average_pool(x, 70_000), (1, 70_000, 1), r"average_pool of f32\[1,1,70000,1\] would take 70,00\d"),
        (lambda x: g.sum(g.reshape(x, (1, 70_000)) * g.reshape(x, (70_000, 1))), (70_000,), "4,900,000,000 elements"),
    ],
    ids=["rank", "max_pool", "average_pool", "elements"],
)
def test_what_cannot_be_split_is_refused(build: Callable[..., Tensor], shape: tuple[int, ...], said: str) -> None:
    with pytest.raises(PlanError, match=said) as refused:
        lower(program(build, shape))
    assert str(refused.value.file).endswith("test_loops.py")
    assert refused.value.hint


def test_a_weight_gradient_comes_in_as_many_parts_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "PASSES", 200)
    window: dict[str, Any] = {"window": (2, 3), "stride": (1, 1), "padding": (0, 0, 0, 0)}
    d = (1, 49, 58, 3)
    found = nodes(lambda x, d: make("convolution_weight_gradient", (x, d), parts=3, **window), (1, 50, 60, 2), d)
    (gradient,) = (node for node in found if node.op == "convolution_weight_gradient")
    assert loop(math.prod(d[:3]) // gradient.shape[0]) <= 200 - table.STORED
