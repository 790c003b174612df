"""ONNX's ops that make few numbers of many in our words."""

from __future__ import annotations

from collections.abc import Callable

from site_builder import graph as g
from site_builder.graph import Tensor
from tests.onnx.node import Builder, Node


def reduced(word: Callable[..., Tensor]) -> Builder:
    """A word with `axis` and `keepdims`, over the axes of the attribute or of input 1."""

    def build(n: Node) -> Tensor:
        axes = n.axes(1)
        if axes is None and n.get("noop_with_empty_axes", 0):
            return word(g.reshape(n[0], (*n[0].shape, 1)), -1)
        return word(n[0], axes, keepdims=bool(n.get("keepdims", 1)))

    return build


def chosen(word: Callable[[Tensor, int], Tensor]) -> Builder:
    """argmax or argmin, the first of equals, or with `select_last_index` the last."""

    def build(n: Node) -> Tensor:
        axis = n.get("axis", 0) % len(n[0].shape)
        shape, x = n[0].shape, n[0]
        if n.get("select_last_index", 0):
            x = x[(*[slice(None)] * axis, slice(None, None, -1))]
            found = g.cast(shape[axis] - 1 - g.cast(word(x, axis), "f32"), "u32")
        else:
            found = word(x, axis)
        return g.reshape(found, (*shape[:axis], 1, *shape[axis + 1 :])) if n.get("keepdims", 1) else found

    return build


def log_sum_exp(x: Tensor, axes: tuple[int, ...] | None, keepdims: bool = False) -> Tensor:
    return g.log(g.sum(g.exp(x), axes, keepdims=keepdims))


def along(n: Node, default: int = -1) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """The input with its attribute's axis last, and what puts it back."""
    rank = len(n[0].shape)
    axis = n.get("axis", default) % rank
    axes = (*(k for k in range(rank) if k != axis), axis)
    back = tuple(axes.index(k) for k in range(rank))
    return g.transpose(n[0], axes), lambda y: g.transpose(y, back)


def softmax(n: Node) -> Tensor:
    x, back = along(n)
    return back(g.softmax(x))


def log_softmax(n: Node) -> Tensor:
    x, back = along(n)
    return back(g.log_softmax(x))


def hardmax(n: Node) -> Tensor:
    x, back = along(n)
    return back(g.one_hot(g.argmax(x), x.shape[-1]))


def top_k(n: Node) -> list[Tensor]:
    x, back = along(n)
    k = n.whole(1)[0]
    if n.get("largest", 1):
        values, indices = g.top_k(x, k)
    else:
        values, indices = (each[..., :k] for each in (g.sort(x), g.argsort(x)))
    return [back(values), back(indices)]


def running(word: Callable[[Tensor, int], Tensor], nothing: float) -> Builder:
    """cumsum or cumprod; `exclusive` leaves the element itself out, `reverse` begins at the end."""

    def build(n: Node) -> Tensor:
        axis = n.whole(1)[0] % len(n[0].shape)
        x = g.cast(n[0], "f32")
        x = g.flip(x, axis) if n.get("reverse", 0) else x
        if n.get("exclusive", 0):
            before = (slice(None),) * axis
            x = g.concatenate([g.full_like(x[(*before, slice(1))], nothing), x[(*before, slice(-1))]], axis)
        y = word(x, axis)
        y = g.flip(y, axis) if n.get("reverse", 0) else y
        return y if n[0].dtype == "f32" else g.cast(y, n[0].dtype)

    return build


def normalised(n: Node) -> Tensor:
    axis = n.get("axis", -1)
    if n.get("p", 2) == 1:
        return n[0] / g.maximum(g.sum(g.absolute(n[0]), axis, keepdims=True), 1e-30)
    return n[0] / g.maximum(g.sqrt(g.sum(g.square(n[0]), axis, keepdims=True)), 1e-30)


WORDS: dict[str, Builder] = {
    "ArgMax": chosen(g.argmax),
    "ArgMin": chosen(g.argmin),
    "CumProd": running(g.cumprod, 1.0),
    "CumSum": running(g.cumsum, 0.0),
    "Det": lambda n: g.det(n[0]),
    "Einsum": lambda n: g.einsum(n.get("equation").replace(" ", ""), *n.all()),
    "GlobalAveragePool": lambda n: g.mean(n[0], tuple(range(2, len(n[0].shape))), keepdims=True),
    "GlobalMaxPool": lambda n: g.max(n[0], tuple(range(2, len(n[0].shape))), keepdims=True),
    "Hardmax": hardmax,
    "LogSoftmax": log_softmax,
    "LpNormalization": normalised,
    "ReduceL1": reduced(lambda x, axes, keepdims=False: g.sum(g.absolute(x), axes, keepdims=keepdims)),
    "ReduceL2": reduced(lambda x, axes, keepdims=False: g.sqrt(g.sum(g.square(x), axes, keepdims=keepdims))),
    "ReduceLogSum": reduced(lambda x, axes, keepdims=False: g.log(g.sum(x, axes, keepdims=keepdims))),
    "ReduceLogSumExp": reduced(log_sum_exp),
    "ReduceMax": reduced(g.max),
    "ReduceMean": reduced(g.mean),
    "ReduceMin": reduced(g.min),
    "ReduceProd": reduced(g.prod),
    "ReduceSum": reduced(g.sum),
    "ReduceSumSquare": reduced(lambda x, axes, keepdims=False: g.sum(g.square(x), axes, keepdims=keepdims)),
    "Softmax": softmax,
    "TopK": top_k,
}
