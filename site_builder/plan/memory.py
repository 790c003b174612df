"""Static memory planning: decides where every buffer lies when the plan is made.

In: all programs' dispatches and the arenas. Out: allocations in bytes, and an (allocation, offset) for each buffer.

Each variable has an allocation of its own, since it lives from run to run; the members of an arena share one. A scratch
buffer lives from the dispatch that writes it to the last one that reads it. Buffers that do not live at the same time
share a *slot*, an allocation that holds one of them after the other. A slot never holds two at once: WebGPU forbids a
dispatch to read one part of a buffer and to write another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..graph.types import BYTES_PER_ELEMENT
from .dispatch import Dispatch, Key
from .merge import Arena, padded

GRAIN = 16  # bytes: allocations are multiples of it, so that kernels may read them as vec4


@dataclass
class Memory:
    """Allocations in bytes, and for each buffer the number of its allocation and its offset there in bytes."""

    allocations: list[int] = field(default_factory=list)
    places: dict[Key, tuple[int, int]] = field(default_factory=dict)
    slots: list[int] = field(default_factory=list)  # the numbers of the allocations that scratch buffers share
    unshared: int = 0  # bytes that scratch buffers would take if each had an allocation

    @property
    def saved(self) -> int:
        """How many bytes are saved because scratch buffers share slots."""
        return self.unshared - sum(self.allocations[slot] for slot in self.slots)

    def allocate(self, size: int) -> int:
        """A new allocation of at least `size` bytes; gives its number."""
        self.allocations.append(-(-size // GRAIN) * GRAIN)
        return len(self.allocations) - 1


def place(programs: Mapping[str, Sequence[Dispatch]], variables: Iterable[Key], arenas: Sequence[Arena]) -> Memory:
    """Give every buffer of all programs a place."""
    memory = Memory()
    for arena in arenas:
        number = memory.allocate(sum(map(padded, arena.members)))
        memory.places[arena.key] = (number, 0)
        memory.places.update((member, (number, offset)) for member, offset in arena.offsets().items())
    for key in variables:
        if key not in memory.places:
            memory.places[key] = (memory.allocate(_bytes(key)), 0)
    for dispatches in programs.values():
        _place_scratch(dispatches, memory)
    return memory


def _place_scratch(dispatches: Sequence[Dispatch], memory: Memory) -> None:
    """Give each scratch buffer of one program a slot. Programs never run at the same time, so that they share slots."""
    last_use: dict[Key, int] = {}
    for position, dispatch in enumerate(dispatches):
        last_use.update((key, position) for key in dispatch.keys if key not in memory.places)
    free, held = list(memory.slots), dict[Key, int]()
    for position, dispatch in enumerate(dispatches):
        for key in dict.fromkeys(k for k in dispatch.keys if k in last_use and k not in memory.places):
            slot = _best(free, memory.allocations, _bytes(key))
            if slot is None:
                slot = memory.allocate(_bytes(key))
                memory.slots.append(slot)
            else:
                free.remove(slot)
                memory.allocations[slot] = max(memory.allocations[slot], -(-_bytes(key) // GRAIN) * GRAIN)
            memory.places[key] = (slot, 0)
            memory.unshared += _bytes(key)
            held[key] = slot
        for key in [k for k in held if last_use[k] == position]:
            free.append(held.pop(key))


def _best(free: Sequence[int], sizes: Sequence[int], wanted: int) -> int | None:
    """The smallest free slot that is large enough, else the largest, which grows; None where none is free."""
    if not free:
        return None
    enough = [slot for slot in free if sizes[slot] >= wanted]
    return min(enough, key=lambda s: (sizes[s], s)) if enough else max(free, key=lambda s: (sizes[s], -s))


def _bytes(key: Key) -> int:
    return key.type.size * BYTES_PER_ELEMENT
