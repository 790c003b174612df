"""Gradients by what a scan carries, reads and captures: within its function, and through it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from site_builder import graph as g
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor
from tests.pure.graph.test_scan import WIDTH, Outputs, drawn, ran


def test_gradients_by_the_carry_and_through_them() -> None:
    """Steps of descent as a scan, of which the first weights and the rate are to learn."""
    arrays = {"w": np.array([0.5, -1.0]), "rate": np.array(0.1), "x": np.array([[1.0, 2.0], [-0.5, 1.5], [2.0, 0.25]])}

    def run(w: Tensor, rate: Tensor, x: Tensor) -> Outputs:
        def descend(w: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
            by_w, by_x = g.gradients(g.tanh(g.sum(w * x)), [w, x])
            return w - rate * by_w, by_x

        last, slopes = g.scan(descend, w, x)
        return dict(zip(arrays, g.gradients(g.sum(g.square(last)) + g.sum(slopes), [w, rate, x]), strict=True))

    given = {name: torch.tensor(each, requires_grad=True) for name, each in arrays.items()}
    w, total = given["w"], torch.zeros(())
    for x in given["x"]:
        by_w, by_x = torch.autograd.grad(torch.tanh((w * x).sum()), [w, x], create_graph=True)
        w, total = w - given["rate"] * by_w, total + by_x.sum()
    ((w**2).sum() + total).backward()
    runner = ran(lambda w, rate, x: {f"d{name}": d for name, d in run(w, rate, x).items()}, arrays)
    for name, each in given.items():
        np.testing.assert_allclose(runner.read(f"d{name}"), each.grad, rtol=1e-10)


def test_a_body_differentiates_by_its_carry_and_its_element() -> None:
    def run(x: Tensor) -> Outputs:
        def f(c: Tensor, each: Tensor) -> tuple[Tensor, Tensor]:
            by_carry, by_element = g.gradients(c * c * each, [c, each])
            return c - 0.1 * by_carry, by_element

        last, ys = g.scan(f, x[0], x)
        return {"last": last, "ys": ys, "d": g.gradients(last + g.sum(ys), [x])[0]}

    numbers = np.array([0.5, -1.0, 2.0])
    runner, x = ran(run, {"x": numbers}), torch.tensor(numbers, requires_grad=True)
    c, ys = x[0], []
    for each in x:
        ys.append(c * c)
        c = c - 0.1 * 2 * c * each
    (d,) = torch.autograd.grad(c + torch.stack(ys).sum(), [x])
    for name, tensor in {"last": c, "ys": torch.stack(ys), "d": d}.items():
        np.testing.assert_allclose(runner.read(name), tensor.detach().numpy(), rtol=1e-12, err_msg=name)


def test_the_gradient_by_a_reshaped_tensor_holds_what_a_scan_captures_of_it() -> None:
    """The row of a tensor is one; here it is what the scan goes through as well."""

    def run(p: Tensor) -> Outputs:
        w = p[0]
        last, _ = g.scan(lambda c, x: (g.tanh(c @ w + x), None), g.full((WIDTH,), 0.0), w)
        by_row, by_all = g.gradients(g.sum(last), [w, p])
        return {"by_row": by_row, "by_all": by_all[0]}

    arrays = drawn({"p": (2, WIDTH, WIDTH)})
    runner = ran(run, arrays)
    w = torch.tensor(arrays["p"][0], requires_grad=True)
    c = torch.zeros(WIDTH, dtype=torch.float64)
    for x in w:
        c = torch.tanh(c @ w + x)
    for name in ("by_row", "by_all"):
        np.testing.assert_allclose(runner.read(name), torch.autograd.grad(c.sum(), w, retain_graph=True)[0], rtol=1e-9)


def test_a_gradient_by_what_a_scan_repeats_is_refused() -> None:
    model = Model("repeated")
    p = model.input("p", (2,))

    @model.program
    def run() -> Outputs:
        w = g.broadcast(p, (2, 2))
        last, _ = g.scan(lambda c, x: (g.tanh(c @ w + x), None), g.zeros(2), w * 1)
        with pytest.raises(GraphError, match=r"would miss that part\. Differentiate by the tensor that is repeated"):
            g.gradients(g.sum(last) + g.sum(w), [w])
        return {"d": g.gradients(g.sum(last), [p])[0]}
