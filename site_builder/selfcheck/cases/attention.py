"""Cases of the family `attention`."""

from __future__ import annotations

from collections.abc import Callable

from ... import graph as g
from ...graph import Tensor, constant
from ...graph.tensor import make
from .table import Case, Input

# batch, queries, keys, heads, head_dim, value_dim
_SHAPES = (
    (1, 1, 1, 1, 1, 1),
    (2, 3, 5, 2, 3, 2),
    (2, 4, 4, 1, 4, 4),
    (1, 5, 4, 3, 17, 8),
    (2, 8, 9, 2, 16, 20),
)
_WHY = "exp of differences of scores, each a sum of products"


def _inputs(batch: int, queries: int, keys: int, heads: int, head_dim: int, value_dim: int) -> tuple[Input, ...]:
    lengths = {"q": (queries, head_dim), "k": (keys, head_dim), "v": (keys, value_dim), "dy": (queries, value_dim)}
    return tuple(Input((batch, rows, heads, dim), -1, 1) for rows, dim in lengths.values())


def _lengths(*shape: int) -> Input:
    return Input(shape[:1], below=shape[2] + 2)


def _forward(causal: bool) -> Callable[..., Tensor]:
    return lambda q, k, v, lengths: g.attention(q, k, v, causal=causal, lengths=lengths)


def _statistics(q: Tensor, k: Tensor, v: Tensor, lengths: Tensor) -> Tensor:
    return make("attention_statistics", (q, k, v, lengths), causal=1)


def _backward(op: str, causal: int) -> Callable[..., Tensor]:
    """The gradient op after the forward pass that it needs: random statistics belong to no scores."""

    def build(q: Tensor, k: Tensor, v: Tensor, dy: Tensor) -> Tensor:
        operands = q, k, v, g.broadcast(constant(k.shape[1], "u32"), k.shape[:1])
        y = make("attention", operands, causal=causal)
        statistics = make("attention_statistics", operands, causal=causal)
        of_queries = (q, k, v, y, statistics, dy)
        if op in ("attention_query_gradient", "attention_delta"):
            return make(op, of_queries)
        return make(op, (q, k, v, statistics, make("attention_delta", of_queries), dy), causal=causal)

    return build


def _cases(op: str, build: Callable[..., Tensor], *tags: str) -> list[Case]:
    return [Case(op, build, (*_inputs(*s)[:3], _lengths(*s)), 1e-5, _WHY, tags) for s in _SHAPES]


def _gradients(op: str, causal: int) -> list[Case]:
    return [Case(op, _backward(op, causal), _inputs(*s), 1e-5, _WHY) for s in _SHAPES[1:4]]


CASES: list[Case] = [
    *_cases("attention", _forward(False)),
    *_cases("attention", _forward(True), "causal"),
    *_cases("attention_statistics", _statistics),
    *_gradients("attention_query_gradient", 1),
    *_gradients("attention_delta", 0),
    *_gradients("attention_key_gradient", 1),
    *_gradients("attention_value_gradient", 0),
]
