"""What a row of the op table is, and checks that several shape rules make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..tensor import Attributes as Attributes
from ..types import DTYPES, Type

Infer = Callable[[Sequence[Type], Attributes], Type]
Kind = Literal["elementwise", "source", "view", "anchor"]


@dataclass(frozen=True)
class Op:
    """One row: what the op is called, its type rule, and what it gives in some words.

    `kind` says how the lowering treats it:

    elementwise  one output element from the same element of each input: fused into its neighbours
    source       an output element from its index alone (constants, counters, random numbers, variables)
    view         an output element is an element of the input, elsewhere: becomes arithmetic on indices
    anchor       a kernel of its own, into which the others are fused

    `wgsl` is the op as an expression over its inputs {0}, {1}, …, where it is one. `graph` keeps the text and `plan`
    writes it out, for one element or for four at once: what differs between the two is a word in braces, as {zero} is
    (`WORDS` in `plan/expressions.py`). `library` names the file under `shaders/lib/` whose functions it calls.
    `others`: element types of the inputs for which it is another expression, with its library.
    """

    name: str
    kind: Kind
    infer: Infer
    meaning: str
    wgsl: str | None = None
    library: str | None = None
    others: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def expression(self, dtype: str) -> tuple[str | None, str | None]:
        """The expression of inputs of this element type, and its library."""
        return self.others.get(dtype, (self.wgsl, self.library))


def expect(condition: bool, message: str) -> None:
    """Raise ValueError with a sentence on what does not fit, to which `make` adds the author's line."""
    if not condition:
        raise ValueError(message)


def same(inputs: Sequence[Type], attributes: Attributes) -> Type:
    """All inputs and the output are of one type."""
    first = inputs[0]
    advice = ': cast one, as cast(x, "f32")' if any(x.dtype != first.dtype for x in inputs) else ""
    expect(all(x == first for x in inputs), f"{' and '.join(map(str, inputs))} do not fit{advice}")
    return first


def same_f32(inputs: Sequence[Type], attributes: Attributes) -> Type:
    """As `same`, of floats."""
    expect(inputs[0].dtype == "f32", f'expected f32, found {inputs[0]}: cast it, as cast(x, "f32")')
    return same(inputs, attributes)


def same_signed(inputs: Sequence[Type], attributes: Attributes) -> Type:
    """As `same`, of f32 or i32."""
    expect(inputs[0].dtype != "u32", f'expected f32 or i32, found {inputs[0]}: cast it, as cast(x, "i32")')
    return same(inputs, attributes)


def difference(inputs: Sequence[Type], attributes: Attributes) -> Type:
    """As `same`; of u32 it is i32, since it may be below 0."""
    type = same(inputs, attributes)
    return Type(type.shape, "i32") if type.dtype == "u32" else type


def dtype_of(attributes: Attributes) -> Any:
    """The attribute `dtype`."""
    expect(attributes["dtype"] in DTYPES, f"no element type {attributes['dtype']!r}, expected one of {DTYPES}")
    return attributes["dtype"]


def shape_of(attributes: Attributes) -> tuple[int, ...]:
    """The attribute `shape`."""
    shape: tuple[int, ...] = attributes["shape"]
    expect(all(isinstance(n, int) and n > 0 for n in shape), f"every size is at least 1, found {list(shape)}")
    return shape
