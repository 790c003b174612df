"""Running the author's Python: importing a file of the project freshly, and saying where it fails.

In: the project's root and a file in it. Out: the module, or an error with the author's file and line. It does not know
what the file is for.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from site_builder.errors import BuildError
from site_builder.project.imports import is_authors, relative
from site_builder.project.paths import entered


def load_module(root: Path, file: Path) -> ModuleType:
    """Import a file under a name of its own; `from .other import …` finds what lies beside it, whatever their folder is
    called. To be called inside `importing`.
    """
    package = "project_" + "_".join(file.parent.relative_to(root).parts).replace("-", "_")
    sys.modules[package] = ModuleType(package)
    sys.modules[package].__path__ = [str(file.parent)]
    name = f"{package}.{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise BuildError("this file cannot be imported", relative(root, file))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@contextmanager
def importing(root: Path) -> Iterator[None]:
    """The project's root is importable inside the block, and what it imports of the project is forgotten after it.

    The next job of this process may be about a newer state of the same files, or about another project. No bytecode is
    written: an edit within the same second would not outdate it.
    """
    before, wrote, known = list(sys.path), sys.dont_write_bytecode, set(sys.modules)
    sys.path.insert(0, str(root))
    sys.dont_write_bytecode = True
    importlib.invalidate_caches()
    try:
        with entered(root):
            yield
    finally:
        sys.path[:] = before
        sys.dont_write_bytecode = wrote
        # All are looked at before any is dropped: a folder without __init__.py asks its parent where it lies.
        forgotten = [name for name in set(sys.modules) - known if _is_of(root, sys.modules[name])]
        for name in forgotten:
            del sys.modules[name]


def _is_of(root: Path, module: ModuleType) -> bool:
    places = [module.__file__] if getattr(module, "__file__", None) else list(getattr(module, "__path__", []))
    return bool(places) and all(is_authors(root, Path(str(place))) for place in places)


@contextmanager
def located(root: Path, file: Path, what: str, kind: type[BuildError]) -> Iterator[None]:
    """Turns whatever the author's code raises into `kind`, with the author's line where it happened.

    A BuildError stays what it is, and gets the place if it has none.
    """
    try:
        yield
    except BuildError as error:
        if error.file is not None:
            raise
        path, line = _place(root, file, error)
        raise type(error)(error.message, path, line, error.hint) from error
    except (Exception, SystemExit) as error:
        path, line = _place(root, file, error)
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        if isinstance(error, SyntaxError):
            said = f"this is not valid Python: {error.msg}"
        raise kind(f"{what} failed with {said}", path, line) from error


def _place(root: Path, file: Path, error: BaseException) -> tuple[str, int | None]:
    """The innermost line of the author's that took part."""
    if isinstance(error, SyntaxError) and error.filename:
        return relative(root, Path(error.filename)), error.lineno
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if is_authors(root, Path(frame.filename)):
            return relative(root, Path(frame.filename)), frame.lineno
    return relative(root, file), None
