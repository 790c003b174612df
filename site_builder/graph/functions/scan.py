"""Repeating over time: `scan` traces what happens at one time, for all times."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from numbers import Real
from typing import Any

from ..arrays import is_array
from ..ops.elementwise import less
from ..scans import ScanBody, captured_by, leaf, tracing
from ..tensor import Tensor, broadcast, caller, constant, fail, make
from ..types import Type
from .elementwise import where

__all__ = ["scan"]

Structure = Any  # None, `Tensor`, or (tuple or list, shapes), or (dict, keys, shapes)


def scan(
    f: Callable[[Any, Any], tuple[Any, Any]],
    initial: Any,
    xs: Any = None,
    length: int | Tensor | None = None,
    reverse: bool = False,
) -> tuple[Any, Any]:
    """Repeat `carry, y = f(carry, x)` over time; gives the last carry, and the ys of all times along a leading axis.

    initial  the first carry: a tensor, array or number, or a tuple, list or dict of such; `f` gives the like
    xs       a tensor or array, or a tuple, list or dict of such, whose first axis is time: [time, …]; None for no x
    length   without xs: how many times. A u32 scalar tensor, say an input: times from it on leave the carry as it is,
             and give zeros as ys, so that one plan serves shorter sequences
    reverse  from the last time to the first; the y of each time stands where its x does

    `f` is traced once, so that a plan has the kernels of one time, however many there are. What does not depend on the
    time is computed once. What it draws at a time is row `time` of a draw of [time, …] from the same stream; what a
    layer in it exposes can be probed as a sequence, time first. A product's gradients by weights are one product over
    all times. What `gradients` gives within `f` takes the carry as given, whatever it was computed from at other times.
    For example, `scan(lambda c, x: (c + x, c + x), 0.0, x)[1]` are cumulative sums of x. As `jax.lax.scan`.
    """
    _expect_two_arguments(f)
    first, shape = _flat(initial, "the first carry")
    rows, rows_shape = _flat(xs, "xs")
    time, carries, elements = make("time", ()), [leaf(x.type) for x in first], [leaf(_row(x)) for x in rows]
    count = _count(rows, length)
    with tracing(time, count) as traced:
        given = f(_built(shape, iter(carries)), _built(rows_shape, iter(elements)))
        following, results, ys_shape = _checked(given, carries, shape)
        if isinstance(length, Tensor):
            active = less(time, length)
            following = [where(active, new, old) for new, old in zip(following, carries, strict=True)]
            results = [where(active, y, 0) for y in results]
    exposed = [x for _, _, x in traced.exposed]
    captured = captured_by([*following, *results, *exposed], {x.number for x in (time, *carries, *elements)})
    body = ScanBody(count, reverse, time, (*carries,), (*elements,), captured, (*following,), (*results,))
    inputs = (*first, *rows, *captured)
    for expose, name, x in traced.exposed:
        expose(name, body.stack(x, inputs))
    last = _built(shape, (body.last(k, inputs) for k in range(len(first))))
    return last, _built(ys_shape, (body.stack(y, inputs) for y in results))


def _expect_two_arguments(f: Callable[..., Any]) -> None:
    """GraphError where f cannot be called with a carry and an x."""
    signature = inspect.signature(f)
    try:
        signature.bind(None, None)
    except TypeError:
        message = f"scan: f takes the carry and an x, which is None without xs, found f{signature}"
        raise fail(message, caller()) from None


def _checked(given: Any, carries: Sequence[Tensor], shape: Structure) -> tuple[list[Tensor], list[Tensor], Structure]:
    """The next carries and the ys that f has given, and how these lie in tuples, lists and dicts."""
    if not isinstance(given, tuple) or len(given) != 2:
        raise fail(f"scan: f gives the next carry and a y, which may be None, found {_shown(given)}", caller())
    following, next_shape = _flat(given[0], "the next carry")
    if next_shape != shape:
        raise fail(f"scan: the next carry is made as the first one, found {_shown(given[0])}", caller())
    following = [broadcast(x, old.shape) if not x.shape else x for x, old in zip(following, carries, strict=True)]
    for new, old in zip(following, carries, strict=True):
        if new.type != old.type:
            raise fail(f"scan: the carry is {old.type}, and f gives {new.type} as the next one", caller())
    return following, *_flat(given[1], "what f gives at each time")


def _row(x: Tensor) -> Type:
    """The type of an element of one time. GraphError for a scalar, which has no times."""
    if not x.shape:
        raise fail(f"scan: xs are [time, …], found {x.type}", caller(), hint="What all times share, f may use as it is")
    return replace(x.type, shape=x.shape[1:])


def _count(rows: Sequence[Tensor], length: int | Tensor | None) -> int:
    """How many times there are."""
    counts = sorted({x.shape[0] for x in rows if x.shape})
    if len(counts) > 1:
        raise fail(f"scan: xs have one number of times, found {' and '.join(map(str, counts))}", caller())
    if isinstance(length, Tensor):
        if length.type != Type((), "u32"):
            raise fail(f"scan: a length is a number or u32[], found {length.type}", caller())
        if not counts:
            hint = "Scan iota(n), where n is the longest that there will be"
            raise fail("scan: without xs a length is a number, found a tensor", caller(), hint=hint)
        return counts[0]
    if length is None and not counts:
        raise fail("scan: without xs it wants a length, found none", caller())
    if length is not None and counts and length != counts[0]:
        hint = "Slice xs, or give the length as a u32 tensor"
        raise fail(f"scan: xs have {counts[0]} times, and the length is {length}", caller(), hint=hint)
    count = counts[0] if length is None else int(length)
    if count < 1:
        raise fail(f"scan: a length is at least 1, found {length}", caller())
    return count


def _flat(value: Any, what: str) -> tuple[list[Tensor], Structure]:
    """The tensors in tuples, lists and dicts, one after the other, and how they lie in these."""
    match value:
        case None:
            return [], None
        case Tensor():
            return [value], Tensor
        case dict():
            keys, parts = tuple(value), [_flat(part, what) for part in value.values()]
            return [x for found, _ in parts for x in found], (dict, keys, tuple(shape for _, shape in parts))
        case tuple() | list():
            parts = [_flat(part, what) for part in value]
            return [x for found, _ in parts for x in found], (type(value), tuple(shape for _, shape in parts))
        case _ if isinstance(value, Real) or is_array(value):
            return [constant(value)], Tensor
    wanted = "a tensor or an array, or a tuple, list or dict of such"
    raise fail(f"scan: {what} is {wanted}, found {_shown(value)}", caller())


def _built(shape: Structure, tensors: Iterator[Tensor]) -> Any:
    """The tensors in tuples, lists and dicts, as `_flat` found them."""
    match shape:
        case None:
            return None
        case (kind, parts):
            return kind([_built(part, tensors) for part in parts])
        case (_, keys, parts):
            return {key: _built(part, tensors) for key, part in zip(keys, parts, strict=True)}
    return next(tensors)


def _shown(value: object) -> str:
    """What a value is, in a few words."""
    if isinstance(value, tuple | list):
        return f"{type(value).__name__} of {', '.join(map(_shown, value)) or 'nothing'}"
    return str(value.type) if isinstance(value, Tensor) else type(value).__name__
