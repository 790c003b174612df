"""demos/WORDS.md, the words in which models are written, generated from their signatures and docstrings.

`python -m tests.word_table` writes it anew; a test holds the file to it.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from site_builder import graph, nn
from site_builder.graph import Model

MANUAL = Path(__file__).resolve().parents[1] / "demos" / "WORDS.md"
HEAD = """# The words of models

What a `model.py` may say: functions of `site_builder.graph` (`g`), methods of a model, and layers and optimisers of
`site_builder.nn`. Names and meanings are NumPy's and PyTorch's where these agree; a name that only one of them has is
answered by a sentence with the word here. All of it is in the docstrings: `help(g.einsum)`. Whole models, each with the
same in PyTorch beside it: [the zoo](../tests/zoo/README.md) and [worked examples](../tests/zoo/worked/README.md).
`python -m tests.word_table` writes this page.
"""


def manual() -> str:
    """The page as it should be."""
    parts = [HEAD, *(_of_module(module, graph) for module in _modules("site_builder.graph.", _functions()))]
    public = [getattr(Model, name) for name in vars(Model) if not name.startswith("_")]
    methods = [method for method in public if callable(method)]
    parts.append(_section("A model", "its variables and programs", "model.", methods))
    parts += [_of_module(module, nn) for module in _modules("site_builder.nn.", [getattr(nn, n) for n in nn.__all__])]
    return "\n".join(parts)


def _functions() -> list[Any]:
    words = (getattr(graph, name) for name in dir(graph) if not name.startswith("_"))
    return [word for word in words if inspect.isfunction(word) and word.__module__.startswith("site_builder.graph")]


def _modules(prefix: str, words: list[Any]) -> list[ModuleType]:
    """Those in which the words stand, in the order of their names."""
    names = {word.__module__ for word in words if getattr(word, "__module__", "").startswith(prefix)}
    return [sys.modules[name] for name in sorted(names)]


def _of_module(module: ModuleType, home: ModuleType) -> str:
    words = [getattr(home, name) for name in dir(home) if not name.startswith("_")]
    own = [word for word in words if callable(word) and getattr(word, "__module__", "") == module.__name__]
    title = module.__name__.rpartition(".")[2].replace("_", " ")
    title = f"Layers: {title}" if home is nn else title.capitalize()
    said = _first(module).rstrip(".")
    return _section(title, said[0].lower() + said[1:], "nn." if home is nn else "g.", own)


def _section(title: str, said: str, prefix: str, words: list[Callable[..., Any]]) -> str:
    rows = "".join(f"| `{prefix}{_signature(word)}` | {_first(word)} |\n" for word in words)
    return f"## {title}: {said}\n\n| word | what it gives |\n|---|---|\n{rows}"


def _signature(word: Callable[..., Any]) -> str:
    """Its name, and its parameters with the numbers that they have by default."""
    parameters = [p for p in inspect.signature(word).parameters.values() if p.name not in ("self", "function")]
    return f"{word.__name__}({', '.join(map(_parameter, parameters))})".replace("|", "\\|")


def _parameter(p: inspect.Parameter) -> str:
    stars = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
    shown = p.default is None or isinstance(p.default, bool | int | float | str | tuple)
    return f"{stars}{p.name}={p.default!r}" if shown else f"{stars}{p.name}"


def _first(described: Any) -> str:
    """The first sentence of a docstring."""
    text = " ".join((inspect.getdoc(described) or "").partition("\n\n")[0].split())
    sentence = re.split(r"(?<=[^.]\.) (?=[A-Z`])|: (?=[A-Z][a-z]+ )", text)[0]
    return sentence.replace("|", "\\|")


if __name__ == "__main__":
    MANUAL.write_text(manual(), encoding="utf-8")
