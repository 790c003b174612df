"""Random bodies: what `scan` gives, its gradients and theirs are those of a loop that traces each time by itself."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import pytest

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.run.on_numpy import NumPyRunner

ROWS, WIDTH = 2, 4
WHOLE = (ROWS, WIDTH)
Carry = tuple[Tensor, ...]

STEPS: list[Callable[[Tensor, Tensor, Tensor], Tensor]] = [
    lambda a, b, w: g.tanh(a) + b,
    lambda a, b, w: a * b,
    lambda a, b, w: a @ w,
    lambda a, b, w: g.sigmoid(a) - b,
    lambda a, b, w: g.softmax(a * b),
    lambda a, b, w: g.sum(a, -1)[..., None] * b,
    lambda a, b, w: g.concatenate([(a * b)[:, 2:], (a + b)[:, :2]], 1),
    lambda a, b, w: g.where(a * b < 0.1, b, a * 0.5),
    lambda a, b, w: g.exp(-g.square(a)) * b,
    lambda a, b, w: g.max(a + b, -1)[:, None] * b,
    lambda a, b, w: w[:1] * a,
    lambda a, b, w: g.gather(w, g.iota(ROWS)) * b,
    lambda a, b, w: g.relu(a - 0.1) + b * 0.5,
]


def body(seed: int) -> Callable[[Carry, Tensor, Tensor], tuple[Carry, Tensor]]:
    """The function of a seed, which makes the same graph whenever it is called."""

    def f(carry: Carry, x: Tensor, w: Tensor) -> tuple[Carry, Tensor]:
        draw, known = Random(seed), [*carry, x, g.full(WHOLE, 0.5)]
        for _ in range(draw.randint(3, 9)):
            a, b, step = draw.choice(known), draw.choice(known), draw.choice(STEPS)
            known.append(step(a, b, w))
        following = [g.tanh(draw.choice(known[-5:])) for _ in carry]
        if draw.random() < 0.2:
            following[0] = carry[-1]  # as it is
        return tuple(following), draw.choice(known[-4:])

    return f


def outcome(seed: int, repeat: Callable[..., tuple[Carry, Tensor]]) -> dict[str, np.ndarray]:
    """The results of a body of a seed, repeated by a function, the gradients of a loss, and those of their squares."""
    draw = Random(seed)
    times, carries, model = draw.choice((1, 2, 3, 5)), draw.choice((1, 2, 3)), Model("random")
    shapes = {**{f"c{k}": WHOLE for k in range(carries)}, "xs": (times, *WHOLE), "w": (WIDTH, WIDTH)}
    inputs = [model.input(name, shape) for name, shape in shapes.items()]
    *first, xs, w = inputs

    @model.program
    def run() -> dict[str, Tensor]:
        last, ys = repeat(lambda carry, x: body(seed)(carry, x, w), tuple(first), xs, draw.random() < 0.3)
        loss = g.mean(g.sin(ys))
        for k, each in enumerate(last):
            loss = loss + g.sum(g.square(each)) * (k + 1)
        once = g.gradients(loss, inputs)
        twice = g.gradients(g.sum(g.stack([g.sum(g.square(d)) for d in once])), inputs)
        return {"loss": loss, "ys": ys, **{f"d{n}": d for n, d in enumerate((*once, *twice))}}

    runner, rng = NumPyRunner(model), np.random.default_rng(seed)
    for name, shape in shapes.items():
        runner.write(name, rng.uniform(-1, 1, shape))
    runner.run("run")
    return {name: runner.read(name) for name, v in model.variables.items() if v.role == "output"}


def scanned(f: Callable[..., tuple[Carry, Tensor]], carry: Carry, xs: Tensor, reverse: bool) -> tuple[Carry, Tensor]:
    return g.scan(f, carry, xs, reverse=reverse)


def looped(f: Callable[..., tuple[Carry, Tensor]], carry: Carry, xs: Tensor, reverse: bool) -> tuple[Carry, Tensor]:
    ys: dict[int, Tensor] = {}
    for time in reversed(range(xs.shape[0])) if reverse else range(xs.shape[0]):
        carry, ys[time] = f(carry, xs[time])
    return carry, g.stack([ys[time] for time in sorted(ys)])


# The last two carry back what takes a kernel, though it depends on no gradient by a carry.
@pytest.mark.parametrize("seed", [*range(40), 238, 581])
def test_a_scan_is_its_loop(seed: int) -> None:
    ours, plain = outcome(seed, scanned), outcome(seed, looped)
    assert ours.keys() == plain.keys()
    for name, expected in plain.items():
        scale = max(float(np.max(np.abs(expected))), 1e-3)
        np.testing.assert_allclose(ours[name] / scale, expected / scale, atol=1e-9, err_msg=name)
