"""Functions made of ops, and losses and norms with their gradients, against PyTorch: definition and kernels."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
import pytest
import torch

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.plan import lower
from site_builder.plan.lower import dispatches_per_run
from site_builder.run.on_numpy import NumPyRunner

F = torch.nn.functional
rng = np.random.default_rng(7)


def runners(model: Model) -> list[Any]:
    from site_builder.run.on_wgpu import WgpuRunner

    return [NumPyRunner(model), WgpuRunner(lower(model))]


def numbers(*shape: int, scale: float = 1.0) -> np.ndarray:
    return scale * rng.standard_normal(shape).astype(np.float32)


def choices(bound: int, *shape: int) -> np.ndarray:
    return rng.integers(0, bound, shape).astype(np.uint32)


X, FAR = numbers(6, 9), numbers(5, 13, scale=15)
SEQUENCE, LABELS = numbers(4, 7, 11, scale=3), choices(11, 4, 7)
KEPT = (rng.uniform(size=(4, 7)) < 0.6).astype(np.float32)
SCALE, SHIFT = numbers(9), numbers(9)
PAIRED = numbers(6, 9)
ROWS = X * (np.arange(6) != 2)[:, None].astype(np.float32)


def ignoring(logits: Any, labels: Any, kept: Any, **more: Any) -> Any:
    """PyTorch's way to leave labels out."""
    marked = torch.where(kept > 0, labels, -100)
    return F.cross_entropy(logits.flatten(0, 1), marked.flatten(), ignore_index=-100, **more)


def foretold(scores: Any) -> Any:
    return -torch.diagonal(F.log_softmax(scores, -1), dim1=-2, dim2=-1).mean()


def contrasted(a: Any, b: Any) -> Any:
    logits = F.normalize(a, dim=-1) @ F.normalize(b, dim=-1).T / 0.2
    right = torch.arange(len(a))
    return (F.cross_entropy(logits, right) + F.cross_entropy(logits.T, right)) / 2


CASES: dict[str, tuple[Callable[..., Tensor], Callable[..., Any], tuple[np.ndarray, ...]]] = {
    "silu": (g.silu, F.silu, (FAR,)),
    "softplus": (g.softplus, lambda x: F.softplus(x, threshold=100), (FAR,)),
    "leaky_relu": (lambda x: g.leaky_relu(x, 0.1), lambda x: F.leaky_relu(x, 0.1), (FAR,)),
    "clip": (lambda x: g.clip(x, -0.5, 1.0), lambda x: torch.clamp(x, -0.5, 1.0), (X,)),
    "stop_gradient": (lambda x: x * g.stop_gradient(x), lambda x: x * x.detach(), (X,)),
    "straight_through": (
        lambda x: g.square(g.straight_through(x, g.round(4 * x) / 4)),
        lambda x: (x + ((4 * x).round() / 4 - x).detach()) ** 2,
        (X,),
    ),
    "layer_norm": (g.layer_norm, lambda x, a, b: F.layer_norm(x, (9,), a, b), (X, SCALE, SHIFT)),
    "rms_norm": (g.rms_norm, lambda x, a: F.rms_norm(x, (9,), a, 1e-6), (X, SCALE)),
    "batch_norm": (
        g.batch_norm,
        lambda x, a, b: F.batch_norm(x.flatten(0, -2), None, None, a, b, training=True).reshape(x.shape),
        (numbers(3, 5, 9), SCALE, SHIFT),
    ),
    "l2_normalise": (g.l2_normalise, lambda x: F.normalize(x, dim=-1), (X,)),
    "norm": (g.norm, torch.linalg.vector_norm, (X,)),
    "norm of rows, of which one is 0": (lambda x: g.norm(x, -1), lambda x: torch.linalg.norm(x, dim=-1), (ROWS,)),
    "norm of axes, kept": (
        lambda x: g.norm(x, (0, -1), keepdims=True),
        lambda x: torch.linalg.norm(x, dim=(0, -1), keepdim=True),
        (SEQUENCE,),
    ),
    "norm of 0": (g.norm, torch.linalg.vector_norm, (0 * X,)),
    "softmax": (g.softmax, lambda x: F.softmax(x, -1), (SEQUENCE,)),
    "softmax of a long row": (g.softmax, lambda x: F.softmax(x, -1), (numbers(3, 1024, scale=5),)),
    "logsumexp": (g.logsumexp, lambda x: torch.logsumexp(x, -1), (SEQUENCE,)),
    "log_softmax": (g.log_softmax, lambda x: F.log_softmax(x, -1), (SEQUENCE,)),
    "cross_entropy": (
        g.cross_entropy,
        lambda x, y: F.cross_entropy(x.flatten(0, 1), y.flatten(), reduction="none").reshape(y.shape),
        (SEQUENCE, LABELS),
    ),
    "cross_entropy of what is kept": (
        lambda x, y, w: g.mean(g.cross_entropy(x, y), weights=w),
        ignoring,
        (SEQUENCE, LABELS, KEPT),
    ),
    "cross_entropy, smoothed": (
        lambda x, y, w: g.mean(g.cross_entropy(x, y, label_smoothing=0.1), weights=w),
        lambda x, y, w: ignoring(x, y, w, label_smoothing=0.1),
        (SEQUENCE, LABELS, KEPT),
    ),
    "cross_entropy of weighted classes": (
        lambda x, y, w: g.mean(g.cross_entropy(x, y), weights=w[y]),
        lambda x, y, w: F.cross_entropy(x.flatten(0, 1), y.flatten(), weight=w),
        (SEQUENCE, LABELS, np.abs(numbers(11))),
    ),
    "binary_cross_entropy": (
        g.binary_cross_entropy,
        lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction="none"),
        (FAR, rng.uniform(size=FAR.shape).astype(np.float32)),
    ),
    "info_nce": (g.info_nce, foretold, (numbers(2, 5, 5),)),
    "symmetric_info_nce": (lambda a, b: g.symmetric_info_nce(a, b, 0.2), contrasted, (X, PAIRED)),
    "top_k": (lambda x: g.top_k(x, 3)[0], lambda x: torch.topk(x, 3).values, (SEQUENCE,)),
}
CONSTANT = {
    "cross_entropy of what is kept": {2},
    "cross_entropy, smoothed": {2},
    "cross_entropy of weighted classes": {2},
}


@pytest.mark.parametrize("name", CASES)
def test_function_and_gradient_are_pytorchs(device: Any, name: str) -> None:
    agree(*CASES[name], CONSTANT.get(name, set()))


def agree(
    ours: Callable[..., Tensor],
    theirs: Callable[..., Any],
    inputs: tuple[np.ndarray, ...],
    constants: Collection[int] = (),
) -> None:
    """Values, and gradients by all inputs but the constants, are PyTorch's on the host and on the device."""
    learnt = [n for n, x in enumerate(inputs) if x.dtype == np.float32 and n not in constants]
    model = Model("function")
    given = [
        model.input(f"x{n}", x.shape, dtype="u32" if x.dtype == np.uint32 else "f32") for n, x in enumerate(inputs)
    ]

    @model.program
    def run() -> Mapping[str, Tensor]:
        y = ours(*given)
        loss = g.sum(g.sin(1.0 + y))  # weighs every element differently
        gradients = g.gradients(loss, [given[n] for n in learnt])
        return {"y": y} | {f"d{n}": d for n, d in zip(learnt, gradients, strict=True)}

    exact = [torch.tensor(x.astype(np.int64 if x.dtype == np.uint32 else np.float64)) for x in inputs]
    for n in learnt:
        exact[n].requires_grad_()
    expected = theirs(*exact)
    torch.sin(1.0 + expected).sum().backward()
    for runner, tolerance in zip(runners(model), (1e-6, 2e-3), strict=True):  # sine's derivative is the device's cosine
        for n, x in enumerate(inputs):
            runner.write(f"x{n}", x)
        runner.run("run")
        np.testing.assert_allclose(runner.read("y"), expected.detach(), rtol=min(tolerance, 1e-5), atol=1e-5)
        for n in learnt:
            largest = max(float(exact[n].grad.abs().max()), 1.0)
            np.testing.assert_allclose(runner.read(f"d{n}"), exact[n].grad, rtol=0, atol=tolerance * largest)


def outputs(program: Callable[[Model], Mapping[str, Tensor]], **writes: Any) -> list[dict[str, np.ndarray]]:
    """What a program of no inputs but `writes` gives, by both runners."""
    model = Model("outputs")

    @model.program(counts=True)
    def run() -> Mapping[str, Tensor]:
        return program(model)

    results = []
    for runner in runners(model):
        for name, value in {"seed": 5, **writes}.items():
            runner.write(name, value)
        runner.run("init")
        runner.run("run")
        results.append({v.name: runner.read(v.name) for v in model.variables.values() if v.role == "output"})
    return results


def test_top_k_gives_indices_and_breaks_ties_by_them(device: Any) -> None:
    x = np.round(numbers(3, 40))
    for given in outputs(lambda m: dict(zip("vi", g.top_k(m.input("x", x.shape), 5), strict=True)), x=x):
        order = np.argsort(-x, axis=-1, kind="stable")[:, :5]
        np.testing.assert_array_equal(given["i"], order)
        np.testing.assert_array_equal(given["v"], np.take_along_axis(x, order, -1))


def test_accuracies_count_what_is_kept(device: Any) -> None:
    def program(model: Model) -> Mapping[str, Tensor]:
        logits, labels = model.input("logits", SEQUENCE.shape), model.input("labels", LABELS.shape, dtype="u32")
        kept = model.input("kept", KEPT.shape)
        return {
            "first": g.accuracy(logits, labels),
            "kept_first": g.accuracy(logits, labels, kept),
            "third": g.top_k_accuracy(logits, labels, model.input("k", (), 3, dtype="u32")),
        }

    order = np.argsort(-SEQUENCE, axis=-1)
    first, third = order[..., 0] == LABELS, (order[..., :3] == LABELS[..., None]).any(-1)
    for given in outputs(program, logits=SEQUENCE, labels=LABELS, kept=KEPT):
        assert given["first"] == pytest.approx(first.mean(), abs=1e-6)
        assert given["kept_first"] == pytest.approx((first * KEPT).sum() / KEPT.sum(), abs=1e-6)
        assert given["third"] == pytest.approx(third.mean(), abs=1e-6)


def test_dropout_keeps_the_mean_and_the_gradient_sees_the_same_elements(device: Any) -> None:
    def program(model: Model) -> Mapping[str, Tensor]:
        x = model.input("x", (20_000,), 1.0)
        y = g.dropout(x, model.input("rate", (), 0.25), stream=3)
        return {"y": y, "d": g.gradients(g.sum(y), [x])[0]}

    exact, ours = outputs(program)
    assert (ours["y"] == 0).mean() == pytest.approx(0.25, abs=0.01)
    assert set(np.unique(ours["y"])) == {0, np.float32(1 / np.float32(0.75))}
    np.testing.assert_allclose(ours["y"], exact["y"], rtol=1e-6)
    np.testing.assert_array_equal(ours["d"], ours["y"])


def test_draws_have_the_probabilities_of_softmax(device: Any) -> None:
    logits, draws = np.array([2.0, 1.0, 0.0, -1.0], np.float32), 20_000

    def program(model: Model) -> Mapping[str, Tensor]:
        rows = g.broadcast(model.input("logits", (4,)), (draws, 4))
        temperature, most = model.input("temperature", (), 0.5), model.input("most", (), 2, dtype="u32")
        return {
            "all": g.categorical(rows, stream=1),
            "cold": g.categorical(rows, stream=4, temperature=temperature),
            "two": g.categorical(rows, stream=2, top_k=most),
            "largest": g.categorical(rows, stream=3, temperature=0.0),
        }

    def probabilities(x: np.ndarray) -> np.ndarray:
        return np.asarray(np.exp(x) / np.exp(x).sum())

    for given in outputs(program, logits=logits):
        shares = {name: np.bincount(drawn, minlength=4) / draws for name, drawn in given.items()}
        np.testing.assert_allclose(shares["all"], probabilities(logits), atol=0.015)
        np.testing.assert_allclose(shares["cold"], probabilities(2 * logits), atol=0.015)
        np.testing.assert_allclose(shares["two"], [*probabilities(logits[:2]), 0, 0], atol=0.015)
        np.testing.assert_array_equal(shares["largest"], [1, 0, 0, 0])


def test_a_layer_norm_takes_three_dispatches(device: Any) -> None:
    model = Model("normed")
    x, scale, shift = model.input("x", (64, 8)), model.input("scale", (8,)), model.input("shift", (8,))
    weights = model.input("weights", (8, 8))

    @model.program
    def run() -> Mapping[str, Tensor]:
        y = g.layer_norm(x @ weights, scale, shift) @ weights
        d = g.gradients(g.mean(g.square(y)), [scale, shift, weights])
        return dict(zip(("scale_d", "shift_d", "weights_d"), d, strict=True))

    without = Model("plain")
    x, weights = without.input("x", (64, 8)), without.input("weights", (8, 8))

    @without.program
    def plain() -> Mapping[str, Tensor]:
        y = x @ weights @ weights
        return {"weights_d": g.gradients(g.mean(g.square(y)), [weights])[0]}

    assert dispatches_per_run(lower(model))["run"] == dispatches_per_run(lower(without))["plain"] + 3
