"""A rule for every op: what it gives of one, for many at once, as `derivatives.py` has a rule for its derivative.

In: a node that was traced for one example or one model, and its inputs for all of them, along a new first axis. Out:
the node for all. It is of the same op wherever that can be: leading axes are free for most, examples join the batch,
models join the channels of a norm and become the groups of a convolution. No op and no kernel exists for its sake.

Sources: `vmap` of JAX (Bradbury et al., 2018) and of torch.func (2022), whose rules are like these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .functions.elementwise import where
from .functions.index import gather, within_groups
from .functions.matrix import matmul
from .functions.reduce import norm, sum
from .functions.sources import iota
from .functions.views import concatenate, moved, reshape, slice, stack
from .ops import OPS
from .ops.elementwise import equal, minimum
from .tensor import Tensor, broadcast, make


@dataclass(frozen=True)
class Each:
    """A node of what was traced for one; `inputs` are for all of `count` along a first axis where `mapped` says so."""

    node: Tensor
    inputs: tuple[Tensor, ...]
    mapped: tuple[bool, ...]
    count: int

    def wide(self, n: int) -> Tensor:
        """Input n with the first axis: what is the same for all is repeated along it."""
        x = self.inputs[n]
        return x if self.mapped[n] else broadcast(x, (self.count, *x.shape))

    def all(self) -> tuple[Tensor, ...]:
        """All inputs with the first axis."""
        return tuple(self.wide(n) for n in range(len(self.inputs)))

    def make(self, *inputs: Tensor, op: str | None = None, **changed: Any) -> Tensor:
        """The node's op, or another, with its attributes but for what changed."""
        return make(op or self.node.op, inputs, **{**self.node.attributes, **changed})


Batch = Callable[[Each], Tensor]


def _free(e: Each) -> Tensor:
    """Leading axes are free, and inputs have the same."""
    return e.make(*e.all())


def _one_by_one(e: Each) -> Tensor:
    """One after the other: for what no op does for all at once, and hardly anyone asks for."""

    def of(n: int, x: Tensor, mapped: bool) -> Tensor:
        if not mapped:
            return x
        rest = x.shape[1:]
        return reshape(slice(x, (n, *[0] * len(rest)), (1, *rest)), rest)

    each = [tuple(of(n, x, m) for x, m in zip(e.inputs, e.mapped, strict=True)) for n in range(e.count)]
    return stack([e.make(*inputs) for inputs in each])


def _drawn(e: Each) -> Tensor:
    """Each draws its own: as many numbers, from the same stream. By a counter of its own, what that one draws alone."""
    return _one_by_one(e) if any(e.mapped) else e.make(*e.inputs, shape=(e.count, *e.node.shape))


def _scale(e: Each) -> Tensor:
    x, factors = e.inputs
    if not e.mapped[1]:
        return e.make(x, factors)
    x = e.wide(0)
    return x * reshape(factors, (e.count, *[1] * (len(x.shape) - 2), x.shape[-1]))


def _broadcast(e: Each) -> Tensor:
    (x,), shape = e.inputs, e.node.shape
    aligned = reshape(x, (e.count, *[1] * (len(shape) - len(x.shape) + 1), *x.shape[1:]))
    return broadcast(aligned, (e.count, *shape))


def _transpose(e: Each) -> Tensor:
    return e.make(*e.inputs, axes=(0, *(axis + 1 for axis in e.node.attributes["axes"])))


def _slice(e: Each) -> Tensor:
    return e.make(*e.inputs, starts=(0, *e.node.attributes["starts"]), shape=(e.count, *e.node.shape))


def _pad(e: Each) -> Tensor:
    return e.make(*e.inputs, before=(0, *e.node.attributes["before"]), shape=(e.count, *e.node.shape))


def _matmul(e: Each) -> Tensor:
    (a, b), single = e.inputs, e.node.attributes.get("single", False)
    return matmul(a, b, e.node.attributes["form"], single)


def _reduce(e: Each) -> Tensor:
    return e.make(*e.inputs, axes=tuple(axis + 1 for axis in e.node.attributes["axes"]))


def _global_norm(e: Each) -> Tensor:
    return norm(concatenate([reshape(x, (e.count, x.size // e.count)) for x in e.all()], 1), 1)


def _rows(e: Each) -> Tensor:
    """Norms of rows, whose epsilon is one number."""
    x, epsilon = e.inputs
    return _one_by_one(e) if e.mapped[1] else e.make(x, epsilon)


def _channels(x: Tensor) -> Tensor:
    """[count, …, channels] -> [count · channels] last: those of the first, then those of the second."""
    x = moved(x, 0, -2)
    return reshape(x, (*x.shape[:-2], x.shape[-2] * x.shape[-1]))


def _of_each(y: Tensor, count: int) -> Tensor:
    """Back: [..., count · channels] -> [count, …, channels]."""
    return moved(reshape(y, (*y.shape[:-1], count, y.shape[-1] // count)), -2 % (len(y.shape) + 1), 0)


def _features(e: Each) -> Tensor:
    """Norms of batches, in which every channel has a mean of its own: each one's channels are others."""
    scalars = [n for n, x in enumerate(e.node.inputs) if not x.shape]
    if any(e.mapped[n] for n in scalars):
        return _one_by_one(e)
    inputs = (x if n in scalars else _channels(e.wide(n)) for n, x in enumerate(e.inputs))
    return _of_each(e.make(*inputs), e.count)


def _scale_gradient(e: Each) -> Tensor:
    x, d = e.all()
    return sum(x * d, tuple(range(1, len(x.shape) - 1)))


def _joined(e: Each) -> Tensor:
    """Examples of all in one batch, as attention and pools have it first."""
    inputs = (reshape(x, (e.count * x.shape[1], *x.shape[2:])) for x in e.all())
    y = e.make(*inputs)
    return reshape(y, (e.count, y.shape[0] // e.count, *y.shape[1:]))


def _convolution(e: Each) -> Tensor:
    """Of images and weights, or of weights and windows: the same weights take all images as one batch."""
    weights, others = (1, 0) if e.node.op in ("convolution", "grouped_convolution") else (0, 1)
    if e.mapped[weights]:
        return _grouped(e, others)
    images = e.inputs[others]
    joined = reshape(images, (e.count * images.shape[1], *images.shape[2:]))
    y = e.make(*(joined if n == others else x for n, x in enumerate(e.inputs)))
    return reshape(y, (e.count, y.shape[0] // e.count, *y.shape[1:]))


def _grouped(e: Each, shared: int) -> Tensor:
    """Models beside each other, the channels of each a group of its own. What all read, they read as one group.

    shared  the input that, where it is the same for all, need not be repeated, if the others' channels are outputs
    """
    op, groups = e.node.op.removeprefix("grouped_"), e.node.attributes.get("groups", 1)
    if groups == 1 and not e.mapped[shared] and not op.endswith("input_gradient"):
        inputs = (x if n == shared else _channels(e.wide(n)) for n, x in enumerate(e.inputs))
        return _of_each(e.make(*inputs), e.count)
    y = e.make(*map(_channels, e.all()), op=f"grouped_{op}", groups=groups * e.count)
    return _of_each(y, e.count)


def _weight_gradient(e: Each) -> Tensor:
    return _grouped(e, 0)


def _gather(e: Each) -> Tensor:
    """Rows of each one's own table stand further on in the table of all."""
    table, rows = e.inputs
    if not e.mapped[0]:
        return gather(table, rows)
    if not rows.shape:  # a row that a scan takes at each time is known by this form
        return gather(moved(table, 0, 1), rows)
    length, after = table.shape[1], table.shape[2:]
    hints = dict(e.node.attributes)
    if not hints.get("exchanged"):
        hints["groups"] = hints.get("groups", 1) * e.count
    flat = reshape(table, (e.count * length, *after))
    places = _further(e.wide(1), length)
    y = make("gather", (flat, reshape(places, (places.size,))), **hints)
    return reshape(y, (*places.shape, *after))


def _further(rows: Tensor, length: int) -> Tensor:
    """Places [count, …] in tables of `length`, as places in the table of all; what is past the end is the last."""
    own = broadcast(reshape(iota(rows.shape[0]) * length, (rows.shape[0], *[1] * (len(rows.shape) - 1))), rows.shape)
    return minimum(rows, length - 1) + own


def _scatter_add(e: Each) -> Tensor:
    """Into the same rows for all: into wider ones. Else each into its own part of the table of all."""
    length, after = e.node.shape[0], e.node.shape[1:]
    if not e.mapped[0]:
        rows, values = e.inputs
        at = len(rows.shape)
        return moved(e.make(rows, moved(values, 0, at)), 1, 0)
    rows, values = _further(e.wide(0), length), e.wide(1)
    added = within_groups(reshape(rows, (rows.size,)), reshape(values, (rows.size, *after)), e.count * length, e.count)
    return reshape(added, (e.count, *e.node.shape))


def _update_at(e: Each) -> Tensor:
    axis, x, value = e.node.attributes["axis"] + 1, e.wide(0), e.wide(2)
    if not e.mapped[1]:
        return e.make(x, e.inputs[1], value, axis=axis)
    length, ones = x.shape[axis], [1] * (len(x.shape) - 1)
    place = reshape(minimum(e.inputs[1], length - 1), (e.count, *ones))
    along = reshape(iota(length), (length, *[1] * (len(x.shape) - axis - 1)))
    return where(equal(broadcast(along, x.shape), broadcast(place, x.shape)), _row(value, axis), x)


def _row(value: Tensor, axis: int) -> Tensor:
    return reshape(value, (*value.shape[:axis], 1, *value.shape[axis:]))


DRAWS = ("uniform", "normal", "random_index")
_OPS: dict[Batch, str] = {
    _drawn: " ".join(DRAWS),
    _free: "lu cholesky triangular_solve rank softmax softmax_gradient logsumexp cross_entropy cross_entropy_gradient"
    " layer_norm_gradient rms_norm_gradient",
    _scale: "scale",
    _broadcast: "broadcast",
    lambda e: reshape(e.inputs[0], (e.count, *e.node.shape)): "reshape",
    _transpose: "transpose",
    _slice: "slice",
    _pad: "pad",
    lambda e: concatenate(e.all(), e.node.attributes["axis"] + 1): "concatenate",
    _matmul: "matmul batched_matmul",
    _reduce: "sum prod max argmax argmin",
    _global_norm: "global_norm",
    _rows: "layer_norm layer_norm_rstd rms_norm rms_norm_rstd",
    _features: "batch_norm batch_norm_statistics batch_norm_gradient",
    _scale_gradient: "scale_gradient",
    _joined: "attention attention_statistics attention_query_gradient attention_delta attention_key_gradient"
    " attention_value_gradient max_pool max_pool_index max_pool_gradient average_pool average_pool_gradient",
    _convolution: "convolution convolution_input_gradient grouped_convolution grouped_convolution_input_gradient",
    _weight_gradient: "convolution_weight_gradient grouped_convolution_weight_gradient",
    _gather: "gather",
    _scatter_add: "scatter_add",
    _update_at: "update_at",
}
RULES: dict[str, Batch] = {name: _free for name, op in OPS.items() if op.kind == "elementwise"}
RULES |= {op: rule for rule, ops in _OPS.items() for op in ops.split()}
