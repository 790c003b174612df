"""Equal maps over different buffers become one dispatch. For example, an optimiser updates all parameters at once.

In: the dispatches of all programs. Out: fewer dispatches, of which long maps take four elements at once, and *arenas*.

An arena is a row of buffers in one allocation, so that one map over the whole allocation covers all of them. Parameters
form one arena, their gradients another, and so on. All arenas of a map have their members in the same order and with
the same gaps, so that element i of the parameters belongs to element i of the gradients. An arena's size is a multiple
of four elements, whatever its members' sizes are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..graph import Type
from ..graph.types import BYTES_PER_ELEMENT
from .anchors import grid
from .dispatch import Dispatch, Key
from .limits import PROMISED

ALIGNMENT = PROMISED["minStorageBufferOffsetAlignment"]  # bytes


@dataclass(frozen=True)
class Arena:
    """Buffers that lie one after the other. Each begins at a multiple of `ALIGNMENT` bytes."""

    members: tuple[Key, ...]

    @property
    def key(self) -> Key:
        """The whole arena as one buffer."""
        size = sum(padded(k) for k in self.members) // BYTES_PER_ELEMENT
        name, largest = f"arena({', '.join(map(str, self.members))})", max(self.members, key=padded)
        return Key(name, Type((size,), largest.type.dtype), line=largest.line)

    def offsets(self) -> dict[Key, int]:
        """Where each member starts, in bytes."""
        result, offset = {}, 0
        for member in self.members:
            result[member] = offset
            offset += padded(member)
        return result


def padded(key: Key) -> int:
    """How many bytes a member of an arena takes, with the gap behind it."""
    return math.ceil(key.type.size * BYTES_PER_ELEMENT / ALIGNMENT) * ALIGNMENT


def merge(programs: dict[str, list[Dispatch]]) -> tuple[dict[str, list[Dispatch]], list[Arena]]:
    """Merge what can be merged, program by program. The first map that is merged decides where its buffers lie."""
    arenas: dict[Key, Arena] = {}
    result = {}
    for name in sorted(programs, key=lambda n: -len(programs[n])):  # the training step is the longest
        others = [d for other, ds in programs.items() if other != name for d in ds]
        result[name] = _merge_program(programs[name], others, arenas)
    return {name: [d.widened() for d in result[name]] for name in programs}, list(dict.fromkeys(arenas.values()))


def _merge_program(
    dispatches: Sequence[Dispatch], others: Sequence[Dispatch], arenas: dict[Key, Arena]
) -> list[Dispatch]:
    order = list(dispatches)
    for candidates in _isomorphic(order):
        movable = [d for d in candidates[:-1] if _may_join(order, d, candidates[-1])] + [candidates[-1]]
        if len(movable) < 2:
            continue
        columns = zip(*(d.keys for d in movable), strict=True)
        wanted = [Arena(c) for c, one in zip(columns, _of_one_element(movable[0]), strict=True) if not one]
        members = [member for arena in wanted for member in arena.members]
        if len(set(members)) < len(members):  # one buffer cannot lie at two places, as where all maps read it
            continue
        if not all(_may_form(arena, arenas, [*order, *others], movable) for arena in wanted):
            continue
        arenas.update((member, arena) for arena in wanted for member in arena.members)
        position = order.index(movable[-1])
        order[position] = _merged(movable, arenas)
        order = [d for d in order if d not in movable]
    return order


def _isomorphic(dispatches: Sequence[Dispatch]) -> list[list[Dispatch]]:
    """Maps of one text, of which an invocation touches its own element of a buffer, or element 0 of a common one."""
    classes: dict[object, list[Dispatch]] = {}
    for d in dispatches:
        if not d.pointwise:
            continue
        shared = tuple(k if one else None for k, one in zip(d.keys, _of_one_element(d), strict=True))
        classes.setdefault((d.kernel.wgsl, shared), []).append(d)
    return [ds for ds in classes.values() if len(ds) > 1]


def _of_one_element(d: Dispatch) -> list[bool]:
    """For each buffer, whether every invocation of the map reads its element 0."""
    return [f"{binding.name}[0u]" in d.kernel.wgsl for binding in d.kernel.bindings]


def _may_join(order: Sequence[Dispatch], d: Dispatch, last: Dispatch) -> bool:
    """Whether `d` may run together with `last`: no dispatch after `d`, `last` included, must run after it."""
    after = order[order.index(d) + 1 : order.index(last) + 1]
    return not any(d.writes & (x.reads | x.writes) or d.reads & x.writes for x in after)


def _may_form(
    arena: Arena, arenas: dict[Key, Arena], dispatches: Sequence[Dispatch], merged: Sequence[Dispatch]
) -> bool:
    """Whether the members can lie in one allocation. WebGPU lets no dispatch read one part of it and write another."""
    members = set(arena.members)
    if any(arenas.get(member, arena) != arena for member in members):
        return False
    both = (d for d in dispatches if not members.isdisjoint(d.keys) and d.reads & members and d.writes & members)
    return all(d in merged for d in both)


def _merged(dispatches: Sequence[Dispatch], arenas: dict[Key, Arena]) -> Dispatch:
    first = dispatches[0]
    keys = tuple(
        column[0] if len(set(column)) == 1 else arenas[column[0]].key
        for column in zip(*(d.keys for d in dispatches), strict=True)
    )
    count = max(k.type.size for k in keys)
    return Dispatch(first.kernel, (("COUNT", count),), keys, grid(first.kernel, count), in_fours=first.in_fours)
