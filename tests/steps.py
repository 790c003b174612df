"""Programs of many elementwise steps, each of which reads the step before at several places, as simulations do.

In: how many steps, and a size. Out: a model whose program `step` makes y of x, and the same in NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from site_builder import graph as g
from site_builder.graph import Model, Tensor

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Steps:
    """A program: the shape of x and y, y made of x as a graph, and in NumPy; and numbers for x, if not any."""

    name: str
    shape: tuple[int, ...]
    traced: Callable[[Tensor], Tensor]
    computed: Callable[[Array], Array]
    given: Callable[[Array], Array] = lambda x: x  # of normal numbers

    def model(self) -> Model:
        """y of x."""
        model = Model(self.name)
        x = model.input("x", self.shape)

        @model.program
        def step() -> dict[str, Tensor]:
            return {"y": self.traced(x)}

        return model

    def example(self) -> Array:
        """Numbers for x."""
        return self.given(np.random.default_rng(0).normal(size=self.shape))


def heat(times: int) -> Steps:
    """The heat equation on a rod whose ends keep their temperature, in explicit steps."""

    def step(u: Any, joined: Callable[[list[Any]], Any]) -> Any:
        inner = u[1:-1] + 0.25 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        return joined([u[:1], inner, u[-1:]])

    return Steps(
        "heat", (64,), lambda u: _after(times, u, step, g.concatenate), lambda u: _after(times, u, step, np.concatenate)
    )


def life(times: int) -> Steps:
    """Conway's Game of Life on a torus."""

    def rolled(w: Tensor, by: int, axis: int) -> Tensor:
        before = (slice(None),) * axis
        return g.concatenate([w[(*before, slice(-by, None))], w[(*before, slice(None, -by))]], axis)

    def step(w: Any, roll: Callable[[Any, int, int], Any], choose: Callable[[Any, Any, Any], Any]) -> Any:
        rows = [w if by == 0 else roll(w, by, 0) for by in (-1, 0, 1)]
        around = [row if by == 0 else roll(row, by, 1) for row in rows for by in (-1, 0, 1)]
        count = sum(around[1:], around[0]) - w
        return choose(count == 3.0, 1.0, choose(count == 2.0, w, 0.0))

    return Steps(
        "life",
        (16, 16),
        lambda w: _after(times, w, step, rolled, g.where),
        lambda w: _after(times, w, step, np.roll, np.where),
        given=lambda x: (x > 0.3).astype(float),
    )


def bitonic(count: int) -> Steps:
    """A bitonic sort: in each pass the halves of each block are compared, and blocks turn up and down by turns."""

    def traced(x: Tensor) -> Tensor:
        block = 2
        while block <= count:
            distance = block // 2
            while distance:
                blocks = count // (2 * distance)
                pairs = g.reshape(x, (blocks, 2, distance))
                low, high = g.minimum(pairs[:, 0], pairs[:, 1]), g.maximum(pairs[:, 0], pairs[:, 1])
                falls = g.reshape(g.iota(blocks), (blocks, 1)) // (block // (2 * distance)) % 2 == 1
                x = g.reshape(g.stack([g.where(falls, high, low), g.where(falls, low, high)], axis=1), (count,))
                distance //= 2
            block *= 2
        return x

    return Steps("bitonic", (count,), traced, np.sort)


def gauss_jordan(size: int) -> Steps:
    """The inverse of a matrix, by elimination of one column after the other."""

    def traced(a: Tensor) -> Tensor:
        unit = g.where(g.reshape(g.iota(size), (size, 1)) == g.iota(size), 1.0, 0.0)
        both = g.concatenate([a, unit], axis=1)
        for k in range(size):
            row = both[k : k + 1] / both[k : k + 1, k : k + 1]
            rest = both - both[:, k : k + 1] * row
            above, below = [rest[:k]] if k else [], [rest[k + 1 :]] if k + 1 < size else []
            both = g.concatenate([*above, row, *below], axis=0)
        return both[:, size:]

    return Steps("gauss-jordan", (size, size), traced, np.linalg.inv, lambda x: x + 2 * size * np.eye(size))


def sines(times: int) -> Steps:
    """The sine of the sine of …"""

    def step(x: Any, sine: Callable[[Any], Any]) -> Any:
        return sine(x)

    return Steps("sines", (8,), lambda x: _after(times, x, step, g.sin), lambda x: _after(times, x, step, np.sin))


def _after(times: int, x: Any, step: Callable[..., Any], *words: Any) -> Any:
    for _ in range(times):
        x = step(x, *words)
    return x


EVERY = (heat(100), life(50), bitonic(64), gauss_jordan(7), gauss_jordan(16), sines(1000))
