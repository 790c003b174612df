"""Reading and writing at places, elements moved and repeated, products and counts, beside PyTorch and NumPy."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from site_builder import graph as g
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor
from site_builder.graph.program import topological

from .beside_torch import Array, Word, check, model_of, numbers, places


def same(text: Callable[..., Any], *inputs: Array) -> Word:
    """The same text of both."""
    return text, text, inputs


BOX, LONG = numbers(4, 5, 6), numbers(40, 7)
WORDS: dict[str, Word] = {
    "x[i, j]": same(lambda x, i, j: x[i, j], BOX, places(4, 3), places(5, 3)),
    "x[i, j], broadcast": same(lambda x, i, j: x[i, j], BOX, places(4, 3, 1), places(5, 2)),
    "x[:, i, j]": same(lambda x, i, j: x[:, i, j], BOX, places(5, 3), places(6, 3)),
    "x[..., i, j]": same(lambda x, i, j: x[..., i, j], BOX, places(5, 2, 3), places(6, 2, 3)),
    "x[i, j, k]": same(lambda x, i, j, k: x[i, j, k], BOX, places(4, 7), places(5, 7), places(6, 7)),
    "x[i, 1, j]": same(lambda x, i, j: x[i, 1, j], BOX, places(4, 3), places(6, 3)),
    "x[i, :, j]": same(lambda x, i, j: x[i, :, j], BOX, places(4, 3), places(6, 3)),
    "x[1:3, i, j]": same(lambda x, i, j: x[1:3, i, j], BOX, places(5, 3), places(6, 3)),
    "a place in each row": (
        lambda x, i: x[g.iota(40), i],
        lambda x, i: x[torch.arange(40), i],
        (LONG, places(7, 40)),
    ),
    "places in each of a batch": (
        lambda x, i: x[g.iota(4)[:, None], i],
        lambda x, i: x[torch.arange(4)[:, None], i],
        (BOX, places(5, 4, 3)),
    ),
    "x[::-1]": (lambda x: x[::-1, :, ::-2], lambda x: x.flip(0, 2)[:, :, ::2], (BOX,)),
    "x[3:0:-1]": (lambda x: x[3:0:-1, 0], lambda x: x[1:4, 0].flip(0), (BOX,)),
    "flip of all": (g.flip, lambda x: x.flip(0, 1, 2), (BOX,)),
    "flip of one": (lambda x: g.flip(x, 1), lambda x: x.flip(1), (BOX,)),
    "flip of two": (lambda x: g.flip(x, (0, -1)), lambda x: x.flip(0, -1), (BOX,)),
    "index_add": (
        lambda x, i, v: g.index_add(x, i, v),
        lambda x, i, v: x.index_add(0, i, v),
        (numbers(5, 3), places(5, 8), numbers(8, 3)),
    ),
    "index_add along 1": (
        lambda x, i, v: g.index_add(x, i, v, axis=1),
        lambda x, i, v: x.index_add(1, i, v),
        (numbers(2, 5, 3), places(5, 8), numbers(2, 8, 3)),
    ),
    "scatter_add of a vector": (
        lambda x, i, v: g.scatter_add(x, i, v),
        lambda x, i, v: x.scatter_add(0, i, v),
        (numbers(5), places(5, 9), numbers(9)),
    ),
    "masked_fill": (
        lambda x: g.masked_fill(x, x > 0, 2.0),
        lambda x: x.masked_fill(x > 0, 2.0),
        (BOX,),
    ),
    "repeat_interleave": (lambda x: g.repeat_interleave(x, 3, 1), lambda x: x.repeat_interleave(3, 1), (BOX,)),
    "tile": (lambda x: g.tile(x, (2, 3)), lambda x: x.tile(2, 3), (BOX,)),
    "tile to more axes": (lambda x: g.tile(x, (2, 1, 3)), lambda x: x.tile(2, 1, 3), (numbers(3, 2),)),
    "tile of a number of times": (lambda x: g.tile(x, 2), lambda x: x.tile(2), (numbers(3),)),
    "roll": (lambda x: g.roll(x, 2, 1), lambda x: x.roll(2, 1), (BOX,)),
    "roll back": (lambda x: g.roll(x, (-1, 7), (0, 2)), lambda x: x.roll((-1, 7), (0, 2)), (BOX,)),
    "roll of all": (lambda x: g.roll(x, 13), lambda x: x.roll(13), (BOX,)),
    "roll by nothing": (lambda x: 2 * g.roll(x, 4, 0), lambda x: 2 * x, (BOX,)),
    "windows": (lambda x: g.sliding_window_view(x, 3), lambda x: x.unfold(-1, 3, 1), (numbers(2, 7),)),
    "windows along 0": (lambda x: g.sliding_window_view(x, 2, 0), lambda x: x.unfold(0, 2, 1), (BOX,)),
    "windows along 1": (lambda x: g.sliding_window_view(x, 5, 1), lambda x: x.unfold(1, 5, 1), (BOX,)),
    "squeeze": (lambda x: 2 * g.squeeze(x), lambda x: 2 * x.squeeze(), (numbers(1, 3, 1, 2),)),
    "squeeze of one": (lambda x: 2 * g.squeeze(x, -2), lambda x: 2 * x.squeeze(-2), (numbers(1, 3, 1, 2),)),
    "expand_dims": (lambda x: 2 * g.expand_dims(x, -1), lambda x: 2 * x.unsqueeze(-1), (BOX,)),
    "flatten": (lambda x: 2 * g.flatten(x), lambda x: 2 * x.flatten(), (BOX,)),
    "flatten from 1 on": (lambda x: 2 * g.flatten(x, 1), lambda x: 2 * x.flatten(1), (BOX,)),
    "moveaxis": (lambda x: 2 * g.moveaxis(x, 0, -1), lambda x: 2 * x.moveaxis(0, -1), (BOX,)),
    "moveaxis of two": (
        lambda x: 2 * g.moveaxis(x, (0, 1), (2, 0)),
        lambda x: 2 * x.moveaxis((0, 1), (2, 0)),
        (BOX,),
    ),
    "meshgrid": (
        lambda x, y: g.stack(g.meshgrid(x, y, indexing="ij")),
        lambda x, y: torch.stack(torch.meshgrid(x, y, indexing="ij")),
        (numbers(3), numbers(4)),
    ),
    "meshgrid, xy": (
        lambda x, y, z: g.stack(g.meshgrid(x, y, z, indexing="xy")),
        lambda x, y, z: torch.stack(torch.meshgrid(x, y, z, indexing="xy")),
        (numbers(3), numbers(4), numbers(2)),
    ),
    "prod": (g.prod, torch.prod, (0.3 * BOX,)),
    "prod with a zero": (lambda x: g.prod(x * (x > -1), 1), lambda x: torch.prod(x * (x > -1), 1), (numbers(3, 4),)),
    "prod of many": (lambda x: g.prod(1 + 0.01 * x, 0), lambda x: torch.prod(1 + 0.01 * x, 0), (numbers(301, 2),)),
    "prod kept": (lambda x: g.prod(x, -1, keepdims=True), lambda x: torch.prod(x, -1, keepdim=True), (BOX,)),
    "logsumexp over two": (lambda x: g.logsumexp(x, (0, 2)), lambda x: torch.logsumexp(x, (0, 2)), (BOX,)),
    "logsumexp, kept": (
        lambda x: g.logsumexp(x, (0, 1), keepdims=True),
        lambda x: torch.logsumexp(x, (0, 1), keepdim=True),
        (BOX,),
    ),
    "quantile": (lambda x: g.quantile(x, 0.3, 1), lambda x: torch.quantile(x, 0.3, 1), (BOX,)),
    "quantile of all": (
        lambda x: g.quantile(x, 0.25, keepdims=True),
        lambda x: torch.quantile(x, 0.25, keepdim=True).reshape(1, 1, 1),
        (BOX,),
    ),
    "quantile, the largest": (lambda x: g.quantile(x, 1, -1), lambda x: torch.quantile(x, 1.0, -1), (BOX,)),
    "linspace": (lambda x: x * g.linspace(-1, 2, 7), lambda x: x * torch.linspace(-1, 2, 7), (numbers(7),)),
    "linspace of one": (lambda x: x * g.linspace(3, 4, 1), lambda x: x * torch.linspace(3, 4, 1), (numbers(1),)),
    "eye": (lambda x: x * g.eye(3, 4), lambda x: x * torch.eye(3, 4), (numbers(3, 4),)),
    "arange of fractions": (
        lambda x: x * g.arange(0.5, 2.5, 0.4),
        lambda x: x * torch.arange(0.5, 2.5, 0.4, dtype=torch.float64),
        (numbers(5),),
    ),
    "arange downwards": (
        lambda x: x * g.arange(1.0, -2, -1),
        lambda x: x * torch.arange(1.0, -2, -1),
        (numbers(3),),
    ),
}
for axis in (0, 1, -1):
    n = BOX.shape[axis]
    WORDS[f"take_along_axis {axis}"] = (
        partial(g.take_along_axis, axis=axis),
        partial(torch.take_along_dim, dim=axis),
        (BOX, places(n, *(3 if m == axis % 3 else length for m, length in enumerate(BOX.shape)))),
    )
    WORDS[f"scatter_add {axis}"] = (
        partial(g.scatter_add, axis=axis),
        lambda x, i, v, axis=axis: x.scatter_add(axis, i, v),
        (
            BOX,
            *(f(*(3 if m == axis % 3 else k for m, k in enumerate(BOX.shape))) for f in (partial(places, n), numbers)),
        ),
    )
WORDS["take_along_axis of many rows"] = (
    partial(g.take_along_axis, axis=1),
    partial(torch.take_along_dim, dim=1),
    (LONG, places(7, 40, 2)),
)
WORDS["take_along_axis, broadcast"] = (
    partial(g.take_along_axis, axis=1),
    partial(torch.take_along_dim, dim=1),
    (BOX, places(5, 1, 2, 6)),
)
for shape, axis in (((1,), 0), ((16,), 0), ((17,), -1), ((65, 2), 0), ((2, 18, 3), 1)):
    WORDS[f"cumprod of {shape} along {axis}"] = (
        partial(g.cumprod, axis=axis),
        partial(torch.cumprod, dim=axis),
        (0.2 * numbers(*shape) + 1,),
    )


@pytest.mark.parametrize("name", WORDS)
def test_word_is_pytorchs(device: Any, name: str) -> None:
    check(WORDS[name])


def found(build: Callable[..., Tensor], *inputs: Array) -> list[Array]:
    """What it gives, on NumPy and on wgpu."""
    from site_builder.plan import lower
    from site_builder.run import numpy_runner
    from site_builder.run.on_wgpu import WgpuRunner

    model, results = model_of(build, inputs), []
    for runner in (numpy_runner(model), WgpuRunner(lower(model))):
        for n, x in enumerate(inputs):
            runner.write(f"x{n}", x)
        runner.run("run")
        results.append(runner.read("y"))
    return results


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lambda x: g.all(x > -1.9, 1), lambda x: (x > -1.9).all(1)),
        (lambda x: g.any(x > 1.5, (0, 2), keepdims=True), lambda x: (x > 1.5).any((0, 2), keepdims=True)),
        (lambda x: g.all(x), lambda x: np.asarray(x.all())),
        (lambda x: g.count_nonzero(x > 0, 0), lambda x: np.count_nonzero(x > 0, 0)),
        (lambda x: g.count_nonzero(x > 0), lambda x: np.asarray(np.count_nonzero(x > 0))),
        (lambda x: g.arange(3, 12, 2), lambda x: np.arange(3, 12, 2)),
        (lambda x: g.arange(7, 0, -3), lambda x: np.arange(7, 0, -3)),
        (lambda x: g.arange(5), lambda x: np.arange(5)),
        (lambda x: g.flip(g.iota(5)), lambda x: np.arange(5)[::-1]),
        (lambda x: g.repeat_interleave(g.iota(3), 2, 0), lambda x: np.repeat(np.arange(3), 2)),
        (lambda x: g.linspace(0, 0.7, 1001), lambda x: np.linspace(0, 0.7, 1001)),
    ],
)
def test_counts_are_numpys(device: Any, ours: Callable[[Tensor], Tensor], theirs: Callable[[Array], Array]) -> None:
    expected = theirs(BOX)
    for y in found(ours, BOX):
        assert y.shape == expected.shape
        np.testing.assert_allclose(y, expected, rtol=1e-7)


def test_a_place_past_the_end_means_the_last(device: Any) -> None:
    far = np.array([[0, 9], [7, 1]], np.uint32)
    for y in found(lambda x, i: x[i, i], numbers(3, 4) * 0 + np.arange(4), far):
        np.testing.assert_array_equal(y, [[0, 3], [3, 1]])
    for y in found(lambda x, i: g.take_along_axis(x, i, 1), np.arange(6.0).reshape(2, 3), far):
        np.testing.assert_array_equal(y, [[0, 2], [5, 4]])


def test_one_element_is_its_own_reverse() -> None:
    x = Model("m").input("x", (3, 1))
    assert g.flip(x, 1) is x


def test_gradients_of_many_rows_compare_places_within_each_alone() -> None:
    """Else each of 4,096 rows would look through the labels of all."""
    model = Model("many")
    x, labels = model.input("x", (4096, 10)), model.input("labels", (4096,), dtype="u32")
    for y in (x[g.iota(4096), labels], g.take_along_axis(x, labels[:, None], 1)):
        ops = {node.op for node in topological(g.gradients(g.sum(y * y), [x]))}
        assert "scatter_add" not in ops
    ops = {node.op for node in topological(g.gradients(g.sum(g.flip(x) * x), [x]))}
    assert "scatter_add" not in ops


def x(*shape: int, dtype: Any = "f32") -> Tensor:
    return Model("m").input("x", shape, dtype=dtype)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: x(3, 4)[x(3, 4) > 0], r"f32\[3,4\] is indexed with a mask, f32\[3,4\]"),
        (lambda: x(3, 4)[(x(3) > 0) & ~(x(3) > 1)], r"is indexed with a mask, f32\[3\]"),
        (lambda: x(3, 4)[:, x(4) == 0], r"is indexed with a mask, f32\[4\]"),
        (lambda: x(3, 4)[x(2)], r"gather: rows are chosen by u32, found f32\[2\]"),
        (lambda: x(3, 4)[True], r"f32\[3,4\] is indexed with True, and an index is a whole number"),
        (lambda: x(3, 4)[x(2, dtype="u32"), x(3, dtype="u32")], r"an index: shapes \[2\] and \[3\] do not fit"),
        (lambda: x(3, 4, 5, 2)[0, :, x(2, dtype="u32"), x(2, dtype="u32")], "a number stands apart from the tensor"),
        (lambda: g.nonzero(x(3)), r"nonzero: how many elements of f32\[3\] are not 0 is known only when it runs"),
        (
            lambda: g.take_along_axis(x(3, 4), x(3, dtype="u32"), 1),
            r"expected whole numbers with as many axes as f32\[3,4\]",
        ),
        (lambda: g.take_along_axis(x(3, 4), x(2, 1, dtype="u32"), 1), r"shapes \[3, 1\] and \[2, 1\] do not fit"),
        (lambda: g.index_add(x(3, 4), x(2, dtype="u32"), x(2, 5)), r"f32\[3,4\] takes .* and \[2, 4\] there, found"),
        (lambda: g.scatter_add(x(3, 4), x(2, 4, dtype="u32"), x(2, 3)), r"scatter_add: f32\[3,4\] along 0 takes"),
        (lambda: g.squeeze(x(3, 1), 0), r"squeeze: axis 0 of f32\[3,1\] has length 3, expected 1"),
        (lambda: g.expand_dims(x(3), 3), r"expand_dims: f32\[3\] gets a new axis from -2 to 1, found 3"),
        (lambda: g.flatten(x(3, 4), 1, 0), r"flatten: of f32\[3,4\] axis 0 does not come after axis 1"),
        (lambda: g.moveaxis(x(3, 4), (0, 1), 0), r"moveaxis: as many sources as destinations, found \(0, 1\) and 0"),
        (lambda: g.repeat_interleave(x(3), 0, 0), "repeat_interleave: repeats is at least 1, found 0"),
        (lambda: g.tile(x(3), (2, 0)), r"tile: repeats are at least 1, found \(2, 0\)"),
        (lambda: g.roll(x(3), (1, 2), 0), r"roll: a shift for each axis, found \(1, 2\) for 0"),
        (lambda: g.roll(x(3), (1, 2)), r"roll: one shift where no axis is named"),
        (lambda: g.sliding_window_view(x(3), 4), r"a window of f32\[3\] has 1 to 3 elements, found 4"),
        (lambda: g.meshgrid(x(3, 2), indexing="ij"), r"meshgrid: expected vectors, found f32\[3,2\]"),
        (lambda: g.arange(3, 1), "arange: there is no number from 3 to 1 in steps of 1"),
        (lambda: g.linspace(0, 1, 0), "linspace: num is at least 1, found 0"),
        (lambda: g.count_nonzero(x(3, dtype="u32")), r"count_nonzero: expected f32, as x > 0 gives it, found u32\[3\]"),
        (lambda: g.quantile(x(3), 2), "quantile: q is at least 0 and at most 1, found 2"),
        (lambda: g.prod(x(3, dtype="u32")), r"prod: expected f32, found u32\[3\]: cast it"),
    ],
)
def test_a_mistake_is_refused_with_what_to_do(build: Callable[[], object], message: str) -> None:
    with pytest.raises(GraphError, match=message):
        build()
