"""What loops for longer than drivers run is computed in parts, and is still what NumPy says in float64.

First every rule, as if drivers ran a few hundred passes only; then real lengths, at lavapipe's limit and far past it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.graph.derivatives import DERIVATIVES
from site_builder.graph.passes import simplify
from site_builder.graph.program import topological
from site_builder.graph.tensor import make
from site_builder.plan import lower
from site_builder.plan.anchors import fits, is_anchor, passes, table
from site_builder.plan.splits import SPLITS
from site_builder.run import wgpu_runner
from site_builder.selfcheck.cases import Case, Input, model_of
from site_builder.selfcheck.selfcheck import difference, on_both

FEW = 700  # passes


def case(op: str, build: Callable[..., Tensor], *inputs: Input | tuple[int, ...], tag: str = "") -> Case:
    """A hundred roundings of the largest number are allowed."""
    shaped = tuple(i if isinstance(i, Input) else Input(i) for i in inputs)
    return Case(op, build, shaped, 1e-5, tags=(tag,) if tag else ())


def reduced(op: str) -> list[Case]:
    """Along a first, a middle and a last axis, all of a tensor, and lengths that are squares, primes and neither."""

    def over(*axes: int) -> Callable[[Tensor], Tensor]:
        def build(x: Tensor) -> Tensor:
            numbers = g.round(x * 8) / 8  # of equal ones the first counts; past all whole parts stands the very last
            last = g.equal(g.iota(*x.shape), x.size - 1)
            return make(op, (g.where(last, -3.0 if op == "argmin" else 3.0, numbers),), axes=axes)

        return build

    shapes = [((2809, 3), (0,)), ((2, 3001, 3), (1,)), ((17, 2999), (1,)), ((70_001,), (0,)), ((2, 51, 59, 2), (1, 2))]
    return [case(op, over(*axes), shape, tag=f"axes{axes}") for shape, axes in shapes]


def attention(causal: bool) -> Callable[..., Tensor]:
    return lambda q, k, v, *lengths: g.attention(q, k, v, causal, lengths=lengths[0] if lengths else None)


def weight_gradient(x: Tensor, d: Tensor) -> Tensor:
    """The sum of its two parts: which windows belong to which is left open."""
    window = {"window": (2, 3), "stride": (1, 1), "padding": (0, 0, 0, 0)}
    return g.sum(make("convolution_weight_gradient", (x, d), parts=2, **window), 0)


def in_groups(x: Tensor, d: Tensor) -> Tensor:
    window = {"window": (2, 3), "stride": (1, 1), "padding": (0, 0, 0, 0), "groups": 2}
    return g.sum(make("grouped_convolution_weight_gradient", (x, d), parts=2, **window), 0)


LABELS = Input((3,), below=331)
# Rows, columns, and what is between them: a little more than a part, and far more.
PRODUCTS = [(3, 5, 573), (8, 12, 2309)]
CASES = [
    *(each for op in ("sum", "max", "argmax", "argmin") for each in reduced(op)),
    case("prod", lambda x: g.prod(1 + x / 64, 1), (2, 3001)),
    case("lu", lambda a, b: g.solve(a + 9 * g.eye(32), b), (2, 32, 32), (2, 32, 3)),
    case("global_norm", lambda x, y: g.global_norm([x, y, x]), (61_001,), (120_000,)),
    case("rank", lambda x: g.rank(g.round(x * 8)), (2, 1501)),
    case("rank", lambda x: g.top_k(x, 3)[0], (2, 701), tag="top_k"),
    *(case("softmax", g.softmax, (3, n)) for n in (233, 331, 1009)),
    case("logsumexp", g.logsumexp, (3, 1009)),
    case("logsumexp", g.log_softmax, (3, 1009), tag="log_softmax"),
    case("cross_entropy", g.cross_entropy, (3, 331), LABELS),
    case("layer_norm", lambda x: g.layer_norm(x), (3, 1009)),
    case("rms_norm", lambda x: g.rms_norm(x), (2, 2, 1009)),
    case("layer_norm", g.layer_norm, (3, 1009), (1009,), (1009,), tag="scaled"),
    case("batch_norm", lambda x: g.batch_norm(x), (2, 9001, 3)),
    case("batch_norm", g.batch_norm, (9001, 3), (3,), (3,), tag="scaled"),
    case("batch_norm_statistics", lambda x: g.concatenate(g.batch_statistics(x)), (9001, 3)),
    case("scatter_add", lambda table, rows: g.gather(table, rows), (9, 5), Input((3, 701), below=11)),
    *(
        case("matmul", lambda a, b, form=form: g.matmul(a, b, form), *shapes, tag=form)
        for rows, columns, inner in PRODUCTS
        for form, shapes in (
            ("nn", ((rows, inner), (inner, columns))),
            ("nt", ((rows, inner), (columns, inner))),
            ("tn", ((inner, rows), (inner, columns))),
        )
    ),
    case("matmul", lambda a, b: g.matmul(a, b, "tn"), (701, 1100), (701, 1000), tag="values"),  # one after the other
    case("batched_matmul", lambda a, b: a @ b, (2, 3, 4, 1301), (2, 3, 1301, 5)),
    case("batched_matmul", lambda a, b: g.matmul(a, b, "nt"), (2, 4, 1301), (2, 5, 1301), tag="nt"),
    case("matmul", lambda x, w, b: g.tanh(x @ w + b), (1301, 4), (4, 5), (5,), tag="layer"),
    case("convolution", lambda x, w: g.convolution(x, w, padding="same"), (2, 4, 3, 101), (3, 3, 101, 5)),
    case("convolution", lambda x, w: g.convolution(x, w, stride=2), (2, 7, 5, 4), (3, 3, 4, 101), tag="out"),
    case("convolution_weight_gradient", weight_gradient, (1, 50, 60, 2), (1, 49, 58, 3)),
    case("grouped_convolution_weight_gradient", in_groups, (1, 50, 60, 4), (1, 49, 58, 2)),
    case("average_pool", lambda x: g.average_pool(x, (31, 29), (3, 7), ((4, 3), (1, 9))), (2, 40, 33, 5)),
    case("average_pool", lambda x: g.average_pool(x, (31, 29), 1), (1, 40, 33, 5), tag="overlapping"),
    case("max_pool", lambda x: g.max_pool(x, (31, 29), (3, 7), ((4, 3), (1, 9))), (2, 40, 33, 5), tag="values"),
    *(
        case("attention", attention(causal), *shapes, *lengths, tag=f"causal{causal}")
        for causal, shapes, lengths in (
            (True, ((2, 5, 2, 12), (2, 77, 2, 12), (2, 77, 2, 8)), ()),
            (True, ((3, 6, 1, 32), (3, 190, 1, 32), (3, 190, 1, 36)), (Input((3,), below=191),)),
            (True, ((1, 140, 2, 7), (1, 9, 2, 7), (1, 9, 2, 5)), ()),
            (True, ((1, 150, 1, 20), (1, 150, 1, 20), (1, 150, 1, 24)), ()),
            (False, ((3, 6, 1, 7), (3, 190, 1, 7), (3, 190, 1, 6)), (Input((3,), below=191),)),
        )
    ),
]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "PASSES", FEW)


def long_ops(model: Model) -> set[str]:
    """The ops of a model's program that loop for too long."""
    nodes = topological(a.value for a in simplify(model.programs["run"].assignments))
    return {node.op for node in nodes if is_anchor(node) and not fits(passes(node))}


def differentiable(each: Case) -> bool:
    return each.op in DERIVATIVES and "values" not in each.tags


def test_every_rule_has_a_case(few: None) -> None:
    models = [model_of(each, differentiate) for each in CASES for differentiate in {False, differentiable(each)}]
    assert set().union(*map(long_ops, models)) == set(SPLITS)


@pytest.mark.parametrize("each", CASES, ids=str)
def test_an_op_in_parts_is_as_defined(device: Any, few: None, each: Case) -> None:
    model = model_of(each)
    ((ours, exact),) = on_both(each, model, lower(model), ["y"])
    assert difference(ours, exact) <= each.tolerance


@pytest.mark.parametrize("each", list(filter(differentiable, CASES)), ids=str)
def test_a_gradient_in_parts_is_as_defined(device: Any, few: None, each: Case) -> None:
    model = model_of(each, differentiate=True)
    wanted = [f"d{n}" for n, spec in enumerate(each.inputs) if not spec.below]
    for ours, exact in on_both(each, model, lower(model), wanted):
        assert difference(ours, exact, floor=0.5) <= each.tolerance


def run(build: Callable[..., Tensor], *arrays: Any) -> Any:
    """What a program of inputs gives on the device."""
    model = Model("long")
    inputs = [
        model.input(f"x{n}", a.shape, dtype="u32" if a.dtype == np.uint32 else "f32") for n, a in enumerate(arrays)
    ]
    model.program(lambda: {"y": build(*inputs)})
    runner = wgpu_runner(lower(model))
    for n, array in enumerate(arrays):
        runner.write(f"x{n}", array)
    runner.run(next(name for name in model.programs if name != "init"))
    return runner.read("y")


ROWS = np.array([[0.0, np.inf], [0.0, -np.inf], [0.0, np.nan], [-np.inf, -np.inf], [1.0, 2.0]], np.float32)


@pytest.mark.parametrize(
    "op", [g.max, g.argmax, g.argmin, g.softmax, g.logsumexp, g.cross_entropy], ids=lambda f: f.__name__
)
def test_parts_say_of_infinities_and_of_no_number_what_the_whole_says(
    device: Any, monkeypatch: pytest.MonkeyPatch, op: Callable[..., Tensor]
) -> None:
    """The second number of each row stands in the last part alone; the last label is past the classes."""
    rows = np.repeat(ROWS, [330, 1], axis=1)
    labels = np.array([0, 0, 0, 0, 331], np.uint32)
    arrays = (rows, labels) if op is g.cross_entropy else (rows,)
    build = (lambda x: op(x, -1)) if op in (g.max, g.argmax, g.argmin) else op
    whole = run(build, *arrays)
    monkeypatch.setattr(table, "PASSES", 200)
    np.testing.assert_allclose(run(build, *arrays), whole, rtol=1e-5)


def test_a_sum_of_millions_is_exact(device: Any) -> None:
    assert run(lambda: g.sum(g.full((5_000_000,), 1.0))) == 5_000_000


def test_a_mean_of_more_than_floats_count_is_right(device: Any) -> None:
    """2^24 + 1 is no float."""
    count = 2**24 + 2**20 + 1
    assert abs(run(lambda: g.mean(g.cast(g.iota(count) % 2, "f32"))) - (count // 2) / count) < 1e-6


def test_a_norm_of_millions_is_right(device: Any) -> None:
    assert abs(run(lambda: g.global_norm([g.full((17_000_000,), 0.5)])) / (0.5 * 17_000_000**0.5) - 1) < 1e-6


@pytest.mark.parametrize("op", [g.argmax, g.argmin])
@pytest.mark.parametrize("place", [65_533, 65_535, 65_537, 1_000_000])
def test_the_largest_is_found_past_the_limit(device: Any, op: Callable[[Tensor], Tensor], place: int) -> None:
    there = 1.0 if op is g.argmax else -1.0
    assert run(lambda: op(g.where(g.equal(g.iota(1_100_000), place), there, 0.0))) == place


@pytest.mark.parametrize("classes", [21_844, 21_845, 22_000, 100_000])
def test_probabilities_of_many_classes_add_up(device: Any, classes: int) -> None:
    y = run(lambda x: g.softmax(x), np.zeros((2, classes), np.float32))
    np.testing.assert_allclose(y.sum(axis=1, dtype=np.float64), 1, rtol=1e-5)
    np.testing.assert_allclose(y, 1 / classes, rtol=1e-5)


@pytest.mark.parametrize("classes", [21_844, 21_845, 50_257])
def test_losses_of_many_classes_and_their_gradients(device: Any, classes: int) -> None:
    labels = Input((2,), below=classes)
    each = case("cross_entropy", g.cross_entropy, (2, classes), labels)
    for differentiate, wanted in ((False, "y"), (True, "d0")):
        model = model_of(each, differentiate)
        ((ours, exact),) = on_both(each, model, lower(model), [wanted])
        assert difference(ours, exact) <= 1e-5


@pytest.mark.parametrize("form", ["nn", "nt", "tn"])
@pytest.mark.parametrize("inner", [65_405, 65_406, 66_000, 200_000])
def test_a_product_of_long_rows(device: Any, form: str, inner: int) -> None:
    a, b = (2, inner) if form != "tn" else (inner, 2), (3, inner) if form == "nt" else (inner, 3)
    each = case("matmul", lambda x, y: g.matmul(x, y, form), a, b)
    model = model_of(each)
    ((ours, exact),) = on_both(each, model, lower(model), ["y"])
    assert difference(ours, exact) <= 1e-5


@pytest.mark.parametrize("tokens", [65_406, 66_000, 200_000])
def test_an_embedding_of_many_tokens_learns_from_all(device: Any, tokens: int) -> None:
    each = case("gather", g.gather, (11, 2), Input((tokens,), below=11))
    model = model_of(each, differentiate=True)
    ((ours, exact),) = on_both(each, model, lower(model), ["d0"])
    assert difference(ours, exact) <= 1e-5


def test_attention_to_many_keys(device: Any) -> None:
    """Loops in loops: 33 products for each of 2,000 keys."""
    each = case("attention", attention(False), (1, 2, 1, 33), (1, 2000, 1, 33), (1, 2000, 1, 4))
    model = model_of(each)
    ((ours, exact),) = on_both(each, model, lower(model), ["y"])
    assert difference(ours, exact) <= 1e-5
