"""Equations with small matrices beside PyTorch, with their gradients, and what singular matrices give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from site_builder import graph as g
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor
from site_builder.plan import lower
from site_builder.run import numpy_runner

from .beside_torch import Array, Word, check, numbers

L = torch.linalg


def positive(x: Any) -> Any:
    """Symmetric and far from singular, by the same text in both."""
    return x @ (g.swapaxes(x, -1, -2) if isinstance(x, Tensor) else x.mT) + eye(x)


def eye(x: Any) -> Any:
    return g.eye(x.shape[-1]) if isinstance(x, Tensor) else torch.eye(x.shape[-1])


def exchanged(n: int) -> Array:
    """A matrix that elimination without pivoting would divide by 0."""
    return np.roll(np.eye(n), 1, 0) + 0.1 * np.tri(n, n, -1)


WORDS: dict[str, Word] = {}
for shape in ((1, 1), (4, 4), (3, 7, 7), (2, 2, 5, 5), (32, 32)):
    a, b = numbers(*shape) + 3 * np.eye(shape[-1]), numbers(*shape[:-1], 3)
    WORDS |= {
        f"solve {shape}": (g.solve, L.solve, (a, b)),
        f"inv {shape}": (g.inv, L.inv, (a,)),
        f"det {shape}": (lambda x: g.det(0.3 * x), lambda x: L.det(0.3 * x), (a,)),
        f"slogdet {shape}": (lambda x: g.slogdet(x)[1], lambda x: L.slogdet(x)[1], (a,)),
        f"sign {shape}": (lambda x: g.slogdet(x)[0], lambda x: L.slogdet(x)[0] + 0 * x.sum((-1, -2)), (a,)),
        f"cholesky {shape}": (lambda x: g.cholesky(positive(x)), lambda x: L.cholesky(positive(x)), (numbers(*shape),)),
        f"lower {shape}": (
            lambda x, y: g.solve_triangular(x, y, upper=False),
            lambda x, y: L.solve_triangular(x, y, upper=False),
            (a + 3 * np.eye(shape[-1]) - 0.8 * np.tril(a, -1), b),
        ),
        f"upper {shape}": (
            lambda x, y: g.solve_triangular(x, y, upper=True),
            lambda x, y: L.solve_triangular(x, y, upper=True),
            (a + 3 * np.eye(shape[-1]) - 0.8 * np.triu(a, 1), b),
        ),
    }
del WORDS["det (32, 32)"]  # a number like 1e10
WORDS |= {
    "a vector": (g.solve, L.solve, (numbers(4, 4), numbers(4))),
    "one vector for many": (g.solve, lambda a, b: L.solve(a, b.expand(3, 4)), (numbers(3, 4, 4), numbers(4))),
    "one matrix for many": (g.solve, L.solve, (numbers(4, 4), numbers(3, 4, 2))),
    "rows to be exchanged": (g.solve, L.solve, (exchanged(9), numbers(9, 2))),
    "its determinant": (g.det, L.det, (exchanged(9),)),
    "its inverse": (g.inv, L.inv, (exchanged(6),)),
    "Gaussian process": (
        lambda x, y: g.sum(g.log(g.diagonal(g.cholesky(positive(x))))) + g.dot(y, g.solve(positive(x), y)),
        lambda x, y: torch.log(torch.diagonal(L.cholesky(positive(x)))).sum() + y @ L.solve(positive(x), y),
        (numbers(12, 12), numbers(12)),
    ),
}


@pytest.mark.parametrize("name", WORDS)
def test_word_is_pytorchs(device: Any, name: str) -> None:
    check(WORDS[name], tolerance=2e-4 if "32" in name else 5e-5)


def test_newtons_method_differentiates_twice(device: Any) -> None:
    """Through the rules of LU and of triangles, whose own gradients are made of the same ops."""

    def ours(x: Tensor) -> Tensor:
        (first,) = g.gradients(g.sum(g.sin(g.solve(x, g.eye(3)))), [x])
        return first

    def theirs(x: Any) -> Any:
        return torch.autograd.grad(torch.sin(L.solve(x, torch.eye(3, dtype=x.dtype))).sum(), x, create_graph=True)[0]

    check((ours, theirs, (numbers(3, 3) + 2 * np.eye(3),)), tolerance=1e-4)


@pytest.mark.parametrize("on", ["NumPy", "wgpu"])
def test_what_has_no_solution_is_nan_and_the_others_stay(device: Any, on: str) -> None:
    from site_builder.run.on_wgpu import WgpuRunner

    model = Model("singular")
    a, b = model.input("a", (3, 3, 3)), model.input("b", (3, 3, 1))

    @model.program
    def run() -> dict[str, Tensor]:
        return {"x": g.solve(a, b), "det": g.det(a), "root": g.cholesky(a)}

    runner = numpy_runner(model) if on == "NumPy" else WgpuRunner(lower(model))
    singular, indefinite = np.diag([1.0, 0.0, 2.0]), np.diag([1.0, -1.0, 2.0])
    runner.write("a", np.stack([singular, indefinite, np.eye(3)]))
    runner.write("b", np.ones((3, 3, 1)))
    runner.run("run")
    np.testing.assert_array_equal(runner.read("det"), [0, -2, 1])
    assert np.isnan(runner.read("x")[0]).any()
    np.testing.assert_allclose(runner.read("x")[1:, :, 0], [[1, -1, 0.5], [1, 1, 1]])
    for n in (0, 1):
        assert np.isnan(runner.read("root")[n]).any()
    np.testing.assert_array_equal(runner.read("root")[2], np.eye(3))


def x(*shape: int) -> Tensor:
    return Model("m").input("x", shape)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: g.cholesky(x(3, 4)), r"cholesky: expected f32\[\.\.\., n, n\] with n up to 32, found f32\[3,4\]"),
        (lambda: g.solve(x(33, 33), x(33)), r"solve: expected f32\[\.\.\., n, n\] with n up to 32, found f32\[33,33\]"),
        (lambda: g.det(x(3)), r"det: expected f32\[\.\.\., n, n\] with n up to 32, found f32\[3\]"),
        (
            lambda: g.solve(x(2, 3, 3), x(2, 3)),
            r"solve: expected \[\.\.\., n, n\] and \[\.\.\., n, m\], found .* is a column: b\[\.\.\., None\]",
        ),
        (lambda: g.solve(x(2, 3, 3), x(4, 3, 1)), r"solve: shapes \[2\] and \[4\] do not fit"),
        (lambda: g.solve_triangular(x(3, 3), x(3, 1)), "solve_triangular: missing a required .*argument: 'upper'"),
    ],
)
def test_a_mistake_is_refused_with_what_to_do(build: Callable[[], object], message: str) -> None:
    with pytest.raises(GraphError, match=message):
        build()
