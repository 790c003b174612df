"""Elementwise ops, sources and views as WGSL expressions, which the lowering splices into a kernel's ports.

In: a tensor and a place: one element, or four neighbours at once. Out: an expression for what the tensor holds there, a
number or a vector of four, with `let` lines before it. For example, y = |a + b| at place i becomes

    let t0 = in0[i]; let t1 = in1[i]; let t2 = t0 + t1; let t3 = abs(t2);   and the expression t3

It knows which buffers the lines touch, not where these lie.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence

from ..graph import Tensor
from ..graph.ops import OPS
from ..graph.passes import constant_of
from ..graph.scans import is_row
from .kernels import Binding, lanes
from .literals import Literals
from .views import STRIDED, Place, coordinate, in_fours, index_into, row_major, runs_of, span_of, times

# What words in braces in the ops' expressions (`Op.wgsl`) stand for, where one element is computed and where four are.
WORDS = {
    1: {"zero": "0.0", "one": "1.0", "whole": "0u", "vec4": "", "f32": "f32", "u32": "u32"},
    4: {
        "zero": "vec4<f32>()",
        "one": "vec4<f32>(1.0)",
        "whole": "vec4<u32>()",
        "vec4": "_vec4",
        "f32": "vec4<f32>",
        "u32": "vec4<u32>",
    },
}
# Of a tensor and a number, which is never NaN: then comparing keeps one of the tensor, and costs no more than max().
BESIDE_NUMBER = {"maximum": "select({0}, {1}, {0} <= {1})", "minimum": "select({0}, {1}, {0} >= {1})"}
# Libraries whose functions of four numbers lie elsewhere.
FOURS = {"scalar": "vector", "signed": "signed_vec4"}
CASTS: dict[tuple[str, str], tuple[str, str]] = {  # (from, to) -> the expression, and its library
    ("f32", "u32"): ("{u32}(max({0}, {zero}))", ""),
    ("u32", "f32"): ("{f32}({0})", ""),
    ("f32", "i32"): ("signed_of{vec4}({0})", "signed"),
    ("i32", "f32"): ("float_of{vec4}({0})", "signed"),
    ("u32", "i32"): ("below_signs{vec4}({0})", "signed"),
    ("i32", "u32"): ("above_0{vec4}({0})", "signed"),
}
# Ops that `Emitter.at` treats itself: arithmetic on indices, or text that depends on the type.
INDEXED = frozenset(
    {"constant", "read", "iota", *STRIDED, "pad", "concatenate", "gather", "scale", "cast", "update_at"}
)


def literal(value: float, dtype: str) -> str:
    """A WGSL literal."""
    if dtype != "f32":
        return f"{int(value) % 2**32}u"
    text = repr(float(value))
    text = text if "." in text or "e" in text else text + ".0"
    return f"({text})" if value < 0 else text


def splat(value: str, word: str) -> str:
    """Four times the same number."""
    return f"vec4<{word}>({value})"


def element(binding: Binding, place: Place) -> str:
    """What a buffer holds at `place`, as WGSL; in an array of vectors, one number is a component of a vector."""
    if place.lanes < lanes(binding.dtype):
        return f"{binding.name}[{place.index} / 4u][{place.index} % 4u]"
    return f"{binding.name}[{place.index}]"


def assigned(binding: Binding, place: Place, value: str) -> list[tuple[str, str]]:
    """(to, what) for each assignment that stores `value` at `place`: four for a vector in an array of numbers."""
    if place.lanes == lanes(binding.dtype):
        return [(element(binding, place), value)]
    assert place.lanes == 4, "one component of a vector is not stored by itself"
    return [
        (f"{binding.name}[4u * {place.index} + {n}u]", f"{value}.{component}") for n, component in enumerate("xyzw")
    ]


def _expression(node: Tensor) -> tuple[str | None, str | None]:
    """The expression of an elementwise op over its inputs, and its library."""
    if node.op == "cast":
        return CASTS[node.inputs[0].dtype, node.dtype]
    numbers = [constant_of(x) is not None for x in node.inputs]
    if node.op in BESIDE_NUMBER and node.dtype == "f32" and sum(numbers) == 1:
        return BESIDE_NUMBER[node.op].format(*(("{0}", "{1}") if numbers[1] else ("{1}", "{0}"))), None
    return OPS[node.op].expression(node.inputs[0].dtype if node.inputs else node.dtype)


class Emitter:
    """Writes the lines of one port. `name_of` gives the key and binding of a node's buffer, or None where it has none.

    `known` holds the expressions for (node, place) that are known: the anchor's `value`, or what a line has computed.
    `whole` becomes false where four neighbours had to be computed one by one.
    """

    def __init__(self, name_of: Callable[[Tensor], tuple[Hashable, Binding] | None]) -> None:
        self.lines: list[str] = []
        self._names: dict[tuple[str, str], str] = {}  # (let or var, expression) -> the name that a line has given it
        self.imports: set[str] = set()
        self.bindings: dict[str, Binding] = {}
        self.known: dict[tuple[int, Place], str] = {}
        self.whole = True
        self._name_of = name_of
        self._literals = Literals(self._has_buffer)
        # A place of one lane -> the four neighbours of which it is one, and its component.
        self._fours: dict[Place, tuple[Place, str]] = {}

    def at(self, node: Tensor, place: Place) -> str:
        """An expression for what `node` holds at `place`."""
        key = (node.number, place)
        if key not in self.known:
            self.known[key] = self._find(node, place)
        return self.known[key]

    def replaced(self, update: Tensor, place: Place) -> list[tuple[Place, str]]:
        """(place, expression) for each store of an `update_at`: where in the tensor `place` in the new value goes."""
        x, at, value = update.inputs
        axis = update.attributes["axis"]
        inner, length = math.prod(x.shape[axis + 1 :]), x.shape[axis]
        if inner % place.lanes:
            return [found for lane in self._apart(place) for found in self.replaced(update, lane)]
        inner, size, i = inner // place.lanes, value.size // place.lanes, place.index
        result = self.at(value, place)
        chosen = f"min({self.at(at, Place(i if value.size == 1 else '0u'))}, {length - 1}u)"
        terms = [times(coordinate(i, inner, None), inner * length)] if size > inner else []
        terms.append(times(chosen, inner))
        terms += [coordinate(i, 1, inner if size > inner else None)] if inner > 1 else []
        return [(Place(self.let(" + ".join(terms)), place.lanes), result)]

    def _find(self, node: Tensor, place: Place) -> str:
        if place.lanes == 4 and node.size == 1:
            return splat(self.at(node, Place("0u")), node.type.word)
        four, component = self._fours.get(place, (place, ""))
        if (node.number, four) in self.known:
            return f"{self.at(node, four)}.{component}"
        buffer = self._name_of(node)
        if buffer:
            return self._load(buffer[1], place)
        return self._compute(node, place) or self._one_by_one(node.type.word, place, lambda lane: self.at(node, lane))

    def joined(self, x: Tensor, path: Sequence[tuple[Tensor, int]], place: Place) -> list[tuple[Place, str]]:
        """(place, expression) for each store of a part x: where in the outermost whole of `path` `place` in x goes."""
        spans = [span_of(whole, number) for whole, number in path]
        if any(n % place.lanes for span in spans for n in span):
            return [found for lane in self._apart(place) for found in self.joined(x, path, lane)]
        index = place.index
        for (whole, _), span in zip(path, spans, strict=True):
            start, width, length = (n // place.lanes for n in span)
            terms = [index]
            if length * place.lanes < whole.size:
                terms = [times(coordinate(index, width, None), length), coordinate(index, 1, width)]
            index = self._index(" + ".join([*terms, f"{start}u"] if start else terms))
        return [(Place(index, place.lanes), self.at(x, place))]

    def _has_buffer(self, node: Tensor) -> bool:
        return self._name_of(node) is not None

    def _load(self, binding: Binding, place: Place) -> str:
        self.bindings[binding.name] = binding
        if place.lanes > lanes(binding.dtype):
            return self._one_by_one(binding.dtype, place, lambda lane: self._load(binding, lane))
        return self.let(element(binding, place))

    def _apart(self, place: Place) -> list[Place]:
        """The places of four neighbours, each with one lane."""
        self.whole = False
        places = [Place(self.let(f"4u * {place.index} + {lane}u")) for lane in range(4)]
        self._fours |= {lane: (place, component) for lane, component in zip(places, "xyzw", strict=True)}
        return places

    def _one_by_one(self, word: str, place: Place, one: Callable[[Place], str]) -> str:
        """A vector of four neighbours, each of which has an expression of its own."""
        return self.let(f"vec4<{word}>({', '.join(map(one, self._apart(place)))})")

    def _compute(self, node: Tensor, place: Place) -> str | None:
        """An expression that computes the node at `place`; None where four neighbours have no common expression."""
        if node.op in STRIDED:
            return self._viewed(node, place)
        match node.op:
            case "constant":
                return literal(node.attributes["value"], node.dtype)
            case "iota":
                return place.index if place.lanes == 1 else self.let(f"4u * {place.index} + vec4<u32>(0u, 1u, 2u, 3u)")
            case "pad":
                return self._padded(node, place)
            case "concatenate":
                return self._joined(node, place)
            case "gather":
                return self._gathered(node, place)
            case "scale":
                scaled, factors = node.inputs
                return self.let(f"{self.at(scaled, place)} * {self._repeated(factors, place)}")
        wgsl, library = _expression(node)
        assert wgsl is not None, f"{node.op} has no expression"
        if library == "random" and place.lanes == 4:
            return None
        if library:
            self.imports.add(FOURS.get(library, library) if place.lanes == 4 else library)
        places = [place if x.size == node.size else Place("0u", place.lanes) for x in node.inputs]
        inputs = list(map(self.at, node.inputs, places))  # no comprehension: its frames would deepen the recursion
        if self._literals.refused(node):
            inputs = [self.let(each, "var") for each in inputs]
        return self.let(wgsl.format(*inputs, **node.attributes, **WORDS[place.lanes], index=place.index))

    def _viewed(self, node: Tensor, place: Place) -> str | None:
        found = index_into(node, place, self._has_buffer)
        if found is None:
            return None
        base, there = found
        value = self.at(base, Place(self._index(there.index), there.lanes))
        return value if there.lanes == place.lanes else splat(value, base.type.word)

    def _repeated(self, factors: Tensor, place: Place) -> str:
        """The factor of a scale for `place`: one for each coordinate along the last axis."""
        if factors.size == 1:
            return self.at(factors, Place("0u", place.lanes))
        if factors.size % place.lanes:
            return self._one_by_one(factors.type.word, place, lambda lane: self._repeated(factors, lane))
        column = coordinate(place.index, 1, factors.size // place.lanes)
        return self.at(factors, Place(self._index(column), place.lanes))

    def _gathered(self, node: Tensor, place: Place) -> str | None:
        table, rows = node.inputs
        width, last = table.size // table.shape[0], f"{table.shape[0] - 1}u"
        if width % place.lanes:
            return None
        width //= place.lanes
        if is_row(node):  # of a time, which is one of the table's
            terms = [times(self.at(rows, Place("0u")), width), place.index]
            return self.at(table, Place(self._index(" + ".join(terms if width > 1 else terms[:1])), place.lanes))
        row = self.at(rows, Place(self._index(coordinate(place.index, width, None))))
        terms = [times(f"min({row}, {last})", width)] + ([f"{place.index} % {width}u"] if width > 1 else [])
        return self.at(table, Place(self._index(" + ".join(terms)), place.lanes))

    def _padded(self, node: Tensor, place: Place) -> str | None:
        (x,), inside, parts, inner = node.inputs, [], [], node.size // place.lanes
        runs = runs_of(zip(node.shape, x.shape, node.attributes["before"], row_major(x.shape), strict=True))
        if place.lanes == 4:
            fours = in_fours(runs)
            if fours is None:
                return None
            runs = fours
        for position, (length, kept, before, stride) in enumerate(runs):
            inner //= length
            steps = coordinate(place.index, inner, length if position else None)
            if kept != length:
                steps = self.let(f"{steps} - {before}u" if before else steps)  # below `before` it wraps, past the end
                inside.append(f"{steps} < {kept}u")
                steps = f"min({steps}, {kept - 1}u)"
            if kept > 1:
                parts.append(times(steps, stride))
        value = self.at(x, Place(self._index(" + ".join(parts) or "0u"), place.lanes))
        zero = literal(0, x.dtype) if place.lanes == 1 else f"vec4<{x.type.word}>()"
        return self.let(f"select({zero}, {value}, {' && '.join(inside)})")

    def _joined(self, node: Tensor, place: Place) -> str | None:
        axis, index = node.attributes["axis"], place.index
        inner, counts = math.prod(node.shape[axis + 1 :]), [part.shape[axis] for part in node.inputs]
        if inner % place.lanes == 0:
            inner //= place.lanes
        elif inner == 1 and not any(count % place.lanes for count in counts):
            counts = [count // place.lanes for count in counts]
        else:
            return None
        length, outermost = sum(counts), math.prod(node.shape[:axis]) == 1
        along = self._index(coordinate(index, inner, None if outermost else length))
        result, start = "", 0
        for part, count in zip(node.inputs, counts, strict=True):
            steps = f"min({along} - {start}u, {count - 1}u)" if start else f"min({along}, {count - 1}u)"
            terms = [] if outermost else [times(coordinate(index, inner * length, None), inner * count)]
            terms.append(times(steps, inner))
            terms += [f"{index} % {inner}u"] if inner > 1 else []
            value = self.at(part, Place(self._index(" + ".join(terms)), place.lanes))
            result = self.let(f"select({result}, {value}, {along} >= {start}u)") if result else value
            start += count
        return result

    def _index(self, expression: str) -> str:
        return expression if expression.isalnum() else self.let(expression)

    def let(self, expression: str, word: str = "let") -> str:
        """Write a line that names the expression, so that it is computed once; gives the name.

        With `var` it names a literal, so that no compiler computes with it.
        """
        name = self._names.setdefault((word, expression), f"t{len(self.lines)}")
        if name == f"t{len(self.lines)}":  # an equal text has an equal value, since no name is assigned twice
            self.lines.append(f"{word} {name} = {expression};")
        return name
