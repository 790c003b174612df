"""Functions and their gradients over the whole range of f32, against PyTorch in double precision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import torch

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.plan import lower
from site_builder.run.on_numpy import NumPyRunner

F = torch.nn.functional

SIZES = np.array([0, *(10.0**n for n in range(-8, 9)), *np.linspace(0.25, 30, 120), 50, 80, 87, 95, 1e15, 1e30])
NUMBERS = np.concatenate([SIZES, -SIZES]).astype(np.float32)
# Rows of which each is around one size, their elements apart by none, a little, or much.
APART = np.array([[0, 0, 0], [0, -1, -2], [0, 1e-3, 5], [-20, 0, 20], [0, 60, -200]])
ROWS = np.concatenate([APART + around for around in (0, 3, -100, 1e4, -1e6, 1e7, 1e8, -1e8)]).astype(np.float32)
LABELS = (np.arange(len(ROWS)) % 3).astype(np.uint32)
TARGETS = np.tile(np.array([0.0, 1.0, 0.3, 0.999], np.float32), -(-len(NUMBERS) // 4))[: len(NUMBERS)]


def of_labels(function: Callable[..., Any]) -> Callable[[Any], Any]:
    return lambda x: function(x, torch.tensor(LABELS.astype(np.int64)), reduction="none")


def smoothed(x: Any, labels: Any, reduction: str) -> Any:
    return F.cross_entropy(x, labels, reduction=reduction, label_smoothing=0.1)


def softplus(x: Any) -> Any:
    return F.softplus(x, threshold=500)


def crossed(x: Any) -> Any:
    """Binary cross-entropy of which nothing cancels, as it does in PyTorch's own, in double precision too."""
    t = torch.tensor(TARGETS).double()
    return t * softplus(-x) + (1 - t) * softplus(x)


def gelu(x: Any) -> Any:
    """Half of 1 + tanh as a sigmoid, which cancels nowhere."""
    return x * torch.sigmoid(2 * np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))


def labels() -> Tensor:
    return g.iota(len(ROWS)) % 3


def targets() -> Tensor:
    fourth = g.cast(g.iota(len(NUMBERS)) % 4, "f32")
    return (fourth > 0) * g.where(fourth < 2, 1.0, g.where(fourth < 3, 0.3, 0.999))


# name -> ours, PyTorch's, the numbers, and how much of itself a result, and a gradient, may be wrong: sizes that differ
# by 1e-7 of themselves differ by that much in what is taken from an exponential of them.
CASES: dict[str, tuple[Callable[[Tensor], Tensor], Callable[[Any], Any], np.ndarray, float, float]] = {
    "log_softmax": (g.log_softmax, lambda x: F.log_softmax(x, -1), ROWS, 1e-6, 3e-6),
    "softmax": (g.softmax, lambda x: F.softmax(x, -1), ROWS, 2e-5, 3e-6),
    "logsumexp": (g.logsumexp, lambda x: torch.logsumexp(x, -1), ROWS, 1e-6, 2e-5),
    "cross_entropy": (lambda x: g.cross_entropy(x, labels()), of_labels(F.cross_entropy), ROWS, 1e-6, 3e-6),
    "smoothed": (lambda x: g.cross_entropy(x, labels(), 0.1), of_labels(smoothed), ROWS, 1e-6, 3e-6),
    "binary_cross_entropy": (
        lambda x: g.binary_cross_entropy(x, targets()),
        crossed,
        NUMBERS,
        2e-5,
        2e-5,
    ),
    "softplus": (g.softplus, softplus, NUMBERS, 2e-5, 2e-5),
    "log_sigmoid": (lambda x: -g.softplus(-x), F.logsigmoid, NUMBERS, 2e-5, 2e-5),
    "sigmoid": (g.sigmoid, torch.sigmoid, NUMBERS, 2e-5, 2e-5),
    "tanh": (g.tanh, torch.tanh, NUMBERS, 2e-5, 2e-5),
    "gelu": (g.gelu, gelu, NUMBERS, 1e-4, 1e-4),
    "erf": (g.erf, torch.erf, NUMBERS, 1e-6, 2e-5),
    "atan": (g.atan, torch.atan, NUMBERS, 1e-6, 2e-5),
    "logsigmoid": (g.logsigmoid, F.logsigmoid, NUMBERS, 2e-5, 2e-5),
    "elu": (g.elu, F.elu, NUMBERS, 2e-5, 2e-5),
    "silu": (g.silu, F.silu, NUMBERS, 2e-5, 2e-5),
}


def results(model: Model, precision: str) -> list[tuple[str, Any]]:
    from site_builder.run.on_wgpu import WgpuRunner

    return [("NumPy", NumPyRunner(model, precision)), ("wgpu", WgpuRunner(lower(model)))]


@pytest.mark.parametrize("name", CASES)
def test_it_is_pytorchs_over_the_whole_range(device: Any, name: str) -> None:
    ours, theirs, numbers, relative, of_gradient = CASES[name]
    model = Model("extremes")
    x = model.input("x", numbers.shape)

    @model.program
    def run() -> Mapping[str, Tensor]:
        y = ours(x)
        weights = 1 + g.cast(g.iota(*y.shape), "f32") / y.size
        return {"y": y, "dx": g.gradients(g.sum(y * weights), [x])[0]}

    exact = torch.tensor(numbers.astype(np.float64), requires_grad=True)
    expected = theirs(exact)
    (expected * (1 + torch.arange(expected.numel()).reshape(expected.shape) / expected.numel())).sum().backward()
    right, slope = expected.detach().numpy(), np.nan_to_num(exact.grad.numpy())
    for _, runner in results(model, "float32"):
        runner.write("x", numbers)
        runner.run("run")
        # Below 1e-37 devices may take numbers for 0. What is nearly 1, a sum or y, leaves its logarithm,
        # or 1 - y in a gradient, no more digits than it has itself, in PyTorch's single precision as well.
        near_1 = name in ("log_softmax", "cross_entropy", "smoothed")
        np.testing.assert_allclose(runner.read("y"), right, rtol=relative, atol=1.2e-7 if near_1 else 1e-37)
        np.testing.assert_allclose(runner.read("dx"), slope, rtol=of_gradient, atol=5e-7)


def test_whole_powers_are_exact_where_f32_holds_them(device: Any) -> None:
    bases = [2.0, -2.0, 0.5, 3.0, -3.0, 5.0, 6.0, 7.0, 10.0, 1.5, -0.75, 1.0, -1.0, 4096.0, 4097.0]
    exponents = np.arange(-130, 131)
    model = Model("powers")
    base = model.input("base", (len(bases), 1))

    @model.program
    def run() -> Mapping[str, Tensor]:
        exponent = g.cast(g.iota(len(exponents)), "f32") - 130.0
        powers = {f"of {b}": g.constant(b) ** exponent for b in bases}
        return {"all": base**exponent, "as u32": g.cast(3.0 ** g.cast(g.iota(16), "f32"), "u32"), **powers}

    with np.errstate(over="ignore"):
        right = np.array(bases)[:, None] ** exponents
        exact = (right.astype(np.float32) == right) & (np.abs(right) >= 2.0**-126)
    assert exact.sum(1).min() > 3
    for dtype in ("float64", "float32"):
        for name, runner in results(model, dtype):
            runner.write("base", np.array(bases)[:, None])
            runner.run("run")
            each = np.array([runner.read(f"of {b}") for b in bases])
            for found in (runner.read("all"), each):
                np.testing.assert_array_equal(found[exact], right[exact], err_msg=name)
                usual = np.isfinite(right) & (np.abs(right) < 1e38) & (np.abs(right) > 1e-37)
                np.testing.assert_allclose(found[usual], right[usual], rtol=2e-5, err_msg=name)
            assert runner.read("as u32").tolist() == [3**n for n in range(16)]


@pytest.mark.parametrize("exponent", [-1, -2, -3, -4, -17, -0.5, -1.5])
def test_the_gradient_of_a_negative_power_is_infinite_at_0(device: Any, exponent: float) -> None:
    model = Model("powers")
    x = model.input("x", (4,))

    @model.program
    def run() -> Mapping[str, Tensor]:
        return {"dx": g.gradients(g.sum(x**exponent), [x])[0]}

    numbers = [0.0, 0.5, 2.0, 30.0] if exponent != int(exponent) else [0.0, -0.0, -0.5, 2.0]
    exact = torch.tensor(numbers, requires_grad=True)
    (exact**exponent).sum().backward()
    for precision in ("float64", "float32"):
        for name, runner in results(model, precision):
            runner.write("x", np.array(numbers))
            runner.run("run")
            np.testing.assert_allclose(runner.read("dx"), exact.grad.numpy(), rtol=2e-5, err_msg=name)


@pytest.mark.parametrize(("low", "high"), [(10_000, 10_001), (-10_001, -10_000), (0.1, 3000.0), (1.0, 1.0)])
def test_uniform_numbers_are_below_their_bound(device: Any, low: float, high: float) -> None:
    model = Model("bounded")

    @model.program
    def run() -> Mapping[str, Tensor]:
        return {"u": g.uniform((400_000,), 1, low, high)}

    for precision in ("float64", "float32"):
        for name, runner in results(model, precision):
            runner.run("run")
            u = runner.read("u")
            assert np.float32(low) <= u.min(), name
            assert u.max() < high or low == high == u.max(), name
            assert u.max() >= high - 1e-5 * (high - low) - np.spacing(np.float32(abs(high))), name
            assert u.mean() == pytest.approx((low + high) / 2, abs=2e-3 * (high - low)), name


def test_the_largest_of_gumbels_numbers_keep_their_digits(device: Any) -> None:
    model = Model("gumbel")

    @model.program
    def run() -> Mapping[str, Tensor]:
        return {"y": g.gumbel((2_000_000,), 1)}

    (_, exact), _ = results(model, "float64")
    exact.run("run")
    assert exact.read("y").max() > 14  # made of a number that is within 1e-6 of 1
    for _, runner in results(model, "float32"):
        runner.run("run")
        np.testing.assert_allclose(runner.read("y"), exact.read("y"), rtol=0, atol=5e-6)


def test_orders_with_infinities_and_nan_are_pytorchs(device: Any) -> None:
    inf, nan = np.inf, np.nan
    x = np.array(
        [[nan, 1, 2, -1], [inf, nan, -inf, 0], [1, nan, nan, 2], [-inf] * 4, [inf, inf, 1, -inf], [3, 1, -1, 0]]
    )
    model = Model("orders")
    given = model.input("x", x.shape)

    @model.program
    def run() -> Mapping[str, Tensor]:
        values, places = g.top_k(given, 2)
        found = {"values": values, "places": places, "up": g.sort(given), "down": g.sort(given, descending=True)}
        found |= {f.__name__: f(given, -1) for f in (g.max, g.min, g.argmax, g.argmin, g.sum, g.mean, g.var, g.cumsum)}
        return found | {
            "logsumexp": g.logsumexp(given),
            "softmax": g.softmax(given),
            "pool": g.max_pool(given[None], 2),
        }

    t = torch.tensor(x)
    top, up, down = torch.topk(t, 2), t.sort(-1), t.sort(-1, descending=True)
    right = {"values": top.values, "up": up.values, "down": down.values, "cumsum": t.cumsum(-1)}
    right |= {"max": t.amax(-1), "min": t.amin(-1), "argmax": t.argmax(-1), "argmin": t.argmin(-1), "sum": t.sum(-1)}
    right |= {
        "mean": t.mean(-1),
        "var": t.var(-1, correction=0),
        "logsumexp": t.logsumexp(-1),
        "softmax": t.softmax(-1),
    }
    right |= {"pool": F.max_pool1d(t.T[None], 2)[0].T[None]}
    for name, runner in [*results(model, "float64"), *results(model, "float32")]:
        runner.write("x", x)
        runner.run("run")
        for key, expected in right.items():
            np.testing.assert_allclose(
                runner.read(key), expected.numpy(), rtol=1e-5, atol=1e-6, err_msg=f"{name}: {key}"
            )
        assert runner.read("places").max() < x.shape[1]
        np.testing.assert_array_equal(np.take_along_axis(x, runner.read("places").astype(np.int64), -1), top.values)
