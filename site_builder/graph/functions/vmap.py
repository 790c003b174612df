"""A function of one example, or of one model, applied to many at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..arrays import array_constant, is_array
from ..mapping import for_all, stand_in, taken_apart
from ..program import Variable, bound_of
from ..tensor import Tensor, caller, fail
from .views import axis_of, moved

__all__ = ["vmap"]

Axes = int | tuple[int | None, ...] | None


def vmap(
    f: Callable[..., Any], in_axes: int | tuple[int | None, ...] = 0, out_axes: int | tuple[int, ...] = 0
) -> Callable[..., Any]:
    """A function of many that is `f` of each one of them: vmap(f)(x)[n] is f(x[n]), computed all at once.

    `f` is traced once, for one. Its arguments are tensors, or tuples, lists and dicts of such, and so is what it
    gives. Within it the axis of many is not there: a mean is over one's own numbers, and a gradient is that of one:

        def loss(x, label):
            return g.sum(g.cross_entropy(net(x[None]), label[None]))  # of a batch of one

        each = g.vmap(lambda x, label: g.gradients(loss(x, label), weights))(images, labels)  # of every example

    in_axes   along which axis of its tensors many stand: one number, or one for each argument, None for what all share
    out_axes  along which axis of what it gives they stand, likewise for each of a tuple
    What it draws, each draws of its own; what is drawn outside of it, all share. Named arguments are the same for all.
    As `jax.vmap`, and `torch.func.vmap(randomness="different")`, which says in_dims and out_dims.
    """
    if not in_axes and in_axes != 0:
        raise fail("vmap: in_axes is an axis, or one for each argument, found ()", caller())

    def of_many(*operands: Any, **named: Any) -> Any:
        return mapped(lambda *one: f(*one, **named), operands, in_axes, out_axes)

    return of_many


def mapped(
    function: Callable[..., Any],
    operands: Sequence[Any],
    in_axes: Axes,
    out_axes: int | tuple[int, ...],
    count: int | None = None,
    known: Mapping[int, Tensor] | None = None,
    own: Sequence[tuple[Variable, Tensor]] = (),
) -> Any:
    """What `vmap` gives of operands. `count`: of so many models, for whose `known` and `own` see `for_all`."""
    axes = in_axes if isinstance(in_axes, tuple) else (in_axes,) * len(operands)
    if len(axes) != len(operands):
        raise fail(f"vmap: in_axes has {len(axes)} axes for {len(operands)} arguments", caller())
    stands, ones, lengths = dict(known or {}), [], {} if count is None else {count: f"{count} models"}
    for operand, axis in zip(operands, axes, strict=True):
        one, inputs = _one(operand, axis)
        ones.append(one)
        stands |= {x.number: whole for x, whole in inputs}
        for x, whole in inputs:
            lengths.setdefault(whole.shape[0], f"{whole.shape[0]} of {x.type}")
    if len(lengths) != 1:
        found = " and ".join(lengths.values()) or "none"
        raise fail(f"vmap: all mapped axes have one length, found {found}", caller(), "See in_axes")

    def traced() -> Any:
        result = function(*ones)
        try:
            taken_apart(result)
        except TypeError as error:
            found = f"vmap: its function gives a tensor, or a tuple, list or dict of such, found {error}"
            raise fail(found, caller()) from None
        return result

    return _placed(for_all(traced, stands, next(iter(lengths)), own), out_axes)


def _one(operand: Any, axis: int | None) -> tuple[Any, list[tuple[Tensor, Tensor]]]:
    """What stands for one of an operand, with each tensor that stands for one and that for all, their axis first."""
    if axis is None:
        return operand, []
    try:
        flat, rebuild = taken_apart(_with_constants(operand))
    except TypeError as error:
        hint = "in_axes is None for what all share"
        raise fail(
            f"vmap: arguments are tensors, or tuples, lists and dicts of such, found {error}", caller(), hint
        ) from None
    inputs = []
    for x in flat:
        whole = moved(x, axis_of("vmap: in_axes", x, int(axis)), 0)
        inputs.append((stand_in(replace(whole.type, shape=whole.shape[1:]), bound_of(x)), whole))
    return rebuild([one for one, _ in inputs]), inputs


def _with_constants(value: Any) -> Any:
    """The value with arrays as tensors. A list without a tensor in it is an array."""
    if isinstance(value, dict):
        return {key: _with_constants(part) for key, part in value.items()}
    if isinstance(value, list | tuple) and _holds_tensors(value):
        return type(value)([_with_constants(part) for part in value])
    return array_constant(value, None, "vmap: an array") if is_array(value) else value


def _holds_tensors(value: Any) -> bool:
    if isinstance(value, list | tuple | dict):
        return any(map(_holds_tensors, value.values() if isinstance(value, dict) else value))
    return isinstance(value, Tensor) or (hasattr(value, "tolist") and not isinstance(value, float | int))


def _placed(result: Any, out_axes: int | tuple[int, ...]) -> Any:
    """What is given for all, with their axis where it is wanted."""
    if isinstance(out_axes, tuple):
        if not isinstance(result, tuple) or len(result) != len(out_axes):
            found = f"{len(result)} of them" if isinstance(result, tuple) else "no tuple"
            raise fail(f"vmap: out_axes are for a tuple of {len(out_axes)}, found {found}", caller())
        return tuple(_placed(part, axis) for part, axis in zip(result, out_axes, strict=True))
    flat, rebuild = taken_apart(result)
    return rebuild([moved(x, 0, axis_of("vmap: out_axes", x, int(out_axes))) for x in flat])
