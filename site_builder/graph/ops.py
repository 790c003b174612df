"""The op table: what each op is called, which types it takes and gives, and how it behaves in fusion.

One row an op. The other cells of a row stand where their readers look for them: the derivative in `derivatives.py`,
the NumPy definition in `run/definitions.py`, the WGSL in `plan/expressions.py` (elementwise) or `plan/anchors.py`.
A test fails when any cell is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .types import DTYPES, Type

Attributes = Mapping[str, Any]
Infer = Callable[[Sequence[Type], Attributes], Type]
Kind = Literal["elementwise", "source", "view", "anchor"]


@dataclass(frozen=True)
class Op:
    """One row. `kind` says how the lowering treats it:

    elementwise  one output element from the same element of each input: fused into its neighbours
    source       an output element from its index alone (constants, counters, random numbers, variables)
    view         an output element is an element of the input, elsewhere: becomes arithmetic on indices
    anchor       a kernel of its own, into which the others are fused
    """

    name: str
    kind: Kind
    infer: Infer
    meaning: str


def _expect(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _same(inputs: Sequence[Type], attributes: Attributes) -> Type:
    first = inputs[0]
    _expect(all(x == first for x in inputs), f"{' and '.join(map(str, inputs))} do not fit")
    return first


def _same_f32(inputs: Sequence[Type], attributes: Attributes) -> Type:
    _expect(inputs[0].dtype == "f32", f"expected f32, found {inputs[0]}")
    return _same(inputs, attributes)


def _same_u32(inputs: Sequence[Type], attributes: Attributes) -> Type:
    _expect(inputs[0].dtype == "u32", f"expected u32, found {inputs[0]}")
    return _same(inputs, attributes)


def _indicator(inputs: Sequence[Type], attributes: Attributes) -> Type:
    return Type(_same(inputs, attributes).shape, "f32")


def _where(inputs: Sequence[Type], attributes: Attributes) -> Type:
    condition, a, b = inputs
    _expect(condition == Type(a.shape, "f32") and a == b, f"{condition}, {a} and {b} do not fit")
    return a


def _cast(inputs: Sequence[Type], attributes: Attributes) -> Type:
    return Type(inputs[0].shape, _dtype(attributes))


def _dtype(attributes: Attributes) -> Any:
    _expect(attributes["dtype"] in DTYPES, f"no element type {attributes['dtype']!r}, expected one of {DTYPES}")
    return attributes["dtype"]


def _shape(attributes: Attributes) -> tuple[int, ...]:
    shape: tuple[int, ...] = attributes["shape"]
    _expect(all(isinstance(n, int) and n > 0 for n in shape), f"every size is at least 1, found {list(shape)}")
    return shape


def _scalar(inputs: Sequence[Type], attributes: Attributes) -> Type:
    return Type((), _dtype(attributes))


def _read(inputs: Sequence[Type], attributes: Attributes) -> Type:
    type: Type = attributes["variable"].type
    return type


def _iota(inputs: Sequence[Type], attributes: Attributes) -> Type:
    return Type(_shape(attributes), "u32")


def _drawn(dtype: Any) -> Infer:
    def infer(inputs: Sequence[Type], attributes: Attributes) -> Type:
        _expect(list(inputs) == [Type((), "u32")] * 2, "expected the scalars seed and step")
        return Type(_shape(attributes), dtype)

    return infer


def _broadcast(inputs: Sequence[Type], attributes: Attributes) -> Type:
    (x,), shape = inputs, _shape(attributes)
    tail = shape[len(shape) - x.rank :]
    fits = x.rank <= len(shape) and all(n in (1, m) for n, m in zip(x.shape, tail, strict=True))
    _expect(fits, f"{x} cannot be broadcast to {list(shape)}")
    return Type(shape, x.dtype)


def _reshape(inputs: Sequence[Type], attributes: Attributes) -> Type:
    (x,), result = inputs, Type(_shape(attributes), inputs[0].dtype)
    _expect(x.size == result.size, f"{x} has {x.size} elements, {list(result.shape)} has {result.size}")
    return result


def _transpose(inputs: Sequence[Type], attributes: Attributes) -> Type:
    (x,) = inputs
    _expect(x.rank == 2, f"expected a matrix, found {x}")
    return Type((x.shape[1], x.shape[0]), x.dtype)


def _matmul(inputs: Sequence[Type], attributes: Attributes) -> Type:
    a, b = inputs
    _expect(a.rank == b.rank == 2 and a.dtype == b.dtype == "f32", f"expected two f32 matrices, found {a} and {b}")
    rows, inner = a.shape if attributes["form"] != "tn" else a.shape[::-1]
    other, columns = b.shape if attributes["form"] != "nt" else b.shape[::-1]
    _expect(inner == other, f"{a} and {b} do not fit: {inner} against {other}")
    return Type((rows, columns))


def _reduce(inputs: Sequence[Type], attributes: Attributes) -> Type:
    (x,), axes = inputs, attributes["axes"]
    _expect(x.dtype == "f32", f"expected f32, found {x}")
    _expect(len(axes) > 0, "nothing to reduce over")
    _expect(all(0 <= axis < x.rank for axis in axes), f"{x} has no axes {list(axes)}")
    contiguous = tuple(range(axes[0], axes[0] + len(axes)))
    _expect(axes == contiguous, f"axes must be neighbours in order, found {list(axes)}")
    return Type(tuple(n for axis, n in enumerate(x.shape) if axis not in axes))


def _arg_reduce(inputs: Sequence[Type], attributes: Attributes) -> Type:
    return Type(_reduce(inputs, attributes).shape, "u32")


def _rows_of_logits(inputs: Sequence[Type], attributes: Attributes) -> Type:
    logits, labels = inputs[0], inputs[1]
    _expect(logits.rank == 2 and logits.dtype == "f32", f"logits are f32[rows,classes], found {logits}")
    _expect(labels == Type(logits.shape[:1], "u32"), f"labels of {logits} are u32[{logits.shape[0]}], found {labels}")
    return Type(logits.shape[:1])


def _cross_entropy_gradient(inputs: Sequence[Type], attributes: Attributes) -> Type:
    losses = _rows_of_logits(inputs, attributes)
    _expect(inputs[2] == losses, f"the gradient of the losses is {losses}, found {inputs[2]}")
    return inputs[0]


def _softmax(inputs: Sequence[Type], attributes: Attributes) -> Type:
    _expect(inputs[0].rank >= 1, "a scalar has no last axis")
    return _same_f32(inputs, attributes)


def _gather(inputs: Sequence[Type], attributes: Attributes) -> Type:
    table, rows = inputs
    _expect(table.rank >= 1, "a scalar has no rows")
    _expect(rows.dtype == "u32", f"rows are chosen by u32, found {rows}")
    return Type(rows.shape + table.shape[1:], table.dtype)


def _scatter_add(inputs: Sequence[Type], attributes: Attributes) -> Type:
    rows, values = inputs
    _expect(rows.dtype == "u32" and values.dtype == "f32", f"expected u32 rows and f32 values, found {rows}, {values}")
    _expect(values.shape[: rows.rank] == rows.shape, f"{values} has no row for each of {rows}")
    return Type((attributes["count"], *values.shape[rows.rank :]))


def _update_at(inputs: Sequence[Type], attributes: Attributes) -> Type:
    vector, index, value = inputs
    fits = vector.rank == 1 and index == Type((), "u32") and value == Type((), vector.dtype)
    _expect(fits, f"expected a vector, a u32 scalar and a scalar, found {vector}, {index} and {value}")
    return vector


_ROWS = [
    # elementwise, one input
    Op("negate", "elementwise", _same_f32, "-x"),
    Op("exp", "elementwise", _same_f32, "e^x"),
    Op("log", "elementwise", _same_f32, "natural logarithm"),
    Op("sqrt", "elementwise", _same_f32, "square root"),
    Op("sin", "elementwise", _same_f32, "sine of radians"),
    Op("cos", "elementwise", _same_f32, "cosine of radians"),
    Op("tanh", "elementwise", _same_f32, "hyperbolic tangent"),
    Op("sigmoid", "elementwise", _same_f32, "1 / (1 + e^-x)"),
    Op("relu", "elementwise", _same_f32, "max(x, 0)"),
    Op("gelu", "elementwise", _same_f32, "x Φ(x), by the tanh formula"),
    Op("gelu_slope", "elementwise", _same_f32, "derivative of gelu"),
    Op("absolute", "elementwise", _same_f32, "|x|"),
    Op("sign", "elementwise", _same_f32, "-1, 0 or 1"),
    Op("square", "elementwise", _same_f32, "x²"),
    Op("cast", "elementwise", _cast, "the same number in another element type"),
    # elementwise, two or three inputs
    Op("add", "elementwise", _same, "a + b"),
    Op("subtract", "elementwise", _same, "a - b"),
    Op("multiply", "elementwise", _same, "a b"),
    Op("divide", "elementwise", _same_f32, "a / b"),
    Op("floor_divide", "elementwise", _same_u32, "⌊a / b⌋; a / 0 is a"),
    Op("modulo", "elementwise", _same_u32, "a mod b; a mod 0 is 0"),
    Op("maximum", "elementwise", _same, "the larger"),
    Op("minimum", "elementwise", _same, "the smaller"),
    Op("less", "elementwise", _indicator, "1 where a < b, else 0"),
    Op("less_equal", "elementwise", _indicator, "1 where a <= b, else 0"),
    Op("equal", "elementwise", _indicator, "1 where a = b, else 0"),
    Op("not_equal", "elementwise", _indicator, "1 where a ≠ b, else 0"),
    Op("where", "elementwise", _where, "a where the condition is not 0, else b"),
    # sources
    Op("constant", "source", _scalar, "a scalar known when traced"),
    Op("read", "source", _read, "a variable's value when the program starts"),
    Op("iota", "source", _iota, "0, 1, 2, … in row-major order"),
    Op("uniform", "source", _drawn("f32"), "multiples of 2^-24 in [0, 1), by counter"),
    Op("normal", "source", _drawn("f32"), "standard normal numbers, by counter"),
    Op("random_index", "source", _drawn("u32"), "integers below a bound, by counter"),
    # views
    Op("broadcast", "view", _broadcast, "repeated along new axes and axes of length 1"),
    Op("reshape", "view", _reshape, "the same elements in the same order"),
    # anchors
    Op("transpose", "anchor", _transpose, "rows become columns"),
    Op("matmul", "anchor", _matmul, "matrix product; form nn, nt or tn says which operand is transposed"),
    Op("sum", "anchor", _reduce, "sum over neighbouring axes"),
    Op("max", "anchor", _reduce, "maximum over neighbouring axes"),
    Op("argmax", "anchor", _arg_reduce, "index of the first maximum"),
    Op("argmin", "anchor", _arg_reduce, "index of the first minimum"),
    Op("softmax", "anchor", _softmax, "e^x_k / Σ_j e^x_j along the last axis"),
    Op("softmax_gradient", "anchor", _same_f32, "y (dy - Σ_k y_k dy_k), from softmax y and gradient dy"),
    Op("cross_entropy", "anchor", _rows_of_logits, "-log softmax(logits)[label], in nats, a row each"),
    Op("cross_entropy_gradient", "anchor", _cross_entropy_gradient, "(softmax(logits) - onehot(label)) d"),
    Op("gather", "anchor", _gather, "rows of a table; an index past the end takes the last row"),
    Op("scatter_add", "anchor", _scatter_add, "rows added into a table of zeros; past the end means the last"),
    Op("update_at", "anchor", _update_at, "a vector with one element replaced, in place"),
]

OPS: dict[str, Op] = {row.name: row for row in _ROWS}
