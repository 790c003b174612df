"""The Python files of a project: which of them running one runs, found without importing any, and their digests.

In: a Python file of the project. Out: the files that it imports, directly or not; hashes. It does not know what they
are for.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from site_builder.errors import BuildError
from site_builder.project.cache import digest
from site_builder.project.paths import PACKAGE

SKIPPED = ("node_modules", "_site", "__pycache__")  # and whatever begins with a dot


def closure(root: Path, folder: Path, trees: Iterable[ast.AST]) -> list[Path]:
    """The project's Python files that these syntax trees, of a file in `folder`, import, directly or not, in order.

    The generator's own code is left out. Imports made by importlib are not found here: `record.provenance` notes those
    that a run makes.
    """
    found: set[Path] = set()
    waiting = [path for tree in trees for path in _imported(root, folder, tree)]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        waiting += _imported_by(root, path, path.read_bytes())
    return sorted(found)


def parse(path: Path) -> ast.Module:
    """The syntax tree of a Python file. Raises BuildError, with the line, where it is not valid Python."""
    try:
        return ast.parse(path.read_bytes(), str(path))
    except SyntaxError as error:
        raise BuildError(f"this is not valid Python: {error.msg}", path, error.lineno) from error


def file_digest(path: Path) -> str:
    """The hash of a file's bytes; a file that is not there has one too."""
    try:
        return digest(path.read_bytes())
    except OSError:
        return "absent"


def code_digest(path: Path) -> str:
    """The hash of what a Python file does: not of its comments, docstrings and layout. Of one that is no Python, of its
    bytes.
    """
    try:
        return _code_digest(path.read_bytes())
    except OSError:
        return "absent"


@lru_cache(maxsize=1024)
def _code_digest(source: bytes) -> str:
    try:
        return digest(meaning(ast.parse(source)))
    except (SyntaxError, ValueError):
        return digest(source)


def meaning(tree: ast.AST) -> str:
    """A syntax tree as text, without docstrings and places: the same from every version of Python.

    `ast.dump` is not: newer versions have fields that older ones lack, all of them empty in code that both can read,
    and version 3.12 ends a format such as `{x:>{y}}` with an empty text.
    """
    parts: list[str] = []
    _write(tree, parts)
    return "".join(parts)


def _write(value: object, parts: list[str]) -> None:
    if isinstance(value, ast.AST):
        parts += [type(value).__name__, "("]
        for name, field in ast.iter_fields(value):
            kept = field[1:] if name == "body" and _has_docstring(value) else field
            if isinstance(value, ast.JoinedStr):
                kept = [each for each in kept if not (isinstance(each, ast.Constant) and each.value == "")]
            if kept is None or kept == [] or name == "kind":  # `kind`: whether a text was written with a u
                continue
            parts.append(f"{name}=")
            _write(kept, parts)
            parts.append(",")
        parts.append(")")
    elif isinstance(value, list):
        parts.append("[")
        for each in value:
            _write(each, parts)
            parts.append(",")
        parts.append("]")
    else:
        parts.append(ascii(value))  # which texts `repr` escapes differs among versions


def _has_docstring(node: ast.AST) -> bool:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None


def files_digest(root: Path, files: Iterable[Path]) -> str:
    """One digest of Python files and of where they are in the project."""
    return digest(*(f"{relative(root, path)} {code_digest(path)}" for path in files))


def sources_digest(root: Path, file: Path) -> str:
    """The digest of a Python file and of what it imports from the project."""
    return files_digest(root, [file, *closure(root, file.parent, [parse(file)])])


def relative(root: Path, path: Path) -> str:
    """A project file's path as people and other machines know it."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def python_files(path: Path) -> list[Path]:
    """A file, or the Python files in a folder and below it, in a fixed order."""
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def is_authors(root: Path, path: Path) -> bool:
    """Whether a file belongs to the project and not to the engine or to an environment inside it."""
    if not path.is_relative_to(root) or path.is_relative_to(PACKAGE):
        return False
    inside = path.relative_to(root).parts
    return not set(SKIPPED) & set(inside) and not any(part.startswith(".") for part in inside)


@lru_cache(maxsize=1024)
def _imported_by(root: Path, path: Path, source: bytes) -> tuple[Path, ...]:
    """What a file with this source imports. Remembered, since the functions of all figures.py share their models."""
    return tuple(_imported(root, path.parent, parse(path)))


def _imported(root: Path, folder: Path, tree: ast.AST) -> Iterator[Path]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _module_files(root, alias.name.split("."), absolute=True)
        elif isinstance(node, ast.ImportFrom):
            start = folder
            for _ in range(node.level - 1):
                start = start.parent
            base = start if node.level else root
            parts = node.module.split(".") if node.module else []
            for alias in node.names:  # each name may be a module of the package, or a name in it
                yield from _module_files(base, [*parts, alias.name], absolute=not node.level)


def _module_files(base: Path, parts: list[str], absolute: bool) -> Iterator[Path]:
    """The files that importing a dotted name from `base` runs: packages on the way, and the module."""
    if parts[0] == PACKAGE.name and absolute:
        return
    path = base
    for part in parts:
        path = path / part
        for candidate in (path / "__init__.py", path.with_suffix(".py")):
            if candidate.is_file():
                yield candidate
