"""einsum, and products of matrices and vectors, beside PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from site_builder import graph as g
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor
from site_builder.graph.program import topological

from .beside_torch import Word, check, numbers

SUMS: dict[str, tuple[tuple[int, ...], ...]] = {
    "bij,bjk->bik": ((2, 3, 4), (2, 4, 5)),
    "ij,jk": ((3, 4), (4, 5)),
    "ij,kj->ik": ((3, 4), (5, 4)),
    "ji,jk->ki": ((4, 3), (4, 5)),
    "bqhd,bkhd->bhqk": ((2, 3, 2, 4), (2, 5, 2, 4)),
    "bhqk,bkhd->bqhd": ((2, 2, 3, 5), (2, 5, 2, 4)),
    "i,i->": ((5,), (5,)),
    "bi,bi->b": ((3, 5), (3, 5)),
    "i,j->ij": ((3,), (4,)),
    "ij->ji": ((3, 4),),
    "ba": ((3, 4),),
    "ijk->j": ((3, 4, 2),),
    "ii": ((4, 4),),
    "ii->i": ((4, 4),),
    "bii->bi": ((2, 3, 3),),
    "iji,j->": ((3, 2, 3), (2,)),
    "iij,jk->ik": ((3, 3, 2), (2, 5)),
    "...i,...i->...": ((2, 3, 4), (2, 3, 4)),
    "...ij,jk->...ik": ((2, 3, 4, 5), (5, 2)),
    "...ij,...jk": ((2, 1, 3, 4), (5, 4, 2)),
    "b...,b...->...b": ((2, 3, 4), (2, 3, 4)),
    "ij,jk,kl->il": ((2, 3), (3, 4), (4, 5)),
    "i,ij,j->": ((3,), (3, 4), (4,)),
    "bi,ijk,bk->bj": ((2, 3), (3, 4, 5), (2, 5)),
    "ab,cd->abcd": ((2, 3), (4, 1)),
    "ij,ij->ij": ((3, 4), (3, 4)),
    "ij,k->i": ((3, 4), (5,)),
    "bij,bij->": ((2, 3, 4), (2, 3, 4)),
    "ij , jk -> ik": ((3, 4), (4, 5)),
    "ij,jk->ik": ((3, 1), (4, 5)),
    "abc,cbd->ad": ((2, 3, 4), (4, 3, 5)),
}
PRODUCTS: dict[str, Word] = {
    "matrix, vector": (lambda a, b: a @ b, lambda a, b: a @ b, (numbers(3, 4), numbers(4))),
    "vector, matrix": (lambda a, b: a @ b, lambda a, b: a @ b, (numbers(3), numbers(3, 4))),
    "vector, vector": (lambda a, b: a @ b, lambda a, b: a @ b, (numbers(5), numbers(5))),
    "matrices, vector": (lambda a, b: a @ b, lambda a, b: a @ b, (numbers(2, 3, 4), numbers(4))),
    "vector, matrices": (lambda a, b: a @ b, lambda a, b: a @ b, (numbers(3), numbers(2, 3, 4))),
    "dot": (g.dot, torch.dot, (numbers(5), numbers(5))),
    "outer": (g.outer, torch.outer, (numbers(5), numbers(3))),
    "trace": (g.trace, torch.trace, (numbers(4, 6),)),
    "diagonal, right": (lambda x: g.diagonal(x, 2), lambda x: torch.diagonal(x, 2), (numbers(4, 6),)),
    "diagonal, below": (lambda x: g.diagonal(x, -1), lambda x: torch.diagonal(x, -1), (numbers(4, 3),)),
    "diagonals": (
        lambda x: g.diagonal(x, 1, -1, 0),
        lambda x: torch.diagonal(x, 1, -1, 0),
        (numbers(4, 2, 3),),
    ),
    "diag of a vector": (g.diag, torch.diag, (numbers(4),)),
    "diag of a vector, right": (lambda x: g.diag(x, 2), lambda x: torch.diag(x, 2), (numbers(3),)),
    "diag of a vector, below": (lambda x: g.diag(x, -1), lambda x: torch.diag(x, -1), (numbers(3),)),
    "diag of a matrix": (lambda x: g.diag(x, 1), lambda x: torch.diag(x, 1), (numbers(3, 5),)),
}


@pytest.mark.parametrize("subscripts", SUMS)
def test_einsum_is_pytorchs(device: Any, subscripts: str) -> None:
    shapes = SUMS[subscripts]
    check(
        (
            lambda *x: g.einsum(subscripts, *x),
            lambda *x: torch.einsum(subscripts, *x),
            tuple(numbers(*shape) for shape in shapes),
        )
    )


@pytest.mark.parametrize("name", PRODUCTS)
def test_product_is_pytorchs(device: Any, name: str) -> None:
    check(PRODUCTS[name])


def x(*shape: int) -> Tensor:
    return Model("m").input("x", shape)


@pytest.mark.parametrize(
    ("subscripts", "shapes", "wanted"),
    [
        ("ij,jk->ik", ((3, 4), (4, 5)), {"matmul"}),
        ("ji,jk->ik", ((4, 3), (4, 5)), {"matmul"}),  # by the form that reads it as it lies
        ("ij,kj->ik", ((3, 4), (5, 4)), {"matmul"}),
        ("bij,bjk->bik", ((2, 3, 4), (2, 4, 5)), {"batched_matmul"}),
        ("bi,bi->b", ((2, 3), (2, 3)), {"multiply", "sum"}),
    ],
)
def test_einsum_is_made_of_products(subscripts: str, shapes: tuple[tuple[int, ...], ...], wanted: set[str]) -> None:
    nodes = topological([g.einsum(subscripts, *(x(*shape) for shape in shapes))])
    assert {node.op for node in nodes} - {"read"} == wanted


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: g.einsum("ij,jk->ik", x(3, 4)), r"'ij,jk->ik' names 2 tensors, found 1"),
        (lambda: g.einsum("ij->i", x(3)), r"'ij->i' names 2 axes by 'ij', found f32\[3\]"),
        (lambda: g.einsum("i->i", x(3, 4)), r"'i->i' names 1 axes by 'i', found f32\[3,4\]"),
        (lambda: g.einsum("i,i->i", x(3), x(4)), r"has 'i' of lengths \[3, 4\]"),
        (lambda: g.einsum("ii->i", x(3, 4)), r"the axes 'i' of f32\[3,4\] differ in length"),
        (lambda: g.einsum("i->j", x(3)), "has 'j' after `->`, which no tensor has"),
        (lambda: g.einsum("i->ii", x(3)), "has 'i' twice after `->`"),
        (lambda: g.einsum("i1->i", x(3, 4)), "has '1', where a letter"),
        (lambda: g.einsum("...i->i", x(3, 4)), "what it stands for would be lost"),
        (lambda: x(3, 4) @ x(3), r"matmul: f32\[3,4\] and f32\[3\] do not fit: 4 against 3"),
        (lambda: x(3) @ x(4, 2), r"matmul: f32\[3\] and f32\[4,2\] do not fit: 3 against 4"),
        (lambda: x(3) @ x(4), r"matmul: f32\[3\] and f32\[4\] do not fit: 3 against 4"),
        (lambda: x() @ x(4), r"expected two f32 matrices, found f32\[\] and f32\[4\]"),
        (lambda: g.dot(x(3, 3), x(3, 3)), r"dot: expected two vectors of one length, found .* a @ b"),
        (lambda: g.outer(x(3, 3), x(3)), r"outer: expected two vectors"),
        (lambda: g.diagonal(x(3)), r"diagonal: expected two axes or more, found f32\[3\]"),
        (lambda: g.diagonal(x(3, 4), 4), r"diagonal: 3 rows of 4 have no diagonal with an offset of 4"),
        (lambda: g.diagonal(x(3, 4), 0, 1, -1), r"diagonal: an axis of f32\[3,4\] is named twice"),
        (
            lambda: g.diag(x(2, 3, 3)),
            r"diag: expected a matrix or a vector, found f32\[2,3,3\]. For a batch see diagonal",
        ),
    ],
)
def test_a_mistake_is_refused_with_what_to_do(build: Callable[[], object], message: str) -> None:
    with pytest.raises(GraphError, match=message):
        build()
