"""What goes into many concatenations is lowered so that no dispatch binds more than WebGPU promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from tests.gpu.test_assembled import agreeing


def inputs(model: Model, count: int, shape: tuple[int, ...] = (4, 3)) -> list[Tensor]:
    return [model.input(f"x{n}", shape) for n in range(count)]


def sums_of_many(model: Model) -> dict[str, Tensor]:
    """A kernel reads six variables; its result goes into two concatenations, and is an output."""
    x = inputs(model, 6)
    total = g.sum(g.stack(x), 0)
    return {"total": total} | {f"y{n}": g.softmax(g.concatenate([total, g.softmax(x[n])])) for n in range(2)}


def choices(model: Model) -> dict[str, Tensor]:
    """A kernel reads three variables; its result goes into six concatenations."""
    x = inputs(model, 6)
    total = g.sum(g.where(x[0], x[1], x[2]), 0)
    return {"total": total} | {f"y{n}": g.softmax(g.concatenate([total, g.max(x[n], 0)])) for n in range(6)}


def changed(model: Model) -> dict[str, Tensor]:
    """A map of a concatenation of six variables goes into three others, and is an output."""
    piece = g.tanh(g.sin(g.exp(g.concatenate(inputs(model, 6)))))
    return {"piece": piece} | {f"y{n}": g.softmax(g.concatenate([piece, g.exp(piece) * n], 1)) for n in range(3)}


def seen(model: Model) -> dict[str, Tensor]:
    """Attention whose lengths come of two numbers goes into three concatenations, and stores its statistics."""
    q, k, v = inputs(model, 3, (2, 5, 2, 4))
    y = g.attention(q, k, v, lengths=g.minimum(model.step + 3, model.seed + 4))
    wide = {f"y{n}": g.softmax(g.concatenate([y, g.exp(y) * n], 3)) for n in range(3)}
    return wide | {"d": g.gradients(g.sum(g.square(y)), [q])[0], "y": y}


def losses(model: Model) -> dict[str, Tensor]:
    """A loss and its gradient, which one kernel can compute, go into three concatenations each, and are outputs."""
    (x,) = inputs(model, 1, (6, 5))
    loss = g.cross_entropy(x, g.iota(6) % 5)
    (d,) = g.gradients(g.sum(loss), [x])
    ends = {f"end{n}": g.softmax(g.concatenate([loss, g.max(g.sin(x) * n, 1)])) for n in (1.0, 2.0, 3.0)}
    ends |= {"loss": loss, "d": d}
    return ends | {f"d{n}": g.softmax(g.concatenate([d, g.softmax(x * n)], 1)) for n in (1.0, 2.0, 3.0)}


def nested(model: Model) -> dict[str, Tensor]:
    """A concatenation is a piece of another before what it is put together of has buffers."""
    x = inputs(model, 9)
    many = g.where(x[0], x[1], x[2])
    inner = g.concatenate([many, g.exp(g.sin(x[3]))], 1)
    outer = g.concatenate([inner, g.tanh(g.exp(g.sin(x[3]) + x[4]))], 1)
    return {f"y{n}": g.softmax(whole) for n, whole in enumerate((inner, outer, g.concatenate([many, *x[4:]], 1)))}


PROGRAMS = (sums_of_many, choices, changed, seen, losses, nested)


@pytest.mark.parametrize("build", PROGRAMS, ids=[build.__name__ for build in PROGRAMS])
def test_pieces_of_many_concatenations_agree_with_numpy(
    device: Any, build: Callable[[Model], dict[str, Tensor]]
) -> None:
    model = Model("pieces")

    @model.program
    def run() -> dict[str, Tensor]:
        return build(model)

    variables = [v.tensor for v in model.variables.values() if v.name.startswith("x")]
    ours, numpys = agreeing(model, variables)
    for name in (v.name for v in model.variables.values() if v.role == "output"):
        np.testing.assert_allclose(ours.read(name), numpys.read(name), rtol=1e-4, atol=1e-5, err_msg=name)
