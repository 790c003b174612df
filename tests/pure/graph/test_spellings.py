"""What authors write who know NumPy and PyTorch: it works, or is one sentence at their line, no error of Python's."""

from __future__ import annotations

import ast
import math
from typing import Any

import numpy as np
import pytest
import torch

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor, other_libraries
from site_builder.run import numpy_runner

from .spellings import sentences, works

AUTHOR = "author.py"
NUMBERS: dict[str, Any] = {
    "x": np.array([[1.5, -0.25, 0.75], [-2.0, 0.5, 1.0]]),
    "y": np.array([[0.5, 2.0, -1.0], [1.25, -0.5, 3.0]]),
    "w": np.linspace(-1, 1, 12).reshape(3, 4),
    "v": np.array([1.0, -2.0, 0.5]),
    "n": np.array([1, 0], np.uint32),
}
LIBRARIES = {"g": g, "nn": nn, "np": np, "torch": torch, "math": math}
WORKS = {text: other for group in works.GROUPS.values() for text, other in group.items()}
SENTENCES = {text: said for group in sentences.GROUPS.values() for text, said in group.items()}


def model() -> tuple[Model, dict[str, Any]]:
    """A model, and the names that a spelling may use."""
    m = Model("m")
    names = {
        name: m.input(name, each.shape, dtype="u32" if each.dtype == np.uint32 else "f32")
        for name, each in NUMBERS.items()
    }
    return m, {**LIBRARIES, **names, "m": m}


def value(text: str, names: dict[str, Any]) -> Any:
    """What the last line is, when the others have run."""
    *before, last = ast.parse(text).body
    assert isinstance(last, ast.Expr)
    exec(compile(ast.Module(before, []), AUTHOR, "exec"), names)
    return eval(compile(ast.Expression(last.value), AUTHOR, "eval"), names)


def computed(text: str) -> Any:
    """A spelling's value in a model, by the NumPy runner where it is a tensor."""
    m, names = model()
    found: list[Any] = []

    @m.program
    def run() -> dict[str, Tensor]:
        found.append(value(text, names))
        return {"found": found[0]} if isinstance(found[0], Tensor) else {}

    if not isinstance(found[0], Tensor):
        return found[0]
    runner = numpy_runner(m)
    for name, numbers in NUMBERS.items():
        runner.write(name, numbers)
    runner.run("run")
    return runner.read("found")


def test_there_are_enough_of_them() -> None:
    assert len(WORKS) >= 100
    assert len(SENTENCES) >= 100


def test_no_habit_is_a_word() -> None:
    """What there is here is found, and its row would say that there is something else."""
    assert [name for name in other_libraries.OF_WORDS if name in vars(g)] == []
    assert [name for name in other_libraries.OF_LAYERS if name in vars(nn)] == []
    assert [name for name in other_libraries.OF_TENSORS if hasattr(Tensor, name)] == []


def test_words_are_methods_where_pytorch_has_them() -> None:
    """Else a tensor would not have them, and say that something else is meant."""
    words = [name for name in vars(g) if callable(vars(g)[name]) and not name.startswith("_")]
    wanted = [name for name in words if hasattr(torch.Tensor, name)]
    assert [name for name in wanted if not hasattr(Tensor, name) and name not in other_libraries.OF_TENSORS] == []


@pytest.mark.parametrize("text", WORKS)
def test_it_works_as_in_numpy(text: str) -> None:
    wanted = value(WORKS[text] or text, {**LIBRARIES, **NUMBERS})
    found = computed(text)
    if isinstance(wanted, str | bool):
        assert found == wanted
        return
    assert np.shape(found) == np.shape(wanted)
    np.testing.assert_allclose(np.asarray(found, float), np.asarray(wanted, float), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("text", SENTENCES)
def test_it_is_a_sentence(text: str) -> None:
    lines = text.splitlines()
    at = next((n for n, line in enumerate(lines, 1) if line.endswith("#!")), len(lines))
    with pytest.raises(GraphError) as error:
        exec(compile(text, AUTHOR, "exec"), model()[1])
    assert SENTENCES[text] in str(error.value)
    assert (error.value.file, error.value.line) == (AUTHOR, at)
