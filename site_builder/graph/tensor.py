"""The node of a graph: an op applied to tensors, with the type of its result and the author's line that asked for it.

To trace a model is to run its Python: each operator makes one more `Tensor`. A tensor never changes. A program's graph
is the tensors that it assigns and everything from which they are computed.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from numbers import Integral, Real
from types import EllipsisType
from typing import Any, Union

from .arrays import Numbers as Numbers
from .arrays import array_constant, is_array, places
from .lines import AuthorLine as AuthorLine
from .lines import by_default_at as by_default_at
from .lines import caller as caller
from .lines import fail as fail
from .lines import located as located
from .methods import Methods
from .types import Type

Attributes = Mapping[str, Any]  # numbers, text, tuples of numbers, or the variable that is read
Operand = Union["Tensor", int, float]
Index = int | slice | EllipsisType | None

_numbers = itertools.count()


def expect_axes(what: str, axes: str, *tensors: Tensor) -> None:
    """GraphError unless each tensor has as many axes as `axes` names: "batch,time,features"."""
    if any(len(x.shape) != axes.count(",") + 1 for x in tensors):
        raise fail(f"{what}: expected [{axes}], found {' and '.join(str(x.type) for x in tensors)}", caller())


class Tensor(Methods):
    """One node: `op` applied to `inputs`, giving a value of `type`.

    Operators follow NumPy: elementwise with broadcasting, `@` for the matrix product, `table[rows]` to gather rows,
    `x[:, places]` along another axis, `x[1:3, ..., ::2, 0]` for a slice. Comparisons, `==` too, give 1.0 and 0.0; `is`
    asks whether two are one node. NumPy's arrays and lists are constants wherever an operand or an index may be one.
    """

    number: int
    op: str
    inputs: tuple[Tensor, ...]
    attributes: Attributes
    type: Type
    line: AuthorLine | None

    def __init__(
        self, op: str, inputs: tuple[Tensor, ...], attributes: Attributes, type: Type, line: AuthorLine | None
    ) -> None:
        # Not by `__setattr__`, which is for authors, and would be asked ten thousand times over.
        vars(self).update(number=next(_numbers), op=op, inputs=inputs, attributes=attributes, type=type, line=line)

    def __setattr__(self, name: str, value: Any) -> None:
        from .freezing import set_attribute  # which knows what parameters are

        set_attribute(self, name, value)

    @property
    def requires_grad(self) -> bool:
        """Of a parameter: whether optimisers may change it. False freezes it in programs that are traced afterwards."""
        from .freezing import is_trained

        return is_trained(self)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set `requires_grad` of a parameter, and give it back."""
        self.requires_grad = requires_grad  # type: ignore[misc]  # `__setattr__` takes it
        return self

    @property
    def shape(self) -> tuple[int, ...]:
        """Static shape."""
        return self.type.shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.type.rank

    @property
    def dtype(self) -> str:
        """`f32`, `u32` or `i32`."""
        return self.type.dtype

    def same_inputs(self, other: Tensor) -> bool:
        """Whether both are applied to the very same tensors; `==` would compare elements."""
        return [x.number for x in self.inputs] == [x.number for x in other.inputs]

    def __repr__(self) -> str:
        return f"%{self.number}: {self.type} = {self.op}({', '.join(f'%{x.number}' for x in self.inputs)})"

    # What the operators do is said at the functions that they call.
    def __add__(self, other: Operand) -> Tensor:
        return binary("add", self, other)

    def __radd__(self, other: Operand) -> Tensor:
        return binary("add", other, self)

    def __sub__(self, other: Operand) -> Tensor:
        return binary("subtract", self, other)

    def __rsub__(self, other: Operand) -> Tensor:
        return binary("subtract", other, self)

    def __mul__(self, other: Operand) -> Tensor:
        return binary("multiply", self, other)

    def __rmul__(self, other: Operand) -> Tensor:
        return binary("multiply", other, self)

    def __truediv__(self, other: Operand) -> Tensor:
        return binary("divide", self, other)

    def __rtruediv__(self, other: Operand) -> Tensor:
        return binary("divide", other, self)

    def __floordiv__(self, other: Operand) -> Tensor:
        return binary("floor_divide", self, other)

    def __rfloordiv__(self, other: Operand) -> Tensor:
        return binary("floor_divide", other, self)

    def __mod__(self, other: Operand) -> Tensor:
        return binary("modulo", self, other)

    def __rmod__(self, other: Operand) -> Tensor:
        return binary("modulo", other, self)

    def __divmod__(self, other: Operand) -> tuple[Tensor, Tensor]:
        return self // other, self % other

    def __rdivmod__(self, other: Operand) -> tuple[Tensor, Tensor]:
        return other // self, other % self

    def __lt__(self, other: Operand) -> Tensor:
        return binary("less", self, other)

    def __le__(self, other: Operand) -> Tensor:
        return binary("less_equal", self, other)

    def __gt__(self, other: Operand) -> Tensor:
        return binary("less", other, self)

    def __ge__(self, other: Operand) -> Tensor:
        return binary("less_equal", other, self)

    def __eq__(self, other: Operand) -> Tensor:  # type: ignore[override]  # else `labels != 0` would be True
        return binary("equal", self, other)

    def __ne__(self, other: Operand) -> Tensor:  # type: ignore[override]
        return binary("not_equal", self, other)

    __hash__ = object.__hash__  # a key is the node itself, whatever its elements

    def __and__(self, other: Tensor) -> Tensor:
        from .functions.elementwise import logical_and

        return logical_and(self, other)

    def __or__(self, other: Tensor) -> Tensor:
        from .functions.elementwise import logical_or

        return logical_or(self, other)

    def __invert__(self) -> Tensor:
        from .functions.elementwise import logical_not

        return logical_not(self)

    def __neg__(self) -> Tensor:
        return make("negate", (self,))

    def __pow__(self, exponent: Operand) -> Tensor:
        from .functions.elementwise import power  # which is made of tensors

        return power(self, operand("power", exponent, self.dtype) if is_array(exponent) else exponent)

    def __rpow__(self, number: Operand) -> Tensor:
        from .functions.elementwise import power

        return power(operand("power", number, self.dtype) if is_array(number) else number, self)

    def __matmul__(self, other: Tensor) -> Tensor:
        from .functions.matrix import matmul  # which is made of tensors

        if not isinstance(other, Tensor) and not is_array(other):
            raise fail(f"matmul: expected two tensors, found {self.type} and {other!r}", caller())
        return matmul(self, operand("matmul", other, self.dtype))

    def __rmatmul__(self, other: Numbers) -> Tensor:
        if not is_array(other):
            raise fail(f"matmul: expected two tensors, found {other!r} and {self.type}", caller())
        return operand("matmul", other, self.dtype) @ self

    def __getitem__(self, index: Tensor | Index | Numbers | tuple[Any, ...]) -> Tensor:
        from .functions.index import gather, taken  # which are made of tensors

        parts = places(self, index if isinstance(index, tuple) else (index,))
        if len(parts) == 1 and isinstance(parts[0], Tensor):
            return gather(self, parts[0])
        return taken(self, parts)


def make(op: str, inputs: tuple[Tensor, ...], **attributes: Any) -> Tensor:
    """A node that applies `op`. The op's shape rule gives the type, or a GraphError says what does not fit."""
    from .ops import OPS  # whose words make tensors

    line = caller()
    try:
        type = OPS[op].infer([x.type for x in inputs], attributes)
    except ValueError as error:
        raise fail(f"{op}: {error}", line) from None
    return Tensor(op, inputs, attributes, type, line)


def constant(value: Numbers, dtype: str | None = None) -> Tensor:
    """Numbers known when the model is traced: one, an array of NumPy's or PyTorch's, or nested lists.

    One number is f32 unless `dtype` says otherwise; of an array, whole numbers are u32 (i32 where one is negative),
    others f32, and masks 1.0 and 0.0. A plan holds up to 4096 numbers of an array that are not all equal; more are
    `Model.data`.
    """
    if is_array(value):
        return array_constant(value, dtype)
    if isinstance(value, Real) and not isinstance(value, int | float):  # NumPy's numbers are no JSON
        value = int(value) if isinstance(value, Integral) else float(value)
    return make("constant", (), value=value, dtype="f32" if dtype is None else dtype)


def broadcast(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """`x` repeated along new leading axes and axes of length 1, as NumPy does."""
    return x if x.shape == shape else make("broadcast", (x,), shape=shape)


def binary(op: str, a: Operand, b: Operand) -> Tensor:
    """An elementwise op of two operands: numbers become constants, and both are broadcast to one shape."""
    from .operands import alike  # which makes tensors

    if not isinstance(a, Tensor) and not isinstance(b, Tensor):
        raise fail(f"{op}: expected a tensor among the operands, found {a!r} and {b!r}", caller())
    a, b = alike(op, a, b)
    shape = common_shape(op, a.shape, b.shape)
    return make(op, (broadcast(a, shape), broadcast(b, shape)))


def operand(op: str, value: Operand | Numbers, dtype: str) -> Tensor:
    """An operand as a tensor: numbers and arrays become constants of `dtype`."""
    if isinstance(value, Tensor):
        return value
    if is_array(value):
        return array_constant(value, dtype, f"{op}: an array")
    if not isinstance(value, Real):
        hint = "`x is None` asks whether there is a tensor" if value is None else None
        raise fail(f"{op}: expected a tensor, a number or an array, found {value!r}", caller(), hint)
    return constant(value, dtype)


def common_shape(op: str, *shapes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape to which all of `shapes` broadcast; a GraphError where there is none."""
    rank = max(map(len, shapes))
    padded = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    result = []
    for lengths in zip(*padded, strict=True):
        longer = set(lengths) - {1}
        if len(longer) > 1:
            found = " and ".join(str(list(shape)) for shape in shapes)
            raise fail(f"{op}: shapes {found} do not fit", caller())
        result.append(longer.pop() if longer else 1)
    return tuple(result)
