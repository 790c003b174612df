"""A dispatch before it has a place in memory: a kernel, and keys of the buffers that stand at its bindings.

What emitting makes of groups, and what merging, norms, placing and sharing rewrite until it becomes a step of a plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ..graph import Type
from ..graph.program import Variable
from .anchors import grid
from .kernels import Kernel

MANY = 1_024  # elements from which a map takes four at once, if they are a multiple of four


@dataclass(frozen=True)
class Key:
    """A buffer before it has a place: a variable by its name, or a program's scratch by its node."""

    name: str
    type: Type
    program: str | None = None  # of a scratch buffer

    def __str__(self) -> str:
        return self.name if self.program is None else f"{self.program}.{self.name}"


@dataclass(frozen=True)
class Variant:
    """Another kernel for the same dispatch, with the same bindings and sizes, on devices with what it requires."""

    kernel: Kernel
    workgroups: tuple[int, int, int]


@dataclass(frozen=True)
class Dispatch:
    """One kernel on buffers. `pointwise`: a map in which each element needs only the same element of its inputs.

    `params`: sizes that the kernel reads when it runs, because it shares its pipeline with others (see share.py).
    `in_fours` makes the kernel of the same map for four elements at once, or None where that would not be worth it.
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
        """The same, four elements at once where that is possible and worth it."""
        count = dict(self.constants).get("COUNT", 0)
        kernel = self.in_fours() if count >= MANY and count % 4 == 0 else None
        if kernel is None:
            return self
        assert [b.name for b in kernel.bindings] == [b.name for b in self.kernel.bindings], "fours bind otherwise"
        return replace(self, kernel=kernel, workgroups=grid(kernel, count // 4))

    @property
    def reads(self) -> set[Key]:
        """Buffers bound for reading alone."""
        return {k for k, b in zip(self.keys, self.kernel.bindings, strict=True) if b.access == "read"}

    @property
    def writes(self) -> set[Key]:
        """Buffers bound for writing, which it may read too."""
        return {k for k, b in zip(self.keys, self.kernel.bindings, strict=True) if b.access == "read_write"}


def variable_key(variable: Variable) -> Key:
    """The key of a variable's buffer."""
    return Key(variable.name, variable.type)
