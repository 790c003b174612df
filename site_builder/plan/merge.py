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
    here, elsewhere = _Users(dispatches), _Users(others)
    for candidates in _isomorphic(dispatches):
        last = candidates[-1]
        movable = [each for each in candidates[:-1] if here.may_join(each, last)] + [last]
        if len(movable) < 2:
            continue
        merging = [dispatches[place] for place in movable]
        columns = zip(*(d.keys for d in merging), strict=True)
        wanted = [Arena(c) for c, one in zip(columns, _of_one_element(merging[0]), strict=True) if not one]
        members = [member for arena in wanted for member in arena.members]
        if len(set(members)) < len(members):  # one buffer cannot lie at two places, as where all maps read it
            continue
        if any(arenas.get(member, arena) != arena for arena in wanted for member in arena.members):
            continue
        # WebGPU lets no dispatch read one part of an allocation and write another.
        if any(here.both(arena.members) - {*movable} or elsewhere.both(arena.members) for arena in wanted):
            continue
        arenas.update((member, arena) for arena in wanted for member in arena.members)
        here.merge(movable, _merged(merging, arenas))
    return [d for _, d in sorted(here.order.items())]


class _Users:
    """The dispatches of a program by their place in its order, and the places of those that use a buffer."""

    def __init__(self, dispatches: Sequence[Dispatch]) -> None:
        self.order: dict[int, Dispatch] = {}
        self._reads: dict[Key, set[int]] = {}
        self._writes: dict[Key, set[int]] = {}
        for place, d in enumerate(dispatches):
            self._put(place, d)

    def _put(self, place: int, d: Dispatch) -> None:
        self.order[place] = d
        for users, keys in ((self._reads, d.reads), (self._writes, d.writes)):
            for key in keys:
                users.setdefault(key, set()).add(place)

    def may_join(self, place: int, last: int) -> bool:
        """Whether a dispatch may run together with that at `last`: none after it, `last` included, must run after."""
        d = self.order[place]
        later = [self._writes.get(key, set()) for key in (*d.reads, *d.writes)]
        later += [self._reads.get(key, set()) for key in d.writes]
        return not any(place < user <= last for users in later for user in users)

    def both(self, keys: Sequence[Key]) -> set[int]:
        """The places of the dispatches that read some of the buffers and write some."""
        reading, writing = (
            set[int]().union(*(users.get(key, ()) for key in keys)) for users in (self._reads, self._writes)
        )
        return reading & writing

    def merge(self, places: Sequence[int], merged: Dispatch) -> None:
        """Put `merged` at the last of the places, instead of what stands at all of them."""
        for place in places:
            d = self.order.pop(place)
            for users, keys in ((self._reads, d.reads), (self._writes, d.writes)):
                for key in keys:
                    users[key].discard(place)
        self._put(places[-1], merged)


def _isomorphic(dispatches: Sequence[Dispatch]) -> list[list[int]]:
    """The places of maps of one text that touch their own element of a buffer, or element 0 of a common one."""
    classes: dict[object, list[int]] = {}
    for place, d in enumerate(dispatches):
        if not d.pointwise:
            continue
        shared = tuple(k if one else None for k, one in zip(d.keys, _of_one_element(d), strict=True))
        classes.setdefault((d.kernel.wgsl, shared), []).append(place)
    return [places for places in classes.values() if len(places) > 1]


def _of_one_element(d: Dispatch) -> list[bool]:
    """For each buffer, whether every invocation of the map reads its element 0."""
    return [f"{binding.name}[0u]" in d.kernel.wgsl for binding in d.kernel.bindings]


def _merged(dispatches: Sequence[Dispatch], arenas: dict[Key, Arena]) -> Dispatch:
    first = dispatches[0]
    keys = tuple(
        column[0] if len(set(column)) == 1 else arenas[column[0]].key
        for column in zip(*(d.keys for d in dispatches), strict=True)
    )
    count = max(k.type.size for k in keys)
    return Dispatch(first.kernel, (("COUNT", count),), keys, grid(first.kernel, count), in_fours=first.in_fours)
