"""`scan`: what a loop in Python computes, and what PyTorch's autograd says of its gradients; what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.graph.program import topological
from site_builder.run.on_numpy import NumPyRunner

TIME, BATCH, WIDTH = 6, 2, 3
SHAPES = {"first": (BATCH, WIDTH), "xs": (TIME, BATCH, WIDTH), "w": (WIDTH, WIDTH), "b": (WIDTH,)}
Outputs = dict[str, Tensor]


def simple(h: Any, x: Any, w: Any, b: Any, tanh: Callable[[Any], Any]) -> Any:
    return tanh(x + h @ w + b)


def gated(h: Any, x: Any, w: Any, b: Any, tanh: Callable[[Any], Any]) -> Any:
    """The weight is used twice, the bias after a product, the carry beside it: sums over time of every form."""
    update = tanh(h @ w) * b
    return (1 - update) * h + update * tanh(x @ w) * x


def outer(h: Any, x: Any, w: Any, b: Any, tanh: Callable[[Any], Any]) -> Any:
    """The weights are read element by element, so that their gradients are carried along."""
    return tanh(h * w[:BATCH] + x) * b


CELLS = {"simple": simple, "gated": gated, "outer": outer}


def ran(function: Callable[..., Outputs], arrays: dict[str, np.ndarray]) -> NumPyRunner:
    """What a program of inputs of these names gives for these arrays."""
    model = Model("scan")
    inputs = [
        model.input(name, array.shape, dtype="u32" if array.dtype == np.uint32 else "f32")
        for name, array in arrays.items()
    ]
    model.program(counts=True)(named("run", lambda: function(*inputs)))
    runner = NumPyRunner(model)
    for name, array in arrays.items():
        runner.write(name, array)
    runner.run("run")
    return runner


def named(name: str, function: Callable[[], Any]) -> Callable[[], Any]:
    function.__name__ = name
    return function


def drawn(shapes: dict[str, tuple[int, ...]] = SHAPES) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    return {name: rng.uniform(-1, 1, shape) for name, shape in shapes.items()}


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("cell", CELLS.values(), ids=list(CELLS))
def test_values_and_gradients_are_those_of_a_loop_in_pytorch(cell: Callable[..., Any], reverse: bool) -> None:
    arrays = drawn()

    def run(first: Tensor, xs: Tensor, w: Tensor, b: Tensor) -> Outputs:
        def f(h: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
            h = cell(h, x, w, b, g.tanh)
            return h, h * x

        last, ys = g.scan(f, first, xs, reverse=reverse)
        loss = g.sum(g.square(ys)) + g.sum(last * first)
        found = g.gradients(loss, [first, xs, w, b])
        penalty = sum((g.sum(g.square(each)) for each in found), start=g.constant(0.0))
        twice = g.gradients(penalty, [first, xs, w, b])
        return {"last": last, "ys": ys} | {f"d{n}": d for n, d in enumerate((*found, *twice))}

    runner = ran(run, arrays)
    first, xs, w, b = tensors = [torch.tensor(array, requires_grad=True) for array in arrays.values()]
    h, ys = first, [torch.zeros(0)] * TIME
    for time in reversed(range(TIME)) if reverse else range(TIME):
        h = cell(h, xs[time], w, b, torch.tanh)
        ys[time] = h * xs[time]
    loss = (torch.stack(ys) ** 2).sum() + (h * first).sum()
    found = torch.autograd.grad(loss, tensors, create_graph=True)
    twice = torch.autograd.grad(sum((d**2).sum() for d in found), tensors)
    expected = {"last": h, "ys": torch.stack(ys)} | {f"d{n}": d for n, d in enumerate((*found, *twice))}
    for name, tensor in expected.items():
        np.testing.assert_allclose(runner.read(name), tensor.detach().numpy(), rtol=1e-9, atol=1e-12, err_msg=name)


def test_a_length_that_is_a_tensor_leaves_the_carry_and_gives_zeros() -> None:
    def run(x: Tensor, length: Tensor) -> Outputs:
        last, ys = g.scan(lambda c, each: (c + each, c + each), 0.0, x, length=length)
        return {"last": last, "ys": ys, "d": g.gradients(last + g.sum(ys), [x])[0]}

    x = np.arange(1.0, 6.0)
    for length in (0, 1, 3, 5):
        runner = ran(run, {"x": x, "length": np.array(length, np.uint32)})
        assert runner.read("last") == x[:length].sum()
        assert runner.read("ys").tolist() == [*np.cumsum(x[:length]), *[0] * (5 - length)]
        assert runner.read("d").tolist() == [*range(length + 1, 1, -1), *[0] * (5 - length)]


def test_carries_and_xs_may_lie_in_tuples_lists_and_dicts() -> None:
    def run(x: Tensor) -> Outputs:
        def f(carry: Any, each: Any) -> Any:
            (n, total), (value, at) = (carry["n"], carry["sums"]), each
            return {"sums": [total[0] + value], "n": n + 1}, {"seen": (n, value * g.cast(at, "f32"))}

        count = g.constant(0, "u32")
        last, ys = g.scan(f, {"n": count, "sums": [0.0]}, (x, g.iota(4)))
        return {"n": last["n"], "total": last["sums"][0], "seen": ys["seen"][0], "products": ys["seen"][1]}

    runner = ran(run, {"x": np.array([0.5, 1.0, 2.0, 4.0])})
    assert (runner.read("n"), runner.read("total")) == (4, 7.5)
    assert runner.read("seen").tolist() == [0, 1, 2, 3]
    assert runner.read("products").tolist() == [0.0, 1.0, 4.0, 12.0]


def test_xs_and_the_first_carry_may_be_arrays() -> None:
    decay, first, x = np.linspace(0.5, 1, 5), np.array([1.0, 2.0]), np.array([3.0, -1.0])

    def run(x: Tensor) -> Outputs:
        last, ys = g.scan(lambda c, now: (c * now[0] + x * now[1],) * 2, first, (decay, np.arange(5.0)))
        return {"last": last, "ys": ys}

    runner = ran(run, {"x": x})
    rows = [h := first * decay[0]] + [h := h * decay[n] + x * n for n in range(1, 5)]
    np.testing.assert_allclose(runner.read("ys"), rows, rtol=1e-12)
    np.testing.assert_allclose(runner.read("last"), rows[-1], rtol=1e-12)


def test_one_time_without_xs_and_results_that_no_one_reads() -> None:
    def run(x: Tensor) -> Outputs:
        last, ys = g.scan(lambda c, _: (c * x, None), 3.0, length=1)
        powers, unread = g.scan(lambda c, _: (c * x, c), 1.0, length=5)
        assert ys is None
        assert unread.shape == (5,)
        return {"once": last, "power": powers, "d": g.gradients(powers, [x])[0]}

    runner = ran(run, {"x": np.array(2.0)})
    assert [float(runner.read(name)) for name in ("once", "power", "d")] == [6.0, 32.0, 80.0]


def test_a_scan_within_a_scan() -> None:
    def run(a: Tensor, first: Tensor) -> Outputs:
        def row(carry: Tensor, xs: Tensor) -> tuple[Tensor, Tensor]:
            return g.scan(lambda c, x: (g.sin(c * first + x), c), carry, xs)

        last, ys = g.scan(row, first, a)
        return {"ys": ys, **{f"d{n}": d for n, d in enumerate(g.gradients(g.sum(ys) + last, [a, first]))}}

    arrays = drawn({"a": (3, 4), "first": ()})
    runner = ran(run, arrays)
    a, first = (torch.tensor(array, requires_grad=True) for array in arrays.values())
    c, ys = first, []
    for n in range(3):
        for m in range(4):
            ys.append(c)
            c = torch.sin(c * first + a[n, m])
    for name, d in zip(("d0", "d1"), torch.autograd.grad(sum(ys) + c, (a, first)), strict=True):
        np.testing.assert_allclose(runner.read(name), d, rtol=1e-9)
    np.testing.assert_allclose(runner.read("ys").ravel(), [float(y.detach()) for y in ys], rtol=1e-12)


def test_a_selective_recurrence_has_the_gradients_of_pytorch() -> None:
    """Gu and Dao's (2023): how much of a state decays, and what is added to it, depend on the input."""
    shapes = {"x": (TIME, BATCH, WIDTH), "rate": (WIDTH,), "into": (WIDTH, 4), "out": (WIDTH, 4), "decay": (WIDTH, 4)}

    def cell(state: Any, x: Any, rate: Any, into: Any, out: Any, decay: Any, lib: Any, total: Any) -> Any:
        step = lib.sigmoid(x * rate)[..., None]
        state = lib.exp(-step * lib.exp(decay)) * state + step * (x @ into)[:, None] * x[..., None]
        return state, total(state * (x @ out)[:, None])

    def run(x: Tensor, *others: Tensor) -> Outputs:
        start = g.full((BATCH, WIDTH, 4), 0.0)
        _, ys = g.scan(lambda s, each: cell(s, each, *others, g, lambda y: g.sum(y, -1)), start, x)
        found = g.gradients(g.sum(g.square(ys)), [x, *others])
        return {"ys": ys, **{f"d{n}": d for n, d in enumerate(found)}}

    arrays = drawn(shapes)
    runner = ran(run, arrays)
    x, *others = tensors = [torch.tensor(array, requires_grad=True) for array in arrays.values()]
    state, ys = torch.zeros(BATCH, WIDTH, 4, dtype=torch.float64), []
    for time in range(TIME):
        state, y = cell(state, x[time], *others, torch, lambda y: y.sum(-1))
        ys.append(y)
    np.testing.assert_allclose(runner.read("ys"), torch.stack(ys).detach(), rtol=1e-10)
    for n, d in enumerate(torch.autograd.grad((torch.stack(ys) ** 2).sum(), tensors)):
        np.testing.assert_allclose(runner.read(f"d{n}"), d, rtol=1e-8, atol=1e-12)


def test_each_time_draws_row_by_row_what_a_draw_for_all_times_would_be() -> None:
    def run(x: Tensor) -> Outputs:
        def f(c: Tensor, each: Tensor) -> tuple[Tensor, Tensor]:
            return c, g.uniform((3,), stream=1) + 0 * g.dropout(each, 0.5, stream=2)

        rows = g.scan(f, 0.0, x)[1]
        found = g.gradients(g.sum(rows), [x])[0]
        return {"rows": rows, "d": found, "all": g.uniform((5, 3), stream=3)}

    runner = ran(run, {"x": np.ones((5, 3))})
    rows = runner.read("rows")
    assert len(np.unique(rows)) == 15
    same = ran(lambda x: {"all": g.uniform((5, 3), stream=1)}, {"x": np.ones((5, 3))})
    np.testing.assert_array_equal(rows, same.read("all"))


def test_the_gradient_of_a_weight_is_one_product_over_all_times() -> None:
    model = Model("products")
    x, w = model.input("x", (7, 2, 3)), model.input("w", (3, 3))
    states = g.scan(lambda h, each: (g.tanh(each + h @ w),) * 2, g.full((2, 3), 0.0), x)[1]
    (d,) = g.gradients(g.sum(states), [w])
    product = d if d.op == "matmul" else d.inputs[0]
    assert (product.op, product.attributes["form"]) == ("matmul", "tn")
    assert [each.shape for each in product.inputs] == [(14, 3), (14, 3)]


def test_what_does_not_depend_on_the_time_is_computed_outside() -> None:
    model = Model("outside")
    x, w = model.input("x", (4, 3)), model.input("w", (3, 3))
    y, _ = g.scan(lambda c, each: (c * g.sum(g.exp(w)) + each, None), g.full((3,), 0.0), x)
    outside = {node.op for node in topological([y])}
    assert {"exp", "sum", "scan"} <= outside
    assert "multiply" not in outside


def test_what_a_layer_exposes_can_be_probed_as_a_sequence() -> None:
    model = Model("exposed")
    x, cell = model.data("x", (TIME, BATCH, WIDTH)), model.add("cell", nn.GRUCell(WIDTH, 4))

    @model.program
    def run() -> Outputs:
        def f(h: Tensor, each: Tensor) -> tuple[Tensor, Tensor]:
            h = cell(each, h)
            return h, h

        last, states = g.scan(f, g.full((BATCH, 4), 0.0), x)
        return {"states": states, "d": g.gradients(g.sum(g.square(last)), [cell.weight_hh])[0]}

    model.probe("run", "cell.h", "cell.z", "cell.h:grad")
    runner = NumPyRunner(model)
    runner.run("init")
    runner.write("x", drawn()["xs"])
    runner.run("run")
    np.testing.assert_array_equal(runner.read("cell.h"), runner.read("states"))
    assert runner.read("cell.z").shape == (TIME, BATCH, 4)
    np.testing.assert_allclose(runner.read("cell.h:grad")[-1], 2 * runner.read("states")[-1], rtol=1e-12)
    assert (runner.read("cell.h:grad")[0] != 0).all()
