"""Elementwise ops, sources and views as WGSL expressions: what the lowering splices into a kernel's ports.

In: a tensor and the index at which it is wanted. Out: an expression, with `let` lines before it.
It knows which buffers a body touches, not where they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable

from ..errors import GraphError
from ..graph import Tensor
from .kernels import Binding
from .views import STRIDED, coordinate, index_into, row_major, times

# op -> (template over the inputs' expressions, the file under shaders/lib/ that it needs)
EXPRESSIONS: dict[str, tuple[str, str | None]] = {
    "negate": ("-{0}", None),
    "exp": ("exp({0})", None),
    "log": ("log({0})", None),
    "sqrt": ("sqrt({0})", None),
    "sin": ("sin({0})", None),
    "cos": ("cos({0})", None),
    "tanh": ("tanh_clamped({0})", "scalar"),
    "sigmoid": ("sigmoid({0})", "scalar"),
    "relu": ("max({0}, 0.0)", None),
    "softplus": ("softplus({0})", "scalar"),
    "gelu": ("gelu({0})", "scalar"),
    "gelu_slope": ("gelu_derivative({0})", "scalar"),
    "absolute": ("abs({0})", None),
    "sign": ("sign({0})", None),
    "square": ("{0} * {0}", None),
    "round": ("round({0})", None),
    "stop_gradient": ("{0}", None),
    "add": ("{0} + {1}", None),
    "subtract": ("{0} - {1}", None),
    "multiply": ("{0} * {1}", None),
    "divide": ("{0} / {1}", None),
    "floor_divide": ("{0} / {1}", None),
    "modulo": ("{0} % {1}", None),
    "maximum": ("max({0}, {1})", None),
    "minimum": ("min({0}, {1})", None),
    "less": ("select(0.0, 1.0, {0} < {1})", None),
    "less_equal": ("select(0.0, 1.0, {0} <= {1})", None),
    "equal": ("select(0.0, 1.0, {0} == {1})", None),
    "not_equal": ("select(0.0, 1.0, {0} != {1})", None),
    "where": ("select({2}, {1}, {0} != 0.0)", None),
    "uniform": ("random_uniform({0}, {stream}u, {1}, {index})", "random"),
    "normal": ("random_normal({0}, {stream}u, {1}, {index})", "random"),
    "random_index": ("random_index({0}, {stream}u, {1}, {index}, {bound}u)", "random"),
}
# Ops that `Emitter.at` treats itself: arithmetic on indices, or text that depends on the type.
INDEXED = frozenset({"constant", "read", "iota", *STRIDED, "pad", "concatenate", "gather", "scale", "cast"})


def literal(value: float, dtype: str) -> str:
    """A WGSL literal. GraphError for numbers that WGSL has no literal for."""
    if dtype == "u32":
        return f"{int(value)}u"
    if not math.isfinite(value):
        raise GraphError(f"a constant must be finite, found {value}", hint="Use a large finite number instead")
    text = repr(float(value))
    text = text if "." in text or "e" in text else text + ".0"
    return f"({text})" if value < 0 else text


class Emitter:
    """Writes the body of one port: asks `name_of` for the binding of every buffer that it touches.

    `known` holds expressions that are there already: the anchor's `value`, or what the port has computed so far.
    """

    def __init__(self, name_of: Callable[[Tensor], tuple[Hashable, Binding] | None]) -> None:
        self.lines: list[str] = []
        self.imports: set[str] = set()
        self.bindings: dict[str, Binding] = {}
        self.known: dict[tuple[int, str], str] = {}
        self._name_of = name_of

    def at(self, node: Tensor, index: str) -> str:
        """An expression for the element of `node` at the flat `index`."""
        key = (node.number, index)
        if key not in self.known:
            buffer = self._name_of(node)
            self.known[key] = self._load(buffer[1], index) if buffer else self._compute(node, index)
        return self.known[key]

    def place(self, update: Tensor) -> str:
        """Where `update_at` puts element `i` of its value."""
        x, at, value = update.inputs
        axis = update.attributes["axis"]
        inner, length = math.prod(x.shape[axis + 1 :]), x.shape[axis]
        chosen = f"min({self.at(at, 'i' if value.size == 1 else '0u')}, {length - 1}u)"
        terms = [times(coordinate("i", inner, None), inner * length)] if value.size > inner else []
        terms.append(times(chosen, inner))
        terms += [coordinate("i", 1, inner if value.size > inner else None)] if inner > 1 else []
        return self.let(" + ".join(terms))

    def _has_buffer(self, node: Tensor) -> bool:
        return self._name_of(node) is not None

    def _load(self, binding: Binding, index: str) -> str:
        self.bindings[binding.name] = binding
        return self.let(f"{binding.name}[{index}]")

    def _compute(self, node: Tensor, index: str) -> str:
        if node.op in STRIDED:
            base, place = index_into(node, index, self._has_buffer)
            return self.at(base, self._index(place))
        match node.op:
            case "constant":
                return literal(node.attributes["value"], node.dtype)
            case "iota":
                return index
            case "pad":
                return self._padded(node, index)
            case "concatenate":
                return self._joined(node, index)
            case "gather":
                return self._gathered(node, index)
            case "scale":
                scaled, factors = node.inputs
                factor = self.at(factors, self._index(coordinate(index, 1, factors.size)))
                return self.let(f"{self.at(scaled, index)} * {factor}")
            case "cast":
                x = self.at(node.inputs[0], index)
                return self.let(f"f32({x})" if node.dtype == "f32" else f"u32(max({x}, 0.0))")
        template, library = EXPRESSIONS[node.op]
        if library:
            self.imports.add(library)
        inputs = [self.at(x, index if x.size == node.size else "0u") for x in node.inputs]
        return self.let(template.format(*inputs, **node.attributes, index=index))

    def _gathered(self, node: Tensor, index: str) -> str:
        table, rows = node.inputs
        width = table.size // table.shape[0]
        last = f"{table.shape[0] - 1}u"
        if width == 1:
            return self.at(table, self._index(f"min({self.at(rows, index)}, {last})"))
        row = self.at(rows, self._index(f"{index} / {width}u"))
        return self.at(table, self._index(f"min({row}, {last}) * {width}u + {index} % {width}u"))

    def _padded(self, node: Tensor, index: str) -> str:
        (x,), inside, place, inner = node.inputs, [], [], node.size
        strides = row_major(x.shape)
        runs = _runs(zip(node.shape, x.shape, node.attributes["before"], strides, strict=True))
        for position, (length, kept, before, stride) in enumerate(runs):
            inner //= length
            steps = coordinate(index, inner, length if position else None)
            if kept != length:
                steps = self.let(f"{steps} - {before}u" if before else steps)  # below `before` it wraps, past the end
                inside.append(f"{steps} < {kept}u")
                steps = f"min({steps}, {kept - 1}u)"
            if kept > 1:
                place.append(times(steps, stride))
        value = self.at(x, self._index(" + ".join(place) or "0u"))
        return self.let(f"select({literal(0, x.dtype)}, {value}, {' && '.join(inside)})")

    def _joined(self, node: Tensor, index: str) -> str:
        axis = node.attributes["axis"]
        inner, length = math.prod(node.shape[axis + 1 :]), node.shape[axis]
        outermost = math.prod(node.shape[:axis]) == 1
        along = self._index(coordinate(index, inner, None if outermost else length))
        result, start = "", 0
        for part in node.inputs:
            count = part.shape[axis]
            steps = f"min({along} - {start}u, {count - 1}u)" if start else f"min({along}, {count - 1}u)"
            terms = [] if outermost else [times(coordinate(index, inner * length, None), inner * count)]
            terms.append(times(steps, inner))
            terms += [f"{index} % {inner}u"] if inner > 1 else []
            value = self.at(part, self._index(" + ".join(terms)))
            result = self.let(f"select({result}, {value}, {along} >= {start}u)") if result else value
            start += count
        return result

    def _index(self, expression: str) -> str:
        return expression if expression.isalnum() else self.let(expression)

    def let(self, expression: str) -> str:
        """Name an expression, so that it is computed once."""
        for line in self.lines:  # the same text means the same value: nothing in a body is assigned twice
            name, _, known = line.removeprefix("let ").partition(" = ")
            if known == expression + ";":
                return name
        name = f"t{len(self.lines)}"
        self.lines.append(f"let {name} = {expression};")
        return name


def _runs(axes: Iterable[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """(length, length inside, start inside, stride inside) of axes, those without padding joined to one another."""
    runs: list[tuple[int, int, int, int]] = []
    for length, kept, before, stride in axes:
        if runs and length == kept and runs[-1][0] == runs[-1][1]:
            runs[-1] = (runs[-1][0] * length, runs[-1][1] * kept, 0, stride)
        else:
            runs.append((length, kept, before, stride))
    return runs
