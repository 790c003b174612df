"""Sums of products, by the letters of axes.

In: "bij,bjk->bik" and tensors. Out: products of matrices where two tensors share a letter that is summed over, and
elementwise products and sums elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..tensor import Tensor, caller, fail
from .matrix import diagonal, matmul
from .reduce import sum
from .views import reshape, transpose

__all__ = ["einsum"]

DOTS = "…"  # an axis that `...` stands for is this and its number from the last


@dataclass(frozen=True)
class Named:
    """A tensor with a name for each axis: a letter, or `DOTS` and a number."""

    x: Tensor
    names: tuple[str, ...]

    def length(self, names: Sequence[str]) -> int:
        """How many elements these axes have together."""
        return math.prod(self.x.shape[self.names.index(name)] for name in names)

    def ordered(self, names: Sequence[str]) -> Tensor:
        """The tensor with its axes in this order, and axes of length 1 for names that it lacks."""
        own = [name for name in names if name in self.names]
        x = transpose(self.x, tuple(self.names.index(name) for name in own))
        return reshape(x, tuple(self.length([name]) if name in own else 1 for name in names))


def einsum(subscripts: str, *tensors: Tensor) -> Tensor:
    """Sums of products: a letter for each axis of each tensor, and after `->` those that stay; the others are summed.

    "bij,bjk->bik" is a batched matrix product, "ij->ji" a transpose, "ii" a trace, "...i,...i->..." a product of rows.
    Without `->` the letters that stand once stay, in the order of the alphabet. Axes of length 1 are repeated. Several
    tensors are multiplied from the left to the right; as in NumPy and PyTorch.
    """
    given, arrow, wanted = subscripts.replace(" ", "").partition("->")
    parts = given.split(",")
    if len(parts) != len(tensors):
        raise _refused(subscripts, f"names {len(parts)} tensors, found {len(tensors)}")
    terms = [_diagonals(Named(x, _named(subscripts, part, x))) for part, x in zip(parts, tensors, strict=True)]
    terms = _of_one_length(subscripts, terms)
    kept = _kept(subscripts, terms, wanted if arrow else None, given)
    result = _summed(terms[0], {*kept, *_names(terms[1:])})
    for n, term in enumerate(terms[1:], 2):
        later = {*kept, *_names(terms[n:])}
        result = _product(result, _summed(term, {*later, *result.names}), later)
    return result.ordered(kept)


def _refused(subscripts: str, why: str) -> Exception:
    return fail(f"einsum: {subscripts!r} {why}", caller())


def _named(subscripts: str, part: str, x: Tensor) -> tuple[str, ...]:
    """A name for each axis of x."""
    before, dots, after = part.partition("...")
    wrong = [c for c in before + after if not (c.isascii() and c.isalpha())]
    if wrong:
        raise _refused(subscripts, f"has {wrong[0]!r}, where a letter, a comma, `...` or `->` is expected")
    more = len(x.shape) - len(before) - len(after)
    if more < 0 or (more and not dots):
        raise _refused(subscripts, f"names {len(before) + len(after)} axes by {part!r}, found {x.type}")
    return (*before, *(f"{DOTS}{n}" for n in reversed(range(more))), *after)


def _diagonals(term: Named) -> Named:
    """Of a letter that stands twice, the elements whose places along both axes are equal."""
    for name in dict.fromkeys(term.names):
        while term.names.count(name) > 1:
            first = term.names.index(name)
            second = term.names.index(name, first + 1)
            if term.x.shape[first] != term.x.shape[second]:
                raise fail(f"einsum: the axes {name!r} of {term.x.type} differ in length", caller())
            rest = tuple(n for at, n in enumerate(term.names) if at not in (first, second))
            term = Named(diagonal(term.x, 0, first, second), (*rest, name))
    return term


def _of_one_length(subscripts: str, terms: Sequence[Named]) -> list[Named]:
    """The terms without axes of length 1 whose names are longer elsewhere."""
    lengths = {name: {term.length([name]) for term in terms if name in term.names} - {1} for name in _names(terms)}
    for name, found in lengths.items():
        if len(found) > 1:
            raise _refused(subscripts, f"has {name.replace(DOTS, '...')!r} of lengths {sorted(found)}")
    names = [tuple(n for n in t.names if t.length([n]) > 1 or not lengths[n]) for t in terms]
    return [Named(reshape(t.x, tuple(t.length([n]) for n in own)), own) for t, own in zip(terms, names, strict=True)]


def _names(terms: Sequence[Named]) -> list[str]:
    return [name for term in terms for name in term.names]


def _kept(subscripts: str, terms: Sequence[Named], wanted: str | None, given: str) -> tuple[str, ...]:
    """The names of the result's axes, in order."""
    known = set(_names(terms))
    dots = tuple(sorted((n for n in known if n.startswith(DOTS)), key=lambda n: -int(n[1:])))
    if wanted is None:
        return (*dots, *sorted(name for name in known if given.count(name) == 1))
    before, has_dots, after = wanted.partition("...")
    if dots and not has_dots:
        raise _refused(subscripts, "has `...` before `->` and not after it: what it stands for would be lost")
    for name in before + after:
        if name not in known:
            raise _refused(subscripts, f"has {name!r} after `->`, which no tensor has")
        if (before + after).count(name) > 1:
            raise _refused(subscripts, f"has {name!r} twice after `->`")
    return (*before, *dots, *after)


def _summed(term: Named, kept: set[str]) -> Named:
    """The term, summed over what nobody keeps."""
    gone = tuple(n for n, name in enumerate(term.names) if name not in kept)
    return Named(sum(term.x, gone), tuple(name for name in term.names if name in kept)) if gone else term


def _product(a: Named, b: Named, later: set[str]) -> Named:
    """The product of two terms, summed over what they share and nobody needs later."""
    shared = [name for name in a.names if name in b.names]
    batch, inner = [n for n in shared if n in later], [n for n in shared if n not in later]
    left, right = ([n for n in t.names if n not in shared] for t in (a, b))
    names = (*batch, *left, *right)
    if not inner or not (left or right):
        both = (*names, *inner)
        return _summed(Named(a.ordered(both) * b.ordered(both), both), later)
    lengths = tuple(a.length([name]) for name in batch)
    rows, columns, between = a.length(left), b.length(right), a.length(inner)
    # A matrix that is turned round where it lies needs no copy.
    form = "nn"
    if a.names == (*batch, *inner, *left) and left:
        form = "tn"
    elif b.names == (*batch, *right, *inner) and right:
        form = "nt"
    first = (*batch, *inner, *left) if form == "tn" else (*batch, *left, *inner)
    second = (*batch, *right, *inner) if form == "nt" else (*batch, *inner, *right)
    x = reshape(a.ordered(first), (*lengths, *((between, rows) if form == "tn" else (rows, between))))
    y = reshape(b.ordered(second), (*lengths, *((columns, between) if form == "nt" else (between, columns))))
    shape = (*lengths, *(a.length([n]) for n in left), *(b.length([n]) for n in right))
    return Named(reshape(matmul(x, y, form), shape), names)
