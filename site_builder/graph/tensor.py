"""The node of a graph: an op applied to tensors, with the type of its result and the author's line that asked for it.

To trace a model is to run its Python: each operator makes one more `Tensor`. A tensor never changes. A program's graph
is the tensors that it assigns and everything from which they are computed.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import EllipsisType, FrameType
from typing import Any, Union

from ..errors import GraphError
from .types import Type

Attributes = Mapping[str, Any]  # numbers, text, tuples of numbers, or the variable that is read
Operand = Union["Tensor", int, float]
Index = int | slice | EllipsisType | None

_OWN = (*(str(Path(__file__).resolve().parents[1] / folder) for folder in ("graph", "nn")), "<string>")  # dataclasses
_numbers = itertools.count()


@dataclass(frozen=True)
class AuthorLine:
    """The line of Python that asked for a tensor."""

    file: str
    number: int


_DEFAULT: ContextVar[tuple[FrameType, AuthorLine | None] | None] = ContextVar("default line", default=None)


@contextmanager
def by_default_at(line: AuthorLine | None) -> Iterator[None]:
    """Within it, tensors that no author's line asks for have `line`.

    Programs are simplified, and `init` is traced, long after the author's lines have run.
    """
    token = _DEFAULT.set((sys._getframe(2), line))  # past contextlib's own frame: whoever says `with`
    try:
        yield
    finally:
        _DEFAULT.reset(token)


def caller() -> AuthorLine | None:
    """The innermost line of Python outside `graph` and `nn`, the author's; that of `by_default_at`, if nearer."""
    frame, default = sys._getframe(1), _DEFAULT.get()
    while frame is not None:
        if default is not None and frame is default[0]:
            return default[1]
        file = frame.f_code.co_filename
        if not file.startswith(_OWN):
            return AuthorLine(file, frame.f_lineno)
        if frame.f_back is None:
            return None
        frame = frame.f_back
    return None


def fail(message: str, line: AuthorLine | None, hint: str | None = None) -> GraphError:
    """A GraphError that names the author's line."""
    return GraphError(message, *located(line), hint=hint)


def located(line: AuthorLine | None) -> tuple[Path | None, int | None]:
    """The file, with the path as short as it can be, and the number of an author's line, for an error to name."""
    if line is None:
        return None, None
    path = Path(line.file)
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path, line.number


def expect_axes(what: str, axes: str, *tensors: Tensor) -> None:
    """GraphError unless each tensor has as many axes as `axes` names: "batch,time,features"."""
    if any(len(x.shape) != axes.count(",") + 1 for x in tensors):
        raise fail(f"{what}: expected [{axes}], found {' and '.join(str(x.type) for x in tensors)}", caller())


class Tensor:
    """One node: `op` applied to `inputs`, giving a value of `type`.

    Operators follow NumPy: elementwise with broadcasting, `@` for the matrix product, `table[rows]` to gather rows,
    `x[:, places]` along another axis, `x[1:3, ..., ::2, 0]` for a slice. Comparisons, `==` too, give 1.0 and 0.0; `is`
    asks whether two are one node.
    """

    __array_ufunc__ = None  # NumPy arrays step aside, so that a stray `array * tensor` is an error and no object array

    def __init__(
        self,
        op: str,
        inputs: tuple[Tensor, ...],
        attributes: Attributes,
        type: Type,
        line: AuthorLine | None,
    ) -> None:
        self.number = next(_numbers)
        self.op = op
        self.inputs = inputs
        self.attributes = attributes
        self.type = type
        self.line = line

    @property
    def shape(self) -> tuple[int, ...]:
        """Static shape."""
        return self.type.shape

    @property
    def size(self) -> int:
        """Number of elements."""
        return self.type.size

    @property
    def dtype(self) -> str:
        """`f32` or `u32`."""
        return self.type.dtype

    def same_inputs(self, other: Tensor) -> bool:
        """Whether both are applied to the very same tensors; `==` would compare elements."""
        return [x.number for x in self.inputs] == [x.number for x in other.inputs]

    def __repr__(self) -> str:
        return f"%{self.number}: {self.type} = {self.op}({', '.join(f'%{x.number}' for x in self.inputs)})"

    def __bool__(self) -> bool:
        raise fail(
            "a tensor has no truth value while a model is traced",
            caller(),
            hint="Use where(condition, a, b) to choose by a tensor's value, and (a < b) & (b < c) for `a < b < c`",
        )

    def __iter__(self) -> None:
        raise fail("a tensor cannot be iterated over", caller(), hint="Index it with a u32 tensor of rows")

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

    def __mod__(self, other: Operand) -> Tensor:
        return binary("modulo", self, other)

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

        return power(self, exponent)

    def __rpow__(self, number: float) -> Tensor:
        from .functions.elementwise import power

        return power(number, self)

    def __matmul__(self, other: Tensor) -> Tensor:
        from .functions.matrix import matmul  # which is made of tensors

        if not isinstance(other, Tensor):
            raise fail(f"matmul: expected two tensors, found {self.type} and {other!r}", caller())
        return matmul(self, other)

    def __getitem__(self, index: Tensor | Index | tuple[Tensor | Index, ...]) -> Tensor:
        from .functions.index import taken  # which is made of tensors

        return taken(self, index if isinstance(index, tuple) else (index,))


def make(op: str, inputs: tuple[Tensor, ...], **attributes: Any) -> Tensor:
    """A node that applies `op`. The op's shape rule gives the type, or a GraphError says what does not fit."""
    from .ops import OPS  # whose words make tensors

    line = caller()
    try:
        type = OPS[op].infer([x.type for x in inputs], attributes)
    except ValueError as error:
        raise fail(f"{op}: {error}", line) from None
    return Tensor(op, inputs, attributes, type, line)


def constant(value: float, dtype: str = "f32") -> Tensor:
    """A scalar known when the model is traced."""
    return make("constant", (), value=value, dtype=dtype)


def broadcast(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """`x` repeated along new leading axes and axes of length 1, as NumPy does."""
    return x if x.shape == shape else make("broadcast", (x,), shape=shape)


def binary(op: str, a: Operand, b: Operand) -> Tensor:
    """An elementwise op of two operands: numbers become constants, and both are broadcast to one shape."""
    like = a if isinstance(a, Tensor) else b
    if not isinstance(like, Tensor):
        raise fail(f"{op}: expected a tensor among the operands, found {a!r} and {b!r}", caller())
    a = a if isinstance(a, Tensor) else constant(a, like.dtype)
    b = b if isinstance(b, Tensor) else constant(b, like.dtype)
    shape = common_shape(op, a.shape, b.shape)
    return make(op, (broadcast(a, shape), broadcast(b, shape)))


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
