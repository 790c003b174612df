"""Non-linearities and other functions of single numbers, and their gradients, against PyTorch in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from tests.gpu.test_functions import FAR, PAIRED, F, X, agree, numbers, runners

CASES: dict[str, tuple[Callable[..., Tensor], Callable[..., Any], tuple[np.ndarray, ...]]] = {
    "gelu by erf": (lambda x: g.gelu(x, "none"), F.gelu, (FAR,)),
    "erf": (g.erf, torch.erf, (X,)),
    "elu": (lambda x: g.elu(x, 0.7), lambda x: F.elu(x, 0.7), (FAR,)),
    "selu": (g.selu, F.selu, (FAR,)),
    "mish": (g.mish, F.mish, (FAR,)),
    "relu6": (lambda x: g.relu6(x) + g.hardtanh(x, -2, 3), lambda x: F.relu6(x) + F.hardtanh(x, -2, 3), (FAR,)),
    "logsigmoid": (g.logsigmoid, F.logsigmoid, (FAR,)),
    "remainder": (lambda x, y: x % y, torch.remainder, (FAR, numbers(5, 13) + np.float32(3))),
    "floor_divide": (
        lambda x, y: x * g.floor_divide(x, y),
        lambda x, y: x * torch.div(x, y, rounding_mode="floor"),
        (FAR, numbers(5, 13) + np.float32(3)),
    ),
    "atan2": (g.atan2, torch.atan2, (X, PAIRED)),
    "logaddexp": (g.logaddexp, torch.logaddexp, (X, PAIRED)),
}


@pytest.mark.parametrize("name", CASES)
def test_function_and_gradient_are_pytorchs(device: Any, name: str) -> None:
    agree(*CASES[name])


# From the smallest normal number on, and past where e^x - 1 and log(1 + x) are no more written as series.
SMALL_TO_LARGE = np.geomspace(1.2e-38, 8.0, 4096, dtype=np.float32)


@pytest.mark.parametrize(
    ("name", "x"),
    [
        ("expm1", SMALL_TO_LARGE),
        ("expm1", -SMALL_TO_LARGE),
        ("log1p", SMALL_TO_LARGE * np.float32(1e37)),
        ("log1p", SMALL_TO_LARGE),
        ("log1p", -SMALL_TO_LARGE[SMALL_TO_LARGE < 0.999]),
        ("erf", SMALL_TO_LARGE),
        ("erf", -SMALL_TO_LARGE),
        ("atan", SMALL_TO_LARGE * np.float32(1e37)),
        ("atan", -SMALL_TO_LARGE),
        ("asin", SMALL_TO_LARGE[SMALL_TO_LARGE < 0.999]),
        ("tan", -SMALL_TO_LARGE),
        ("sinh", -SMALL_TO_LARGE),
        ("atanh", -SMALL_TO_LARGE[SMALL_TO_LARGE < 0.99]),
    ],
    ids=[
        *("expm1 above 0", "expm1 below 0", "log1p of large", "log1p above 0", "log1p below 0"),
        *("erf above 0", "erf below 0", "atan of large", "atan below 0", "asin", "tan", "sinh", "atanh"),
    ],
)
@pytest.mark.parametrize("shape", [(-1,), (-1, 1)], ids=["in fours", "one by one"])
def test_each_number_is_right_however_small(device: Any, name: str, x: np.ndarray, shape: tuple[int, ...]) -> None:
    """Relative to each result, where elsewhere it is relative to the largest. e^x may be off by 3 + 2|x| roundings."""
    x = x[: x.size // 4 * 4] if shape == (-1,) else x[: x.size // 4 * 4 - 1]
    model = Model("near 0")
    given = model.input("x", x.shape)

    @model.program
    def run() -> dict[str, Tensor]:
        return {"y": getattr(g, name)(given)}

    right = getattr(torch, name)(torch.tensor(x, dtype=torch.float64)).numpy()
    for runner, tolerance in zip(runners(model), (1e-15, 1e-6), strict=True):
        runner.write("x", x)
        runner.run("run")
        np.testing.assert_allclose(runner.read("y"), right, rtol=tolerance)
