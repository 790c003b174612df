"""`scan` on wgpu: every kind of body computes what NumPy does, by the kernels of one time however many there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.plan import Plan, lower
from site_builder.run.on_numpy import NumPyRunner
from tests.gpu.test_programs import both

Outputs = dict[str, Tensor]


def differentiated(model: Model, loss: Tensor, **outputs: Tensor) -> Outputs:
    """The outputs, the loss, and its gradients by all inputs of floats but the seed."""
    inputs = [v.tensor for v in model.variables.values() if v.role == "input" and v.type.dtype == "f32"]
    found = g.gradients(loss, inputs)
    return {"loss": loss, **outputs, **{f"d{n}": d for n, d in enumerate(found)}}


def recurrent(model: Model, time: int = 7, reverse: bool = False) -> Outputs:
    """Products with what is computed at a time, and within it."""
    xs, h, w, v = (model.input(n, s) for n, s in zip("xhwv", ((time, 3, 4), (3, 5), (5, 5), (4, 5)), strict=True))

    def f(h: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
        h = g.tanh(x @ v + h @ w)
        return h, g.softmax(h)

    last, ys = g.scan(f, h, xs, reverse=reverse)
    return differentiated(model, g.mean(g.square(ys)) + g.sum(last * h), last=last, ys=ys)


def selective(model: Model) -> Outputs:
    shapes = {"x": (6, 2, 4), "rate": (4,), "into": (4, 8), "out": (4, 8), "decay": (4, 8)}
    x, rate, into, out, decay = (model.input(name, shape) for name, shape in shapes.items())

    def f(state: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
        step = g.sigmoid(x * rate)[..., None]
        state = g.exp(-step * g.exp(decay)) * state + step * (x @ into)[:, None] * x[..., None]
        return state, g.sum(state * (x @ out)[:, None], -1)

    last, ys = g.scan(f, g.full((2, 4, 8), 0.0), x)
    return differentiated(model, g.sum(g.square(ys)), ys=ys, last=last)


def nested(model: Model) -> Outputs:
    xs, w = model.input("xs", (3, 4, 5)), model.input("w", (5, 5))

    def row(carry: Tensor, xs: Tensor) -> tuple[Tensor, Tensor]:
        carry, seen = g.scan(lambda c, x: (g.sin(c * 0.5 + x), c * x), carry, xs)
        return g.reshape(g.reshape(carry, (1, 5)) @ w, (5,)), g.sum(seen, 0)

    last, ys = g.scan(row, g.full((5,), 0.1), xs)
    return differentiated(model, g.sum(g.square(last)) + g.sum(ys), ys=ys)


def drawn(model: Model) -> Outputs:
    x = model.input("x", (5, 3))
    last, ys = g.scan(lambda c, e: ((c + g.dropout(e, 0.4, stream=1)) * g.uniform((3,), 2), c), g.full((3,), 0.0), x)
    return differentiated(model, g.sum(g.square(last)) + g.sum(ys), ys=ys)


def chosen(model: Model) -> Outputs:
    """Rows of a captured table, whose gradient is one scatter; several carries, of which two are of whole numbers."""
    table, at = model.input("table", (7, 4)), model.data("at", (6, 3), "u32", bound=7)

    def f(carry: dict[str, Tensor], rows: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        x = table[rows]
        largest = g.maximum(carry["largest"], g.max(x, -1))
        return {"largest": largest, "count": carry["count"] + 1, "of": rows}, g.sum(x * largest[:, None], -1)

    start = {"largest": g.full((3,), -1.0), "count": g.constant(2, "u32"), "of": g.full((3,), 0, "u32")}
    last, ys = g.scan(f, start, at)
    return differentiated(model, g.sum(g.square(ys)), ys=ys, count=last["count"], of=last["of"])


def sums(model: Model, time: int = 9) -> Outputs:
    """A scalar carry, whose results go into another scan; what one gives first is not read."""
    x = model.input("x", (time,))
    _, up = g.scan(lambda c, e: (c + e, c + e), 0.0, x)
    last, down = g.scan(lambda c, e: (c * 0.5 + e, (c, e)), x[0], up, reverse=True)
    return differentiated(model, last + g.sum(g.square(down[0])), up=up, last=last)


def penalised(model: Model) -> Outputs:
    """A second derivative: the squared gradient of a recurrence."""
    xs, w = model.input("xs", (5, 2, 4)), model.input("w", (4, 4))
    last, _ = g.scan(lambda h, x: (g.tanh(x + h @ w), None), g.full((2, 4), 0.0), xs)
    (d,) = g.gradients(g.sum(g.square(last)), [xs])
    return differentiated(model, g.sum(g.square(d)))


def descending(model: Model) -> Outputs:
    """A body that differentiates by its carry and its element, as Langevin's steps and flows' traces do."""
    xs, first, w = model.input("xs", (5, 3)), model.input("first", (3,)), model.input("w", (3,))

    def f(c: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
        by_carry, by_element = g.gradients(g.sum(w * g.sin(c) * x + g.square(c) * w), [c, x])
        return c - 0.1 * by_carry, by_element * c

    last, ys = g.scan(f, first, xs)
    return differentiated(model, g.sum(g.square(last)) + g.sum(g.square(ys)), last=last, ys=ys)


BODIES: dict[str, Callable[[Model], Outputs]] = {
    "recurrent": recurrent,
    "back": lambda model: recurrent(model, reverse=True),
    "once": lambda model: recurrent(model, time=1),
    "twice": lambda model: recurrent(model, time=2),
    "selective": selective,
    "nested": nested,
    "drawn": drawn,
    "chosen": chosen,
    "descending": descending,
    "sums": sums,
    "sums of one": lambda model: sums(model, time=1),
    "penalised": penalised,
    "descending": descending,
}


def built(name: str) -> Model:
    model = Model(name)

    def run() -> Outputs:
        return BODIES[name](model)

    model.program(counts=True)(run)
    return model


def given(model: Model, *runners: Any) -> None:
    """Write the same numbers into the inputs and data of all runners."""
    rng = np.random.default_rng(5)
    for variable in model.variables.values():
        if variable.role in ("input", "data") and variable.name != "seed":
            shape, whole = variable.type.shape, variable.type.dtype == "u32"
            value = rng.integers(0, variable.bound or 2, shape) if whole else rng.uniform(-1, 1, shape)
            for runner in runners:
                runner.write(variable.name, value.astype(np.uint32 if whole else np.float32))


def outputs_agree(model: Model, ours: Any, numpys: Any) -> None:
    given(model, ours, numpys)
    for runner in (ours, numpys):
        runner.run("run", times=2)  # nothing is left of the run before
    for name in (v.name for v in model.variables.values() if v.role == "output"):
        expected = numpys.read(name)
        scale = max(float(np.max(np.abs(expected))), 1e-3)
        np.testing.assert_allclose(ours.read(name) / scale, expected / scale, atol=2e-5, err_msg=name)


@pytest.mark.parametrize("name", BODIES)
def test_it_computes_what_numpy_does(device: Any, name: str) -> None:
    model = built(name)
    outputs_agree(model, *both(model))


def test_a_shorter_sequence_needs_no_new_plan(device: Any) -> None:
    model = Model("lengths")
    x, length = model.input("x", (8, 3)), model.input("length", (), dtype="u32", initial=8)
    weight = model.add("cell", nn.Linear(3, 3, bias=False)).weight

    @model.program
    def run() -> Outputs:
        f = lambda h, e: (g.tanh(h @ weight + e),) * 2  # noqa: E731
        last, ys = g.scan(f, g.full((1, 3), 0.0), x[:, None], length=length)
        return {"last": last, "ys": ys, "d": g.gradients(g.sum(last) + g.sum(ys), [weight])[0]}

    runners = both(model)
    for runner in runners:
        runner.run("init")
    for count in (8, 3, 0):
        given(model, *runners)
        for runner in runners:
            runner.write("length", count)
            runner.run("run")
        for name in ("last", "ys", "d"):
            np.testing.assert_allclose(*(r.read(name) for r in runners), rtol=1e-4, atol=1e-6, err_msg=name)
        assert (runners[0].read("ys")[count:] == 0).all()


def test_two_programs_may_scan_and_each_trains(device: Any) -> None:
    model = Model("two")
    x, lstm = model.data("x", (2, 6, 3)), model.add("lstm", nn.LSTM(3, 4, layers=2))

    @model.program(counts=True)
    def step() -> None:
        loss = g.mean(g.square(lstm(x) - 0.5))
        nn.Adam(0.05).minimise(loss, model)
        model.record("loss", loss)

    @model.program
    def look() -> Outputs:
        return {"states": lstm(x)}

    curves = []
    for runner in both(model):
        runner.run("init")
        runner.write("x", np.random.default_rng(5).standard_normal((2, 6, 3)).astype(np.float32))
        runner.run("step", times=20)
        runner.run("look")
        curves.append((runner.read("loss.history")[:20], runner.read("states")))
    for ours, numpys in zip(*curves, strict=True):
        np.testing.assert_allclose(ours, numpys, rtol=1e-4)
    assert curves[0][0][-1] < 0.5 * curves[0][0][0]


def repeated(plan: Plan) -> set[int]:
    """The kernels that know at which time they are."""
    return {number for number, kernel in enumerate(plan.kernels) if "TIME" in kernel.params}


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_any_length_has_the_kernels_of_one_time(kind: Any) -> None:
    plans = []
    for time in (3, 40):
        model = Model("length")
        x, network = model.data("x", (2, time, 3)), model.add("network", kind(3, 4))

        @model.program
        def step(network: Any = network, x: Tensor = x, model: Model = model) -> None:
            nn.SGD(0.1).minimise(g.mean(g.square(network(x))), model)

        plans.append(lower(model))
    short, long = plans
    assert len(short.kernels) == len(long.kernels)
    assert 2 <= len(repeated(long)) <= 4
    steps = [len(plan.programs["step"].steps) for plan in plans]
    assert steps[1] - steps[0] <= 4 * (40 - 3), "two dispatches a time on the way forward, and two back"


def test_numpy_runs_a_scan_as_it_is_defined() -> None:
    model = built("sums")
    runner = NumPyRunner(model)
    given(model, runner)
    runner.run("run")
    np.testing.assert_allclose(runner.read("up"), np.cumsum(runner.read("x")), rtol=1e-12)
