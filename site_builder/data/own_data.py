"""The data sets that a project makes itself: each a function in demos/NAME/data.py or posts/NAME/data.py.

In: a name such as "demos/stories/tokens", which is the function `tokens` of demos/stories/data.py. Out: the array that
it returns, or one sentence with the author's file and line. Which sets there are, and what they derive from, is found
without importing any. It does not know what computes with them.
"""

from __future__ import annotations

import ast
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from site_builder.errors import BuildError, DataError
from site_builder.project.author import importing, load_module, located
from site_builder.project.imports import parse, relative

if TYPE_CHECKING:
    from site_builder.run.arrays import Array

FOLDERS = ("demos", "posts")
DTYPES = ("float32", "uint32", "uint8")


def is_own(name: str) -> bool:
    """Whether a data set of this name would be the project's, and not one that comes with the generator."""
    return name.partition("/")[0] in FOLDERS


def names(root: Path) -> tuple[str, ...]:
    """Every data set of the project."""
    found = []
    for file in (file for folder in FOLDERS for file in sorted((root / folder).glob("*/data.py"))):
        with suppress(BuildError):  # one that is not Python says so when it is asked for
            found += [f"{relative(root, file.parent)}/{function}" for function in _functions(file)]
    return tuple(found)


def place(root: Path, name: str) -> tuple[Path, int] | None:
    """The file and line of the function that makes a data set; None where there is none.

    Raises BuildError where the file is not valid Python.
    """
    folder, _, function = name.rpartition("/")
    file = root / folder / "data.py"
    if folder.count("/") != 1 or not file.is_file():
        return None
    line = _functions(file).get(function)
    return None if line is None else (file, line)


def make(root: Path, file: Path, line: int, name: str) -> Array:
    """What the function returns. DataError, in the author's file, where it fails or gives no array of DTYPES."""
    import numpy as np

    function = name.rpartition("/")[2]
    with importing(root), located(root, file, f"the data set {name}", DataError):
        made = getattr(load_module(root, file), function)()
    if isinstance(made, np.ndarray) and str(made.dtype) in DTYPES:
        return made
    found = f"{made.dtype}{list(made.shape)}" if isinstance(made, np.ndarray) else type(made).__name__
    message = f"{function}() gives {found}, expected a NumPy array of {', '.join(DTYPES[:-1])} or {DTYPES[-1]}"
    hint = "Return numbers.astype(np.float32), or np.uint32 for indices, or np.uint8 for those below 256"
    raise DataError(message, relative(root, file), line, hint)


def _functions(file: Path) -> dict[str, int]:
    """Name -> line of a file's functions that may be data sets: without arguments, and without _ before their names."""
    return {
        node.name: node.lineno
        for node in parse(file).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not _needs_arguments(node.args)
    }


def _needs_arguments(arguments: ast.arguments) -> bool:
    positional = [*arguments.posonlyargs, *arguments.args]
    return len(positional) > len(arguments.defaults) or None in arguments.kw_defaults
