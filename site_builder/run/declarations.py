"""What an author declares of a demo in demos/NAME/model.py: how its model is built, and which run is recorded of it.

It does not know how a demo is recorded or shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import GraphError
from ..graph import Model

Option = str | int | float | bool


@dataclass(frozen=True)
class Recording:
    """A run to be shown without WebGPU: after each of `at` runs of `program`, those of `then`, then `read` is kept.

    `then` must not change what `program` goes on with.
    """

    program: str
    at: Sequence[int]
    then: Sequence[str] = ()
    read: Sequence[str] = ()
    seed: int = 1

    def __post_init__(self) -> None:
        if not self.at or min(self.at) < 0 or list(self.at) != sorted(set(self.at)):
            raise GraphError(f"a recording's `at` counts runs from 0 upwards, each once; found {list(self.at)}")


@dataclass(frozen=True)
class Demo:
    """A model that the reader can run. `build(**options)` gives the Model; every option's first value is the default.

    `inputs()` gives the default experiment: name -> numbers, written before `init`; data that has no source among them.
    """

    title: str
    build: Callable[..., Model]
    recording: Recording
    options: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    inputs: Callable[[], Mapping[str, Any]] = dict
