"""The two marks in a post's figures.py, or in the files of its figures/.

In: the author's functions. Out: the same functions, unchanged. What they declare is read from the file's syntax tree by
`scan`, without importing it; so these decorators only check what the reading relies on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Declared = TypeVar("Declared", bound=Callable[..., Any])


def experiment(function: Declared) -> Declared:
    """Mark `function(lab)` as an experiment: it trains through `lab` and returns a dict of numbers, arrays and records.

    Its numbers are values for the prose (`{value}`), named experiment.key; the dict is what its figures get.
    """
    return function


def figure(*experiments: Callable[..., Any], alt: str, replay: str | None = None) -> Callable[[Declared], Declared]:
    """Mark a function as a figure of the results of `experiments`: it gets them and returns a matplotlib Figure.

    `alt` says in words what the picture shows. `replay` names the record that the reader may run again: an experiment
    with one record in its result, or "experiment.key".
    """
    return lambda function: function
