"""Convolutions with groups and dilation, transposed ones, and padding that is more of the image, against PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError
from site_builder.graph import Model
from tests.gpu.against_torch import drawn, first, kernel, last, same

IN_TORCH = {1: functional.conv1d, 2: functional.conv2d}
BACK_IN_TORCH = {1: functional.conv_transpose1d, 2: functional.conv_transpose2d}


def options(**given: Any) -> dict[str, Any]:
    return given


@pytest.mark.parametrize(
    ("x", "window", "outputs", "asked"),
    [
        ((2, 7, 9, 4), (3, 3), 4, options(padding=1, groups=4)),
        ((2, 7, 9, 4), (3, 2), 12, options(stride=(2, 1), groups=4)),
        ((2, 7, 9, 6), (3, 3), 4, options(stride=2, padding=1, groups=2)),
        ((2, 9, 8, 3), (3, 3), 5, options(padding=2, dilation=2)),
        ((2, 9, 8, 3), (3, 3), 5, options(stride=(2, 3), dilation=(3, 2), padding=1)),
        ((2, 9, 8, 3), (1, 3), 5, options(stride=2, dilation=(2, 3))),
        ((2, 9, 8, 4), (3, 3), 4, options(stride=2, padding=2, dilation=(1, 2), groups=4)),
        ((2, 5, 6, 18), (3, 3), 16, options(padding=1, groups=2)),
        ((2, 11, 4), (3,), 8, options(padding=1, groups=4)),
        ((2, 17, 3), (4,), 5, options(dilation=4)),
        ((2, 17, 3), (4,), 3, options(stride=2, padding=3, dilation=3, groups=3)),
    ],
    ids=str,
)
def test_convolution(device: Any, x: Any, window: Any, outputs: int, asked: dict[str, Any]) -> None:
    arrays = drawn(0, x, (*window, x[-1] // asked.get("groups", 1), outputs))
    axes = len(window)
    same(
        lambda x, w: g.convolution(x, w, **asked),
        lambda x, w: last(IN_TORCH[axes](first(x), kernel(w), **asked)),
        *arrays,
        second=True,
    )


@pytest.mark.parametrize(
    ("x", "window", "outputs", "asked"),
    [
        ((2, 4, 5, 3), (3, 3), 5, options()),
        ((2, 4, 5, 3), (4, 2), 5, options(stride=2, padding=1)),
        ((2, 4, 5, 4), (3, 3), 8, options(stride=(2, 3), output_padding=(1, 2), padding=1)),
        ((2, 4, 5, 4), (3, 3), 6, options(stride=2, output_padding=1, padding=1, groups=2)),
        ((2, 4, 5, 4), (2, 3), 4, options(stride=2, dilation=(2, 3), padding=1, groups=4)),
        ((2, 4, 3, 18), (3, 3), 16, options(stride=2, padding=1, groups=2)),
        ((2, 6, 3), (4,), 5, options(stride=2, padding=1)),
        ((2, 6, 3), (1,), 5, options(stride=3)),
        ((2, 6, 4), (3,), 4, options(stride=3, output_padding=2, groups=4)),
    ],
    ids=str,
)
def test_transposed_convolution(device: Any, x: Any, window: Any, outputs: int, asked: dict[str, Any]) -> None:
    arrays = drawn(1, x, (*window, outputs // asked.get("groups", 1), x[-1]))
    axes = len(window)

    def ours(x: g.Tensor, w: g.Tensor) -> g.Tensor:
        padding = asked.get("padding", 0)
        return g.transposed_convolution(x, w, **{**asked, "padding": padding})

    same(ours, lambda x, w: last(BACK_IN_TORCH[axes](first(x), kernel(w), **asked)), *arrays, second=True)


@pytest.mark.parametrize(("groups", "narrow"), [(16, True), (4, True), (2, False)])
def test_narrow_groups_have_kernels_of_their_own(device: Any, groups: int, narrow: bool) -> None:
    """And wide ones are convolutions beside each other, each of which reads and writes blocks of channels."""
    x, w = drawn(6, (1, 4, 4, 16), (3, 3, 16 // groups, 16))
    plan = same(
        lambda x, w: g.convolution(x, w, groups=groups),
        lambda x, w: last(functional.conv2d(first(x), kernel(w), groups=groups)),
        *(x, w),
    )
    used = [source.file for source in plan.sources.values() if "/convolution/" in source.file]
    assert all(("grouped" in file) == narrow for file in used)


def test_a_transposed_convolution_of_the_same_length_carries_the_gradient_of_one() -> None:
    """Of a convolution with the same words: so many pixels, and the adjoint, Σ y conv(x) = Σ x transposed(y)."""
    for taps, stride in ((3, 2), (2, 3), (5, 1)):
        (x, y, w) = drawn(2, (1, 4 * stride, 3), (1, 4, 2), (taps, 3, 2))

        def difference(x: g.Tensor, y: g.Tensor, w: g.Tensor, stride: int = stride) -> g.Tensor:
            there = g.sum(g.convolution(x, w, stride, "same") * y)
            back = g.transposed_convolution(y, w, stride, "same")
            assert back.shape == x.shape
            return there - g.sum(back * x)

        same(difference, lambda x, y, w: 0 * (x.sum() + y.sum() + w.sum()), x, y, w)


MODES = ("constant", "reflect", "replicate", "circular")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("widths", [((1, 2), (3, 0)), ((0, 0), (2, 2)), ((3, 3), (1, 4))], ids=str)
def test_padding_is_more_of_the_image(device: Any, mode: Any, widths: Any) -> None:
    (x,) = drawn(3, (2, 4, 5, 3))
    (top, bottom), (left, right) = widths
    same(
        lambda x: g.pad(x, ((0, 0), *widths, (0, 0)), mode=mode),
        lambda x: last(functional.pad(first(x), (left, right, top, bottom), mode=mode)),
        x,
    )


@pytest.mark.parametrize(("ours", "theirs"), [("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap")])
def test_padding_is_numpys_too(device: Any, ours: Any, theirs: Any) -> None:
    (x,) = drawn(4, (9, 2))
    widths = ((8, 7), (1, 0))

    def wanted(x: torch.Tensor) -> torch.Tensor:
        places = np.pad(np.arange(18).reshape(9, 2), widths, mode=theirs)
        return x.flatten()[torch.tensor(places)]

    same(lambda x: g.pad(x, widths, ours), wanted, x)


def test_pools_and_convolutions_take_it(device: Any) -> None:
    x, w = drawn(5, (2, 5, 6, 3), (3, 3, 3, 4))

    def ours(x: g.Tensor, w: g.Tensor) -> g.Tensor:
        x = g.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="reflect")
        return g.max_pool(g.convolution(x, w), 2)

    def theirs(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        padded = functional.pad(first(x), (1, 1, 1, 1), mode="reflect")
        return last(functional.max_pool2d(functional.conv2d(padded, kernel(w)), 2))

    same(ours, theirs, x, w)


WRAP: Any = "wrap"


def x(*shape: int) -> g.Tensor:
    return Model("wrong").input("x", shape)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: nn.Conv2d(6, 4, 3, groups=4), "Conv2d: 4 groups cannot share 6 channels in and 4 out equally"),
        (lambda: nn.ConvTranspose1d(6, 4, 3, groups=0), "ConvTranspose1d: 0 groups cannot share 6 channels"),
        (lambda: nn.Conv1d(6, 4, (3, 3)), r"Conv1d: a window is one number, found \(3, 3\)"),
        (lambda: nn.Conv1d(6, 4, 3, padding_mode=WRAP), "'zeros' or 'reflect' .*, found 'wrap'"),
        (
            lambda: nn.Conv1d(6, 4, 5, padding="same", padding_mode="reflect")(x(2, 2, 6)),
            r'in mode "reflect" widths along axis 1 of f32\[2,2,6\] are from 0 to 1, found \(2, 2\)',
        ),
        (lambda: g.convolution(x(2, 8, 8, 6), x(3, 3, 2, 4), groups=0), "at least 1 group, found 0"),
        (
            lambda: g.convolution(x(2, 8, 8, 6), x(3, 3, 2, 5), groups=3),
            "3 groups cannot share 6 channels in and 5 out",
        ),
        (lambda: g.convolution(x(2, 8, 8, 6), x(3, 3, 6, 6), groups=3), "weights .* do not fit 2 channels in"),
        (lambda: g.convolution(x(2, 8, 3), x(3, 3, 4), dilation=0), "a dilation is at least 1, found 0"),
        (lambda: g.convolution(x(2, 8, 3), x(3, 3, 4), dilation=(1, 2)), "a dilation here is one number or 1"),
        (
            lambda: g.convolution(x(2, 4, 4, 3), x(3, 3, 3, 4), dilation=2),
            r"windows of 5 and 5 pixels do not fit the \[4, 4\]",
        ),
        (lambda: g.transposed_convolution(x(2, 4, 3), x(3, 3, 4)), r"weights \[height,width,outputs,inputs\]"),
        (lambda: g.transposed_convolution(x(2, 4, 3), x(3, 5, 3), 2, output_padding=2), r"less than the stride \(2,\)"),
        (lambda: g.transposed_convolution(x(2, 1, 3), x(3, 5, 3), padding=2), r"padding 2 leaves \[-1\] pixels"),
        (lambda: g.transposed_convolution(x(2, 4, 4), x(3, 5, 4), groups=3), "3 groups cannot share"),
        (
            lambda: g.pad(x(4), ((4, 0),), mode="reflect"),
            r'"reflect" widths along axis 0 .* from 0 to 3, found \(4, 0\)',
        ),
        (lambda: g.pad(x(4), ((0, 5),), mode="circular"), r'"circular" widths .* from 0 to 4, found \(0, 5\)'),
        (lambda: g.pad(x(4), ((0, -1),), mode="replicate"), r'"replicate" widths .* at least 0, found \(0, -1\)'),
        (
            lambda: g.pad(x(4), ((1, 1),), mode=WRAP),
            "'constant' or 'reflect' or 'replicate' or 'circular', found 'wrap'",
        ),
        (lambda: g.pad(x(4), ((1, 1), (0, 0)), mode="reflect"), "has 1 axes, found 2 widths"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_said(call: Any, said: str) -> None:
    with pytest.raises(GraphError, match=said):
        call()
