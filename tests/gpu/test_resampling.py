"""Images and sequences of other sizes, and norms over parts of them, against PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from torch.nn import functional

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError
from site_builder.graph import Model
from site_builder.run import numpy_runner
from tests.gpu.against_torch import drawn, first, last, same


@pytest.mark.parametrize(
    ("shape", "asked"),
    [
        ((2, 3, 4, 3), {"scale_factor": 2}),
        ((2, 3, 4, 3), {"scale_factor": (2, 3)}),
        ((2, 3, 4, 3), {"size": (7, 9)}),
        ((2, 6, 9, 2), {"size": (4, 5)}),
        ((2, 6, 9, 2), {"size": 6}),
        ((1, 8, 6, 4), {"scale_factor": 0.5}),
        ((2, 5, 3), {"scale_factor": 4}),
        ((2, 5, 3), {"size": 8}),
    ],
    ids=str,
)
@pytest.mark.parametrize("mode", ["nearest", "bilinear"])
def test_interpolate(device: Any, shape: tuple[int, ...], asked: dict[str, Any], mode: Any) -> None:
    mode = "linear" if mode == "bilinear" and len(shape) == 3 else mode
    same(
        lambda x: g.interpolate(x, **asked, mode=mode),
        lambda x: last(functional.interpolate(first(x), **asked, mode=mode)),
        *drawn(0, shape),
    )


def test_the_nearest_of_many_is_exact(device: Any) -> None:
    """⌊i · old / new⌋ in whole numbers, where a quotient of f32 would be a little below some of them."""
    model = Model("nearest")
    x = model.input("x", (1, 97, 1))

    @model.program
    def run() -> dict[str, g.Tensor]:
        return {"y": g.interpolate(x, size=970 + 3)}

    runner = numpy_runner(model)
    runner.write("x", np.arange(97.0)[None, :, None])
    runner.run("run")
    np.testing.assert_array_equal(runner.read("y")[0, :, 0], np.arange(973) * 97 // 973)


@pytest.mark.parametrize(
    ("shape", "size"), [((2, 6, 9, 3), (3, 3)), ((2, 7, 5, 3), (3, 2)), ((2, 7, 5, 3), 1), ((2, 11, 3), 4)], ids=str
)
def test_adaptive_average_pool(device: Any, shape: tuple[int, ...], size: Any) -> None:
    pool = functional.adaptive_avg_pool2d if len(shape) == 4 else functional.adaptive_avg_pool1d
    same(lambda x: g.adaptive_average_pool(x, size), lambda x: last(pool(first(x), size)), *drawn(1, shape))


def test_pixel_shuffle(device: Any) -> None:
    same(
        lambda x: g.pixel_shuffle(x, 3),
        lambda x: last(functional.pixel_shuffle(first(x), 3)),
        *drawn(2, (2, 3, 4, 18)),
    )


@pytest.mark.parametrize(
    ("shape", "groups"),
    [((2, 5, 4, 6), 3), ((2, 5, 4, 6), 1), ((3, 7, 8), 4), ((3, 8), 2), ((2, 3, 3, 16), 4)],
    ids=str,
)
def test_group_norm(device: Any, shape: tuple[int, ...], groups: int) -> None:
    x, scale, shift = drawn(3, shape, shape[-1:], shape[-1:])
    same(
        lambda x, scale, shift: g.group_norm(x, groups, scale, shift),
        lambda x, scale, shift: last(functional.group_norm(first(x), groups, scale, shift)),
        x,
        scale,
        shift,
    )


@pytest.mark.parametrize("shape", [(2, 5, 4, 3), (3, 7, 4)], ids=str)
def test_instance_norm(device: Any, shape: tuple[int, ...]) -> None:
    same(
        lambda x: g.instance_norm(x, epsilon=0.1),
        lambda x: last(functional.instance_norm(first(x), eps=0.1)),
        *drawn(4, shape),
    )


def x(*shape: int) -> g.Tensor:
    return Model("wrong").input("x", shape)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: g.interpolate(x(2, 3, 4, 3)), "either a size or a scale_factor"),
        (lambda: g.interpolate(x(2, 3, 4, 3), 4, 2), "either a size or a scale_factor"),
        (lambda: g.interpolate(x(2, 3, 4, 3), (4, 4, 4)), "one number or 2, found"),
        (lambda: g.interpolate(x(2, 3, 4, 3), scale_factor=1.5), r"found \[4.5, 6.0\] of .* Give a size"),
        (lambda: g.interpolate(x(2, 3, 4, 3), 0), r"from 1 on, found \[0, 0\]"),
        (lambda: g.interpolate(x(2, 4, 3), 8, mode="bilinear"), '"nearest" and "linear", found "bilinear"'),
        (lambda: g.interpolate(x(2, 4), 8), r"\[batch,time,channels\], found f32\[2,4\]"),
        (lambda: g.adaptive_average_pool(x(2, 4, 3), 0), "a size is at least 1, found 0"),
        (lambda: g.pixel_shuffle(x(2, 4, 4, 6), 2), "a multiple of 2² channels"),
        (lambda: g.group_norm(x(2, 4, 6), 4), "features that 4 groups can share equally"),
        (lambda: nn.Upsample(), "Upsample: expected either a size or a scale_factor"),
        (lambda: nn.GroupNorm(4, 6), "GroupNorm: 4 groups cannot share 6 features equally"),
        (lambda: nn.InstanceNorm(4)(x(2, 3, 5)), "InstanceNorm: expected 4 features, found"),
        (lambda: g.instance_norm(x(2, 4)), "with pixels between"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_said(call: Any, said: str) -> None:
    with pytest.raises(GraphError, match=said):
        call()
