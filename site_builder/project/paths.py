"""Where things lie: the project, the package, and the files that a project may lack.

In: a project's root, and a name such as "shaders/softmax/softmax.wgsl". Out: a path. The generator comes with kernels,
a theme with its fonts and icons, and the page's runtime. A project that has a file of the same name uses its own, file
by file: its own `static/theme/tokens.css` changes the colours of pages and figures, and nothing else of the theme.

In a checkout these files lie beside the package, in a wheel inside it, as _shaders, _static and _runtime. It does not
know what is in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

PACKAGE = Path(__file__).parents[1]
SHARED = ("demos/runtime", "shaders", "static")  # what the generator comes with, by its place in a project

CACHE = ".cache/build-site"  # in a project: what is derived and kept from one build to the next
RESULTS = "results"  # a post's folder of what its experiments gave, a demo's of what was trained for it

_entered: list[Path] = []


def project() -> Path:
    """The root of the project whose code is being run: that of `entered`, or else the folder that Python is in."""
    return _entered[-1] if _entered else Path.cwd()


@contextmanager
def entered(root: Path) -> Iterator[None]:
    """Inside the block `project()` is `root`."""
    _entered.append(root)
    try:
        yield
    finally:
        _entered.pop()


def shipped(folder: str) -> Path:
    """One of SHARED as the generator comes with it."""
    packaged = PACKAGE / f"_{PurePosixPath(folder).name}"
    return packaged if packaged.is_dir() else PACKAGE.parent / folder


def find(root: Path, name: str) -> Path:
    """The file of this name: the project's own, or else the generator's. It may be missing from both."""
    own = root / name
    if own.exists():
        return own
    for folder in SHARED:
        if name.startswith(f"{folder}/"):
            return shipped(folder) / name.removeprefix(f"{folder}/")
    return own


def is_kept(name: str) -> bool:
    """Whether a file of the project, by its path, is a result, of an experiment or of training, which builds write."""
    parts = PurePosixPath(name).parts
    return len(parts) == 4 and parts[0] in ("posts", "demos") and parts[2] == RESULTS


def shared_files(root: Path) -> dict[str, Path]:
    """Every file below SHARED, by its name in a project: those of the generator, and in their places the project's."""
    found: dict[str, Path] = {}
    for folder in SHARED:
        for place in (shipped(folder), root / folder):
            for path in sorted(place.rglob("*")):
                if path.is_file():
                    found[f"{folder}/{path.relative_to(place).as_posix()}"] = path
    return found
