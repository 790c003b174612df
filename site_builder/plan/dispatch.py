"""A dispatch before it has a place in memory: a kernel, and the keys of the buffers at its bindings.

`emit.py` makes dispatches of groups. `merge.py`, `norms.py` and `share.py` rewrite them, `memory.py` gives their
buffers a place, and `lower.py` makes them the steps of a plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..graph import Type
from ..graph.program import Variable
from ..graph.tensor import AuthorLine
from .anchors import grid
from .kernels import Kernel

MANY = 1_024  # elements from which a map takes four at once, if they are a multiple of four


@dataclass(frozen=True)
class Key:
    """What stands for a buffer before it has a place: a variable's name, or the number of a node in a program."""

    name: str
    type: Type
    program: str | None = None  # of a scratch buffer
    line: AuthorLine | None = field(default=None, compare=False, repr=False)  # the author's that it comes from

    def __str__(self) -> str:
        return self.name if self.program is None else f"{self.program}.{self.name}"


@dataclass(frozen=True)
class Variant:
    """Another kernel for a dispatch, for devices with the feature that it requires. Bindings and sizes are the same."""

    kernel: Kernel
    workgroups: tuple[int, int, int]


@dataclass(frozen=True)
class Dispatch:
    """One kernel on buffers.

    pointwise  the kernel is a map, of which an element needs only elements at the same index, and single numbers
    params     sizes that the kernel reads when it runs, since dispatches of other sizes share it (see share.py)
    in_fours   makes the kernel of the same map for four elements at once, or None where that is not worth it
    """

    kernel: Kernel
    constants: tuple[tuple[str, int], ...]
    keys: tuple[Key, ...]
    workgroups: tuple[int, int, int]
    pointwise: bool = False
    variants: tuple[Variant, ...] = ()  # the best first
    params: tuple[tuple[str, int], ...] = ()
    in_fours: Callable[[], Kernel | None] = field(default=lambda: None, compare=False, repr=False)

    def widened(self) -> Dispatch:
        """The dispatch, or the same map for four elements at once where that is possible and worth it."""
        count = dict(self.constants).get("COUNT", 0)
        kernel = self.in_fours() if count >= MANY and count % 4 == 0 else None
        if kernel is None:
            return self
        assert [b.name for b in kernel.bindings] == [b.name for b in self.kernel.bindings], "fours bind otherwise"
        return replace(self, kernel=kernel, workgroups=grid(kernel, count // 4))

    @cached_property
    def reads(self) -> frozenset[Key]:
        """The buffers that the kernel only reads."""
        return frozenset(k for k, b in zip(self.keys, self.kernel.bindings, strict=True) if b.access == "read")

    @cached_property
    def writes(self) -> frozenset[Key]:
        """The buffers that the kernel writes; it may read them, too."""
        return frozenset(k for k, b in zip(self.keys, self.kernel.bindings, strict=True) if b.access == "read_write")


@dataclass(eq=False)
class Passed(Variable):
    """What one part of a program passes on to another, in a scratch buffer."""

    program: str = ""


def variable_key(variable: Variable) -> Key:
    """The key of a variable's buffer."""
    program = variable.program if isinstance(variable, Passed) else None
    return Key(variable.name, variable.type, program, variable.line)
