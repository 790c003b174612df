"""Convolutions and pools against PyTorch, which keeps channels before pixels: values and gradients in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from site_builder import graph as g
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor
from site_builder.run.on_numpy import NumPyRunner

Array = np.ndarray[Any, Any]


def ours(function: Callable[..., Tensor], arrays: list[Array], slope: Array) -> list[Array]:
    """The function's value, and the gradients of its product with `slope`."""
    model = Model("convolution")
    inputs = [model.input(f"x{n}", a.shape) for n, a in enumerate(arrays)]
    weights = model.input("slope", slope.shape)

    @model.program
    def run() -> dict[str, Tensor]:
        y = function(*inputs)
        gradients = g.gradients(g.sum(y * weights), inputs)
        return {"y": y} | {f"d{n}": d for n, d in enumerate(gradients)}

    runner = NumPyRunner(model)
    for name, array in [*((f"x{n}", a) for n, a in enumerate(arrays)), ("slope", slope)]:
        runner.write(name, array)
    runner.run("run")
    return [runner.read("y"), *(runner.read(f"d{n}") for n in range(len(arrays)))]


def theirs(function: Callable[..., Any], tensors: list[Any], slope: Any) -> list[Any]:
    """The same for PyTorch, layouts as it has them."""
    leaves = [t.requires_grad_() for t in tensors]
    y = function(*leaves)
    (y * slope).sum().backward()
    return [y.detach(), *(leaf.grad for leaf in leaves)]


def channels_first(x: Array) -> Any:
    return torch.from_numpy(np.moveaxis(x, -1, 1).copy())


def channels_last(x: Any) -> Array:
    return np.moveaxis(x.numpy(), 1, -1)


def weights_to_torch(w: Array) -> Any:
    """[…taps, inputs, outputs] -> [outputs, inputs, …taps]."""
    return torch.from_numpy(np.moveaxis(w, (-1, -2), (0, 1)).copy())


def weights_from_torch(w: Any) -> Array:
    return np.moveaxis(w.numpy(), (0, 1), (-1, -2))


@pytest.mark.parametrize(
    ("stride", "padding", "in_torch"),
    [(1, "valid", 0), (1, "same", "same"), ((2, 3), "valid", 0), (2, ((1, 1), (2, 2)), (1, 2))],
    ids=str,
)
@pytest.mark.parametrize("window", [(3, 3), (4, 2), (1, 1)], ids=str)
@pytest.mark.filterwarnings("ignore:Using padding='same' with even")  # PyTorch makes a copy, which is no matter here
def test_convolution_of_images(window: tuple[int, int], stride: Any, padding: Any, in_torch: Any) -> None:
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((2, 8, 9, 3)), rng.standard_normal((*window, 3, 5))
    expected = functional.conv2d(channels_first(x), weights_to_torch(w), stride=stride, padding=in_torch)
    slope = rng.standard_normal(channels_last(expected).shape)
    got = ours(lambda x, w: g.convolution(x, w, stride, padding), [x, w], slope)
    y, dx, dw = theirs(
        lambda x, w: functional.conv2d(x, w, stride=stride, padding=in_torch),
        [channels_first(x), weights_to_torch(w)],
        channels_first(slope),
    )
    for mine, other in zip(got, (channels_last(y), channels_last(dx), weights_from_torch(dw)), strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-11)


@pytest.mark.parametrize(("stride", "padding"), [(1, "same"), (2, "valid"), (3, (2, 2)), (2, 1)], ids=str)
def test_convolution_of_sequences(stride: int, padding: Any) -> None:
    rng = np.random.default_rng(1)
    x, w = rng.standard_normal((2, 11, 3)), rng.standard_normal((4, 3, 5))
    kept: dict[str, Any] = {"stride": stride, "padding": {"valid": 0}.get(padding, padding) if padding != (2, 2) else 2}
    expected = functional.conv1d(channels_first(x), weights_to_torch(w), **kept)
    slope = rng.standard_normal(channels_last(expected).shape)
    got = ours(lambda x, w: g.convolution(x, w, stride, padding), [x, w], slope)
    y, dx, dw = theirs(
        lambda x, w: functional.conv1d(x, w, **kept), [channels_first(x), weights_to_torch(w)], channels_first(slope)
    )
    for mine, other in zip(got, (channels_last(y), channels_last(dx), weights_from_torch(dw)), strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-11)


def test_causal_convolution_sees_no_future() -> None:
    rng = np.random.default_rng(2)
    x, w = rng.standard_normal((1, 7, 2)), rng.standard_normal((3, 2, 4))
    y = ours(lambda x, w: g.convolution(x, w, padding=(2, 0)), [x, w], np.ones((1, 7, 4)))[0]
    x[:, 4:] = 0
    np.testing.assert_array_equal(
        ours(lambda x, w: g.convolution(x, w, padding=(2, 0)), [x, w], np.ones((1, 7, 4)))[0][:, :4], y[:, :4]
    )


@pytest.mark.parametrize("axes", [1, 2])
@pytest.mark.parametrize(("window", "stride", "padding"), [(2, None, 0), (3, 2, 1), (3, 1, 0), (2, 3, 0)], ids=str)
@pytest.mark.parametrize("kind", ["max", "average"])
def test_pools(kind: str, window: int, stride: int | None, padding: int, axes: int) -> None:
    """With ties, of which PyTorch gives the first all of the gradient."""
    rng = np.random.default_rng(3)
    x = np.round(rng.standard_normal((2, *(7, 9)[:axes], 3)))
    pool = g.max_pool if kind == "max" else g.average_pool
    in_torch = getattr(functional, f"{'max' if kind == 'max' else 'avg'}_pool{axes}d")
    expected = in_torch(channels_first(x), window, stride, padding)
    slope = rng.standard_normal(channels_last(expected).shape)
    pairs = (padding, padding) if axes == 1 else ((padding, padding), (padding, padding))
    got = ours(lambda x: pool(x, window, stride, pairs), [x], slope)
    result = theirs(lambda x: in_torch(x, window, stride, padding), [channels_first(x)], channels_first(slope))
    for mine, other in zip(got, map(channels_last, result), strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-12)


@pytest.mark.parametrize(
    ("images", "weights", "options", "said"),
    [
        ((2, 8, 8, 3), (3, 3, 4, 5), {}, "do not fit 3 channels"),
        ((2, 8, 8, 3), (9, 3, 3, 5), {}, "a window of 9 does not fit 8 pixels"),
        ((2, 8, 8, 3), (3, 3, 3, 5), {"stride": 0}, "a stride is at least 1"),
        ((2, 8, 8, 3), (3, 3, 3, 5), {"stride": (1, 1, 1)}, "a stride here is one number or 2"),
        ((2, 8, 8, 3), (3, 3, 3, 5), {"padding": (1, 1)}, "padding here is"),
        ((2, 8, 8, 3), (3, 3, 3, 5), {"padding": "full"}, "padding here is"),
        ((2, 8, 8, 3), (3, 3, 5), {}, "an image f32"),
        ((2, 8, 3), (3, 3, 3, 5), {}, "a sequence f32"),
        ((2, 8), (3, 3, 3, 5), {}, "found f32"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_said(images: Any, weights: Any, options: dict[str, Any], said: str) -> None:
    model = Model("wrong")
    x, w = model.input("x", images), model.input("w", weights)
    with pytest.raises(GraphError, match=said):
        g.convolution(x, w, **options)


def test_a_pool_of_padding_alone_is_refused() -> None:
    x = Model("wrong").input("x", (1, 4, 4, 1))
    with pytest.raises(GraphError, match="not less than the window"):
        g.max_pool(x, 2, padding=((2, 0), (0, 0)))
