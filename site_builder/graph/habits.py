"""What is said to authors who write, out of habit, what another library has.

In: a name that there is not, and a table of `other_libraries.py`. Out: a sentence with the author's line.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import GraphError
from .lines import caller, located
from .other_libraries import KEYWORDS


class NoSuchName(GraphError, AttributeError):
    """A name that there is not. Python's own `hasattr` and `getattr` take it for an AttributeError."""


class Habits:
    """What says of an attribute that it does not have what is written here instead, by a table of such."""

    HABITS: ClassVar[Mapping[str, str]]

    def __call__(self, *operands: Any, **named: Any) -> Any:
        raise missing(type(self).__name__, "__call__", self.HABITS, ())

    def __getitem__(self, key: Any) -> Any:
        raise missing(type(self).__name__, "__getitem__", self.HABITS, ())

    def __setattr__(self, name: str, value: Any) -> None:
        given = getattr(type(self), name, None)
        if isinstance(given, property) and given.fset is None:
            raise missing(f"{type(self).__name__}.{name}", "__set__", self.HABITS, ())
        super().__setattr__(name, value)

    if not TYPE_CHECKING:  # to type checkers a misspelt name is an error

        def __getattr__(self, name: str) -> object:
            if name.startswith("__"):
                raise AttributeError(name)
            raise missing(type(self).__name__, name, self.HABITS, [*vars(self), *dir(type(self))])


def missing(
    owner: str, name: str, advice: Mapping[str, str], known: Iterable[str], of_module: bool = False
) -> GraphError:
    """What to raise for `owner.name`, which there is not.

    `of_module`: for Python's modules, of which `from graph import name` would make an AttributeError another error.
    """
    if name in advice:
        kind = GraphError if of_module else NoSuchName
        return kind(f"{owner} has no {name}", *located(caller()), hint=_sentence(advice[name]))
    close = difflib.get_close_matches(name, [each for each in known if not each.startswith("_")], 3)
    hint = f"Meant is perhaps {' or '.join(close)}" if close else None
    return NoSuchName(f"{owner} has no {name}", *located(caller()), hint=hint)


def renamed(name: str, parameters: Iterable[str]) -> str | None:
    """What to say of a keyword that a word does not know; None where there is nothing to say."""
    known = list(parameters)
    here = next((each for each in KEYWORDS.get(name, "").split() if each in known), None)
    if here is not None:
        return f"Here it is {here}"
    return f"It takes {', '.join(known)}" if known else None


def _sentence(advice: str) -> str:
    """The advice as a sentence of its own."""
    return advice if advice[0].isupper() else f"Here it is {advice}"
