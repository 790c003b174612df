"""What a case is, the numbers that it is fed with, and the model that runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from ... import graph as g
from ...graph import Model, Tensor, constant
from ...graph.types import DType
from ...run.arrays import Array

HALF_TOLERANCE = 6 * 2**-11  # in half precision two operands, their product and three sums of it are rounded to 11 bits
SIZES = (1, 3, 64, 65)  # one, odd, a tile or workgroup, and one more
MANY = 1_024  # elements, enough for maps of four at once


@dataclass(frozen=True)
class Input:
    """A tensor that a case is fed with: f32 uniform in [low, high), or u32 below `below`, if `signed` i32 around 0."""

    shape: tuple[int, ...]
    low: float = -2.0
    high: float = 2.0
    below: int = 0
    signed: bool = False

    @property
    def dtype(self) -> DType:
        return ("i32" if self.signed else "u32") if self.below else "f32"


@dataclass(frozen=True)
class Case:
    """`build` makes the op from tensors of `inputs`."""

    op: str
    build: Callable[..., Tensor]
    inputs: tuple[Input, ...]
    tolerance: float = 2e-6
    why: str = ""
    tags: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        shapes = ",".join("x".join(map(str, i.shape)) or "scalar" for i in self.inputs)
        return f"{self.op}-{'-'.join((*self.tags, shapes)) or 'none'}"


def numbers(case: Case, seed: int = 0) -> list[Array]:
    """Inputs of a case, the same every time. f32 values sit away from whole numbers and halves, where steps jump."""
    rng = np.random.default_rng([seed, *case.op.encode()])
    arrays: list[Array] = []
    for spec in case.inputs:
        if spec.signed:
            arrays.append(rng.integers(-spec.below, spec.below, spec.shape, dtype=np.int32))
        elif spec.below:
            arrays.append(rng.integers(0, spec.below, spec.shape, dtype=np.uint32))
        else:
            raw = rng.uniform(spec.low, spec.high, spec.shape)
            arrays.append(np.round(raw * 64 - 0.5) / 64 + 1 / 128 if raw.size > 1 else raw)
    return arrays


def model_of(case: Case, differentiate: bool = False) -> Model:
    """A model with inputs x0, x1, … and program `run` giving y, and with `differentiate` loss and gradients d0, d1, …

    The loss weighs the elements of y unequally, so that a derivative cannot be right by symmetry.
    """
    model = Model(str(case))
    inputs = [model.input(f"x{n}", i.shape, dtype=i.dtype) for n, i in enumerate(case.inputs)]

    def run() -> Mapping[str, Tensor]:
        y = case.build(*inputs)
        if not differentiate:
            return {"y": y}
        weights = 1 + g.cast(g.iota(*y.shape), "f32") / y.size if y.shape else constant(1.0)
        loss = g.sum(g.cast(y, "f32") * weights)
        wanted = [n for n, i in enumerate(case.inputs) if not i.below]
        return {"loss": loss} | {
            f"d{n}": d for n, d in zip(wanted, g.gradients(loss, [inputs[n] for n in wanted]), strict=True)
        }

    model.program(run)
    return model
