"""What `vmap` makes of every op is what the op gives of each; and of functions, what they give one after the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.graph.batching import BATCHING, NOT_BATCHED
from site_builder.graph.ops import OPS
from site_builder.run import numpy_runner
from site_builder.selfcheck.cases import CASES, Case, model_of, numbers

COUNT = 3
MOST = 6_000  # elements that go into a case here


@pytest.mark.parametrize("op", OPS)
def test_every_op_has_a_rule_or_a_reason(op: str) -> None:
    assert (op in BATCHING) != (op in NOT_BATCHED), "one rule, or a reason for none: graph/batching.py"


def few(op: str) -> list[Case]:
    """Cases of an op that take no time: the first of each set of tags, and the largest."""
    fits = [c for c in CASES if c.op == op and c.inputs and sum(math.prod(i.shape) for i in c.inputs) <= MOST]
    chosen = {case.tags: case for case in reversed(fits)}
    return list({str(case): case for case in (*list(chosen.values())[:6], *fits[-1:], *fits[1:3])}.values())


def sets(count: int) -> Iterator[tuple[bool, ...]]:
    """Which inputs are mapped: all, each alone, and all but each."""
    one = [tuple(n == k for n in range(count)) for k in range(count)]
    yield from dict.fromkeys([(True,) * count, *one, *(tuple(not b for b in o) for o in one if count > 2)])


SETS = [(case, which) for op in BATCHING for case in few(op) for which in sets(len(case.inputs))]


@pytest.mark.parametrize(("case", "which"), SETS, ids=[f"{c}-{''.join('01'[b] for b in w)}" for c, w in SETS])
def test_op_of_many_is_that_of_each(case: Case, which: tuple[bool, ...]) -> None:
    many = [numbers(case, seed) for seed in range(COUNT)]
    given = [np.stack([each[n] for each in many]) if mapped else many[0][n] for n, mapped in enumerate(which)]
    found = outcome(case, which, given)
    for k in range(COUNT):
        alone = numpy_runner(model_of(case))
        for n, mapped in enumerate(which):
            alone.write(f"x{n}", given[n][k] if mapped else given[n])
        alone.run("run")
        exact = alone.read("y")
        scale = max(1.0, float(np.abs(np.where(np.isfinite(exact), exact, 0)).max()))
        np.testing.assert_allclose(found[k], exact, rtol=0, atol=1e-12 * scale)


def outcome(case: Case, which: tuple[bool, ...], given: list[Any]) -> Any:
    model = Model("many")
    inputs = [model.input(f"x{n}", x.shape, dtype=case.inputs[n].dtype) for n, x in enumerate(given)]

    @model.program
    def run() -> dict[str, Tensor]:
        return {"y": g.vmap(case.build, tuple(0 if mapped else None for mapped in which))(*inputs)}

    runner = numpy_runner(model)
    for n, x in enumerate(given):
        runner.write(f"x{n}", x)
    runner.run("run")
    return runner.read("y")


def traced(f: Callable[..., Any], *data: Any, model: Model | None = None) -> list[Any]:
    """What f gives of data, tensors one after the other, with seed 3."""
    model = model or Model("m")
    given = [model.data(f"x{n}", np.shape(x), "u32" if x.dtype == np.uint32 else "f32") for n, x in enumerate(data)]

    @model.program
    def run() -> dict[str, Tensor]:
        y = f(*given)
        return {f"y{n}": each for n, each in enumerate(y if isinstance(y, list | tuple) else [y])}

    runner = numpy_runner(model)
    for n, x in enumerate(data):
        runner.write(f"x{n}", x)
    runner.write("seed", 3)
    runner.run("init")
    runner.run("run")
    return [runner.read(name) for name, v in model.variables.items() if v.role == "output"]


RNG = np.random.default_rng(4)
X, W = RNG.standard_normal((4, 3)), RNG.standard_normal((3, 2))
MANY = RNG.standard_normal((40, 9, 2)), RNG.integers(0, 11, (40, 12)).astype(np.uint32)


def close(found: Any, exact: Any) -> None:
    assert np.shape(found) == np.shape(exact)
    np.testing.assert_allclose(found, exact, rtol=0, atol=1e-12)


def test_axes_stand_where_they_are_asked() -> None:
    a, b = RNG.standard_normal((2, 5, 4)), RNG.standard_normal((4, 3))
    outer, both = traced(lambda a, b: g.vmap(lambda a, b: (a @ b, a), (1, None), (-1, 0))(a, b), a, b)
    close(outer, np.stack([a[:, n] @ b for n in range(5)], -1))
    close(both, np.moveaxis(a, 1, 0))
    (last,) = traced(lambda a: g.vmap(lambda x: g.sum(x, 0), -1, 1)(a), a)
    close(last, a.sum(0))


def test_arguments_and_results_are_tuples_lists_and_dicts() -> None:
    def f(p: dict[str, Any], n: int, x: Any, *, scale: float) -> Any:
        result = g.vmap(lambda p, x: {"y": [x[0] @ p["w"] * scale + n], "none": None, "c": 2.0}, (None, 0))(p, (x,))
        assert result.pop("none", 0) is None
        return [*result["y"], result["c"]]

    y, c = traced(lambda x, w: f({"w": w}, 1, x, scale=3.0), X, W)
    close(y, X @ W * 3 + 1)
    close(c, np.full(4, 2.0))
    (named,) = traced(lambda x, w: g.vmap(lambda x, *, w: x @ w)(x, w=w), X, W)
    close(named, X @ W)
    (constants,) = traced(lambda x: g.vmap(lambda a, b: a * b)(x, np.arange(4.0)), X)
    close(constants, X * np.arange(4)[:, None])
    (within,) = traced(lambda x: g.vmap(lambda d: d["a"] * d["b"][0], np.int64(0))({"a": x, "b": [x, [1, 2, 3, 4]]}), X)
    close(within, X * X)


def test_what_depends_on_nothing_mapped_is_repeated_and_not_made_anew() -> None:
    (y,) = traced(lambda x, w: g.vmap(lambda x: g.exp(w))(x), X, W)
    close(y, np.exp(np.stack([W] * 4)))


def test_a_function_of_pairs_is_mapped_twice() -> None:
    (y,) = traced(lambda x: g.vmap(lambda a: g.vmap(lambda b: g.sum(g.square(a - b)))(x))(x), X)
    close(y, ((X[:, None] - X) ** 2).sum(-1))


def test_gradients_within_are_of_each_and_gradients_of_them_too() -> None:
    def hessian(x: Tensor) -> Tensor:
        def loss(x: Tensor) -> Tensor:
            return g.sum(g.tanh(x) * x) + g.prod(x)

        (d,) = g.gradients(loss(x), [x])
        return g.stack([g.gradients(d[n], [x])[0] for n in range(3)])

    mapped, alone = traced(lambda x: (g.vmap(hessian)(x), g.stack([hessian(x[n]) for n in range(4)])), X)
    close(mapped, alone)


def test_gradients_go_through_it() -> None:
    def loss(x: Tensor, w: Tensor) -> Tensor:
        return g.sum(g.vmap(lambda x: g.softmax(x @ w))(x)[:, 0])

    d, exact = traced(
        lambda x, w: (g.gradients(loss(x, w), [w])[0], g.gradients(g.sum(g.softmax(x @ w)[:, 0]), [w])[0]), X, W
    )
    close(d, exact)


def test_rows_of_many_tables_and_what_is_added_to_them() -> None:
    tables, rows = MANY

    def read(table: Tensor, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        y = table[rows]
        return y, g.gradients(g.sum(g.square(y)), [table])[0], g.index_add(table, rows, y)

    for found, exact in zip(
        traced(lambda t, r: g.vmap(read)(t, r), tables, rows),
        zip(*(traced(read, t, r) for t, r in zip(tables, rows, strict=True)), strict=True),
        strict=True,
    ):
        close(found, np.stack(exact))


def test_each_draws_its_own_and_what_is_drawn_outside_all_share() -> None:
    def f(x: Tensor) -> Any:
        outside = g.uniform((2,), stream=1)

        def one(x: Tensor) -> Any:
            later = g.scan(lambda c, _: (c, g.uniform((2,), stream=4)), 0.0, length=3)[1]
            return outside + 0 * x[0], g.uniform((2,), stream=2), g.random_index((5,), 100, stream=3), later

        return g.vmap(one)(x)

    outside, own, places, later = traced(f, X)
    assert np.array_equal(outside, np.stack([outside[0]] * 4))
    assert len(np.unique(own)) == own.size == 8
    assert len({tuple(row) for row in places}) == 4
    assert len(np.unique(later)) == later.size == 24
    (alone,) = traced(lambda: g.uniform((2,), stream=2))
    close(own[0], alone)


def test_a_counter_of_its_own_draws_what_it_draws_alone() -> None:
    counters = np.array([5, 0, 7], np.uint32)
    (own,) = traced(lambda c: g.vmap(lambda c: g.normal((2,), stream=2, counter=c))(c), counters)
    for n, counter in enumerate(counters):
        (alone,) = traced(lambda c: g.normal((2,), stream=2, counter=c), counter)
        close(own[n], alone)


def test_a_scan_carries_what_only_later_times_make_ones_own() -> None:
    def f(x: Tensor, shared: Tensor) -> Any:
        def step(carry: tuple[Tensor, ...], row: Tensor) -> Any:
            first, second, third = carry
            return (second, g.sin(third) + row[0] * x[0], third + row[1]), first + g.sum(row)

        (a, b, c), ys = g.scan(step, (0.0, 1.0, 2.0), shared)
        d = g.gradients(g.sum(ys) + a * b * c, [x])[0]
        return a, b, c, ys, d

    found = traced(lambda x, w: g.vmap(f, (0, None))(x, w), X, W)
    exact = zip(*(traced(f, x, W) for x in X), strict=True)
    for ours, right in zip(found, exact, strict=True):
        close(ours, np.stack(right))


def test_it_works_at_each_time_of_a_scan() -> None:
    def f(x: Tensor) -> Tensor:
        y: Tensor = g.scan(lambda c, _: (g.vmap(lambda a: g.softmax(a) * g.sum(a))(c), None), x, length=3)[0]
        return y

    (found,) = traced(f, X)
    exact = X
    for _ in range(3):
        e = np.exp(exact)
        exact = e / e.sum(-1, keepdims=True) * exact.sum(-1, keepdims=True)
    close(found, exact)


def test_the_programs_loss_is_not_what_each_differentiates() -> None:
    model = Model("m")
    x = model.data("x", (4, 3))

    @model.program
    def run() -> None:
        penalties = g.vmap(lambda x: g.sum(g.square(g.gradients(g.sum(g.sin(x)), [x])[0])))(x)
        g.gradients(g.sum(penalties), [x])

    assert model.programs["run"].loss is not None
    assert model.programs["run"].loss.op == "sum"
    assert [y.shape for y in model.programs["run"].loss.inputs] == [(4,)]
