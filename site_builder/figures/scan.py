"""What a post declares to compute and to draw, read from syntax trees without importing them.

In: the post's folder, with a figures.py or, where that would grow too long, the files of a folder figures/. Out: its
experiments and figures by name, each with the digest of the code it depends on. It does not know how they are computed.

The digest of a function covers what it can reach (see `reach`). So a figure's colour does not retrain its experiment,
and neither does a comment.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from site_builder.errors import FigureError
from site_builder.figures.reach import FunctionNode, Statements
from site_builder.project.imports import parse, relative

MARKS = ("experiment", "figure")


@dataclass(frozen=True)
class ExperimentSource:
    """A function marked `@experiment`."""

    file: Path
    name: str
    line: int
    code: str  # digest of what it can reach


@dataclass(frozen=True)
class FigureSource:
    """A function marked `@figure(...)`; the name is the function's with dashes."""

    file: Path
    name: str
    function: str
    line: int
    code: str
    experiments: tuple[str, ...]
    alt: str
    replay: str | None


@dataclass(frozen=True)
class Scan:
    """All that one post declares, file by file in the order of each."""

    folder: Path
    place: str  # figures.py or figures/
    experiments: tuple[ExperimentSource, ...]
    figures: tuple[FigureSource, ...]


def scan(root: Path, folder: Path) -> Scan:
    """Read a post's figures.py, or all of figures/*.py; a post may have neither.

    Raises FigureError with the line where a mark cannot be read, BuildError where a file is not Python.
    """
    one, several = folder / "figures.py", tuple(sorted((folder / "figures").glob("*.py")))
    if one.exists() and several:
        message = "this post has both figures.py and a folder figures/"
        raise FigureError(message, relative(root, one), hint="Move it into the folder, under a name of its own")
    files = several or ((one,) if one.exists() else ())
    found = [_declared(root, file) for file in files]
    experiments = tuple(source for have, _ in found for source in have)
    figures = tuple(source for _, have in found for source in have)
    _refuse_doubles(root, [*experiments, *figures])
    return Scan(folder, "figures/" if several else "figures.py", experiments, figures)


def code_of(root: Path, file: Path, function: str) -> str:
    """The digest of what a function of a file can reach now; "" where there is none of that name."""
    declarations = _Declarations(root, file)
    found = (node for node in declarations.tree.body if isinstance(node, FunctionNode) and node.name == function)
    return next((declarations.code(node) for node in found), "")


def _refuse_doubles(root: Path, sources: Sequence[ExperimentSource | FigureSource]) -> None:
    """What two files call alike: the article could not say which of them it means."""
    places: dict[str, Path] = {}
    for source in sources:
        if places.setdefault(source.name, source.file) != source.file:
            message = f"{source.name} is declared in {places[source.name].name}, too"
            raise FigureError(message, relative(root, source.file), source.line, "Give one of the two another name")


def _declared(root: Path, file: Path) -> tuple[tuple[ExperimentSource, ...], tuple[FigureSource, ...]]:
    reader = _Declarations(root, file)
    functions = [node for node in reader.tree.body if isinstance(node, FunctionNode)]
    experiments = tuple(
        ExperimentSource(file, node.name, node.lineno, reader.code(node))
        for node in functions
        if any(_mark(decorator) == "experiment" for decorator in node.decorator_list)
    )
    known = {source.name for source in experiments}
    figures = tuple(
        reader.figure(node, decorator, known)
        for node in functions
        for decorator in node.decorator_list
        if _mark(decorator) == "figure"
    )
    reader.refuse_doubles([source.name for source in experiments] + [source.function for source in figures])
    return experiments, figures


class _Declarations:
    """One file's tree, and what its functions can reach."""

    def __init__(self, root: Path, file: Path) -> None:
        self.root = root
        self.file = file
        self.tree = parse(file)
        self.statements = Statements(root, file, self.tree, lambda decorator: _mark(decorator) in MARKS)

    def code(self, function: FunctionNode) -> str:
        """The digest of everything `function` can reach."""
        return self.statements.digest(function)

    def figure(self, node: FunctionNode, decorator: ast.expr, known: set[str]) -> FigureSource:
        if not isinstance(decorator, ast.Call):
            raise self.error(decorator, "@figure needs its experiments and an alt text", '@figure(digits, alt="...")')
        experiments = tuple(self.experiment(argument, known) for argument in decorator.args)
        words = {keyword.arg: self.text(keyword) for keyword in decorator.keywords}
        alt = words.pop("alt", None)
        replay = words.pop("replay", None)
        if words:
            raise self.error(decorator, f"@figure knows alt and replay, not {', '.join(map(str, words))}")
        if not alt or not alt.strip():
            raise self.error(decorator, "a figure needs an alt text that says in words what it shows")
        if replay is not None and replay.partition(".")[0] not in experiments:
            raise self.error(decorator, f'replay="{replay}" does not begin with one of the figure\'s experiments')
        name = node.name.replace("_", "-")
        return FigureSource(self.file, name, node.name, node.lineno, self.code(node), experiments, alt, replay)

    def experiment(self, argument: ast.expr, known: set[str]) -> str:
        if not isinstance(argument, ast.Name) or argument.id not in known:
            have = ", ".join(sorted(known)) or "none"
            said = ast.unparse(argument)
            raise self.error(argument, f"{said} is not an experiment of this file", f"Experiments here: {have}")
        return argument.id

    def text(self, keyword: ast.keyword) -> str | None:
        """A keyword's text; it must be written out, since nothing is run to find it."""
        if isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str | None):
            return keyword.value.value
        raise self.error(keyword.value, f"{keyword.arg} must be a plain text, written where the figure is declared")

    def refuse_doubles(self, names: list[str]) -> None:
        for name in names:
            bound = self.statements.binds[name]
            if len(bound) > 1:
                raise self.error(bound[1], f"{name} is defined twice")

    def error(self, node: ast.AST, message: str, hint: str | None = None) -> FigureError:
        return FigureError(message, relative(self.root, self.file), getattr(node, "lineno", None), hint)


def _mark(decorator: ast.expr) -> str | None:
    """The last name of a decorator: @experiment, @figures.experiment and @figure(...) alike."""
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    if isinstance(named, ast.Attribute):
        return named.attr
    return named.id if isinstance(named, ast.Name) else None
