"""One node of ONNX's in our words: what a builder asks for its inputs, and the model that becomes of it.

In: node tests and the builders of their ops. Out: a model with a program of each test's name, whose outputs are
`NAME.y0`, `NAME.y1`, …, and what its inputs are given. An input that a builder asks for as an array is known when the
model is traced.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from site_builder.graph import Model, Tensor
from tests.onnx.suite import Array, NodeTest

DTYPES: dict[str, Any] = {"f": "f32", "i": "i32", "u": "u32"}
Builder = Callable[["Node"], Tensor | Sequence[Tensor | None]]


@dataclass
class Node:
    """The inputs and attributes of a node."""

    model: Model
    test: NodeTest
    name: str
    given: dict[str, Array] = field(default_factory=dict)
    tensors: dict[int, Tensor] = field(default_factory=dict)
    instead: dict[int, Array] = field(default_factory=dict)  # of inputs that a builder writes in another way

    def __getitem__(self, n: int) -> Tensor:
        """Input n as a tensor."""
        if n not in self.tensors:
            array = ours(self.array(n))
            self.tensors[n] = self.model.input(f"{self.name}.x{n}", array.shape, dtype=DTYPES[array.dtype.kind])
            self.given[f"{self.name}.x{n}"] = array
        return self.tensors[n]

    def all(self) -> list[Tensor]:
        """All inputs as tensors."""
        return [self[n] for n in range(len(self.test.inputs))]

    def has(self, n: int) -> bool:
        """Whether input n is given."""
        return n < len(self.test.inputs) and self.test.inputs[n] is not None

    def array(self, n: int) -> Array:
        """Input n as numbers that are known when the model is traced."""
        array = self.instead.get(n, self.test.inputs[n])
        assert array is not None
        return array

    def whole(self, n: int) -> tuple[int, ...]:
        """The same, as whole numbers."""
        return tuple(int(each) for each in self.array(n).ravel())

    def get(self, name: str, default: Any = None) -> Any:
        """An attribute."""
        return self.test.attributes.get(name, default)

    def axes(self, n: int) -> tuple[int, ...] | None:
        """Axes from an attribute or input n; None for all."""
        given = self.whole(n) if self.has(n) else tuple(self.get("axes", ()))
        return given or None


def ours(array: Array) -> Array:
    """The array in one of our element types. Masks are floats here; whole numbers are unsigned if none is negative."""
    match array.dtype.kind:
        case "f" | "b":
            return array.astype(np.float32)
        case _ if array.size and array.min() < 0:
            return array.astype(np.int32)
        case _:
            return array.astype(np.uint32)


def model_of(tests: Sequence[NodeTest], builders: Mapping[str, Builder]) -> tuple[Model, dict[str, Array]]:
    """A model with a program for each test, of its name, and what its inputs are given."""
    model, given = Model("onnx"), dict[str, Array]()
    for test in tests:
        node = Node(model, test, test.name)

        def run(node: Node = node) -> dict[str, Tensor]:
            result = builders[node.test.op](node)
            results = [result] if isinstance(result, Tensor) else result
            return {f"{node.name}.y{n}": each for n, each in enumerate(results) if each is not None}

        run.__name__ = test.name
        model.program(run)
        given |= node.given
    return model, given
