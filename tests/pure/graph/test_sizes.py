"""Sizes of nothing and numbers that a type cannot hold are refused where the author wrote them."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor


def x(*shape: int) -> Tensor:
    return Model("m").input("x", shape)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Model("m").input("x", (0, 3)),
        lambda: Model("m").data("x", (3, -1)),
        lambda: nn.Linear(0, 3),
        lambda: nn.Conv2d(3, 3, 0),
        lambda: nn.Embedding(0, 3),
        lambda: nn.LayerNorm(0),
        lambda: nn.LSTM(3, 0),
        lambda: nn.MixerBlock(0, 4, 4, 4),
        lambda: x(0),
    ],
)
def test_a_size_of_nothing_is_refused_where_it_stands(make: Callable[[], object]) -> None:
    with pytest.raises(GraphError, match=r"^\S*test_sizes\.py:\d+: read: every size is at least 1, found \["):
        make()


def test_one_length_of_a_shape_may_be_left_out() -> None:
    assert g.reshape(x(2, 6), (3, -1)).shape == (3, 4)
    assert g.reshape(x(2, 6), (-1,)).shape == (12,)
    assert g.reshape(x(2, 6), (4, -1, 3)).shape == (4, 1, 3)
    with pytest.raises(GraphError, match=r"reshape: f32\[2,6\] has 12 elements, of which \(5, -1\) leaves no whole"):
        g.reshape(x(2, 6), (5, -1))
    with pytest.raises(GraphError, match="reshape"):
        g.reshape(x(2, 6), (-1, -1))


def test_what_cannot_be_shared_equally_is_refused() -> None:
    with pytest.raises(GraphError, match="3 heads cannot share 8 features equally"):
        nn.MultiHeadAttention(8, 3)
    with pytest.raises(GraphError, match="0 heads cannot share 8 features equally"):
        nn.MultiHeadAttention(8, 0)
    with pytest.raises(GraphError, match=r"split: axis 1 of f32\[2,3\] cannot be cut into 0 equal parts"):
        g.split(x(2, 3), 0)
    with pytest.raises(GraphError, match="max_pool: a stride is at least 1, found 0"):
        g.max_pool(x(1, 4, 3), 2, 0, "same")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: g.constant(-1, "u32"), "constant: u32 numbers are whole and not negative, found -1"),
        (lambda: g.iota(3) - 2**32, "found 4294967296"),
        (
            lambda: g.iota(3) + (-(2**31) - 1),
            "i32 numbers are whole and from -2147483648 to 2147483647, found -2147483649",
        ),
        (lambda: g.iota(3) + 2.5, "found 2.5"),
        (lambda: g.iota(3) * 2**32, "found 4294967296"),
        (lambda: x(3) * 1e39, r"constant: an f32 is a finite number up to 3\.402823e\+38, found 1e\+39"),
        (lambda: x(3) * math.nan, "found nan"),
        (lambda: x(3) * np.ones(4), r"multiply: shapes \[3\] and \[4\] do not fit"),
        (lambda: x(3) + "1", "add: expected a tensor, a number or an array, found '1'"),  # type: ignore[operator]
        (lambda: drawn(bound=0), "random_index: a bound is a whole number from 1 to 4294967295, found 0"),
        (lambda: drawn(bound=2**32), "found 4294967296"),
        (lambda: drawn(stream=-1), "random_index: a stream is a whole number from 0 to 4294967295, found -1"),
    ],
)
def test_a_number_that_its_type_cannot_hold_is_refused_where_it_stands(make: Callable[[], object], said: str) -> None:
    with pytest.raises(GraphError, match=rf"^\S*test_sizes\.py:\d+: .*{said}"):
        make()


def drawn(bound: int = 1, stream: int = 0) -> None:
    Model("m").program(lambda: {"y": g.random_index((3,), bound, stream)})
