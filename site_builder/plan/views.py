"""Views as arithmetic on indices: where an element of a view lies in another tensor's buffer.

In: a chain of views (broadcast, reshape, transpose, slice). Out: the tensor at its end, an offset and strides, for
kernels that take strides and for expressions that are spliced into ports. For example, element (r, c) of the transpose
of x [2, 3] is element r + 3 c of x: its offset is 0 and its strides are (1, 3). `pad` and `concatenate` select one of
several values, for which there are no strides; expressions.py writes them as WGSL.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ..graph import Tensor

STRIDED = ("broadcast", "reshape", "slice", "transpose")


@dataclass(frozen=True)
class Place:
    """Which elements of a tensor an expression gives, in row-major order, by an index in WGSL.

    With one lane it is element `index`; with four lanes they are elements 4 index to 4 index + 3.
    """

    index: str
    lanes: int = 1


@dataclass(frozen=True)
class Term:
    """A coordinate along `axis` of a view, from 0 to `length` - 1. One step moves `stride` elements in a buffer."""

    length: int
    stride: int
    axis: int


@dataclass(frozen=True)
class Strided:
    """Element (c_0, c_1, …) of a view is element offset + Σ c_n strides[n] of `base`, in row-major order."""

    base: Tensor
    offset: int
    strides: tuple[int, ...]


def base(x: Tensor) -> Tensor:
    """The tensor whose buffer holds the elements of x in the same order: x, or what was reshaped to x."""
    while x.op == "reshape":
        (x,) = x.inputs
    return x


def strided(x: Tensor, rows: bool = False) -> Strided:
    """The tensor furthest down the chain of which x is a view with one stride for each axis; x itself if there is none.

    With `rows`, the last stride must be 1, so that elements of a row are neighbours there.
    """
    best = Strided(x, 0, row_major(x.shape))
    for base, offset, terms in chain(x, lambda node: False):
        by_axis = [
            [t for t in merged(terms, lambda a, b: a.axis == b.axis) if t.axis == n] for n in range(len(x.shape))
        ]
        if any(len(found) > 1 for found in by_axis):
            break
        strides = tuple(found[0].stride if found else 0 for found in by_axis)
        if not rows or not strides or x.shape[-1] == 1 or strides[-1] == 1:
            best = Strided(base, offset, strides)
    return best


def index_into(x: Tensor, place: Place, stop: Callable[[Tensor], bool]) -> tuple[Tensor, Place] | None:
    """Where the elements of x at `place` lie: a tensor further down the chain, and the place there.

    The chain ends at a tensor for which `stop` holds, or that is no view. Of four elements the place has one lane where
    they are all one element there; None where they are no neighbours there or do not begin at a multiple of four.
    """
    *_, (base, offset, terms) = chain(x, stop)
    runs = [t for t in merged(terms, lambda a, b: True) if t.length > 1]
    if base.size == x.size and [t.stride for t in runs] in ([], [1]):
        return base, place  # with the same index, so that the port finds what it has computed there before
    if not any(t.stride for t in runs):
        return base, Place(f"{offset}u")
    lanes = 1
    if place.lanes == 4:
        *outer, inner = runs
        lanes = 4 if inner.stride else 1
        strides = [t.stride for t in outer] if inner.stride else []
        if inner.stride > 1 or inner.length % 4 or any(n % 4 for n in (*strides, offset * inner.stride)):
            return None
        offset //= lanes
        runs = [Term(t.length, t.stride // lanes, t.axis) for t in outer]
        runs.append(Term(inner.length // 4, inner.stride, inner.axis))
    parts, steps = [], math.prod(t.length for t in runs)
    for position, term in enumerate(runs):
        steps //= term.length
        if term.stride:
            length = term.length if position else None
            parts.append(times(coordinate(place.index, steps, length), term.stride))
    parts += [f"{offset}u"] if offset or not parts else []
    return base, Place(" + ".join(parts), lanes)


def coordinate(index: str, inner: int, length: int | None) -> str:
    """One coordinate of a flat index, as WGSL: a step is `inner` elements, and there are `length` steps.

    `length` is None for the outermost axis, where no remainder is taken.
    """
    steps = index if inner == 1 else f"{index} / {inner}u"
    return steps if length is None else f"{steps} % {length}u"


def times(expression: str, stride: int) -> str:
    """expression · stride, as WGSL. It needs no parentheses, since *, / and % are evaluated from left to right."""
    return expression if stride == 1 else f"{expression} * {stride}u"


def chain(x: Tensor, stop: Callable[[Tensor], bool]) -> list[tuple[Tensor, int, tuple[Term, ...]]]:
    """x and the tensors of which it is a view, each with the offset and the terms by which x indexes it."""
    terms = tuple(Term(n, s, a) for a, (n, s) in enumerate(zip(x.shape, row_major(x.shape), strict=True)))
    found = [(x, 0, terms)]
    while found[-1][0].op in STRIDED and not stop(found[-1][0]):
        step = _through(*found[-1])
        if step is None:
            break
        found.append(step)
    return found


def row_major(shape: Sequence[int]) -> tuple[int, ...]:
    """Strides of a tensor whose elements lie in row-major order."""
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


def span_of(whole: Tensor, number: int) -> tuple[int, int, int]:
    """Of a part of a concatenation, in elements of each row: where it starts, its length, and the whole's length."""
    axis, inner = whole.attributes["axis"], math.prod(whole.shape[whole.attributes["axis"] + 1 :])
    lengths = [part.shape[axis] * inner for part in whole.inputs]
    return sum(lengths[:number]), lengths[number], sum(lengths)


def merged(terms: Sequence[Term], together: Callable[[Term, Term], bool]) -> list[Term]:
    """The terms, in which neighbours are one where `together` allows it and their strides fit."""
    result: list[Term] = []
    for term in terms:
        if term.length == 1:
            continue
        last = result[-1] if result else None
        if last is not None and together(last, term) and last.stride == term.stride * term.length:
            result[-1] = Term(last.length * term.length, term.stride, last.axis)
        else:
            result.append(term)
    return result


def _through(view: Tensor, offset: int, terms: Sequence[Term]) -> tuple[Tensor, int, tuple[Term, ...]] | None:
    """The same index one tensor further down; None where a term runs from one axis of the view into the next."""
    (x,) = view.inputs
    if view.op == "reshape":
        return x, offset, tuple(terms)
    own, moved, shifts = row_major(view.shape), _moved(view), view.attributes.get("starts", (0,) * len(view.shape))
    highest = [offset // s % n for s, n in zip(own, view.shape, strict=True)]
    start = sum((c + shift) * m for c, shift, m in zip(highest, shifts, moved, strict=True))
    result: list[Term] = []
    for term in terms:
        pieces = _pieces(term, view.shape, own)
        if pieces is None:
            return None
        for length, axis, step in pieces:
            highest[axis] += step * (length - 1)
            result.append(Term(length, step * moved[axis], term.axis))
    if any(c >= n for c, n in zip(highest, view.shape, strict=True)):
        return None
    return x, start, tuple(result)


def _moved(view: Tensor) -> tuple[int, ...]:
    """For each axis of a view, how far one step along it moves in the view's input."""
    (x,) = view.inputs
    strides = row_major(x.shape)
    if view.op == "transpose":
        return tuple(strides[axis] for axis in view.attributes["axes"])
    if view.op == "slice":
        return strides
    new = len(view.shape) - len(x.shape)
    kept = (s if n == m else 0 for s, n, m in zip(strides, x.shape, view.shape[new:], strict=True))
    return (*(0,) * new, *kept)


def _pieces(term: Term, shape: Sequence[int], own: Sequence[int]) -> list[tuple[int, int, int]] | None:
    """A term divided into a piece for each axis of `shape` that it runs over: (length, axis, step), outermost first."""
    pieces: list[tuple[int, int, int]] = []
    length, stride = term.length, term.stride
    if stride == 0:
        return [(length, len(shape) - 1, 0)] if shape else []
    while length > 1:
        axis = next((a for a, s in enumerate(own) if shape[a] > 1 and s <= stride), None)
        if axis is None or stride % own[axis]:
            return None
        step = stride // own[axis]
        taken = length
        if step * (length - 1) >= shape[axis]:  # it goes on along the next axis out
            taken = shape[axis] // step
            if shape[axis] % step or length % taken:
                return None
        pieces.insert(0, (taken, axis, step))
        length //= taken
        stride *= taken
    return pieces


def runs_of(axes: Iterable[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """(length, length inside, start inside, stride inside) for the axes of a pad; those without padding are joined."""
    runs: list[tuple[int, int, int, int]] = []
    for length, kept, before, stride in axes:
        if runs and length == kept and runs[-1][0] == runs[-1][1]:
            runs[-1] = (runs[-1][0] * length, runs[-1][1] * kept, 0, stride)
        else:
            runs.append((length, kept, before, stride))
    return runs


def in_fours(runs: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]] | None:
    """The same runs, counted in fours along the last; None where one begins or ends between multiples of four."""
    *outer, (length, kept, before, stride) = runs
    if any(n % 4 for n in (length, kept, before, *(run[3] for run in outer))):
        return None
    return [*((*run[:3], run[3] // 4) for run in outer), (length // 4, kept // 4, before // 4, stride)]
