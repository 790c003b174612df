"""Demos laid out in a project that has nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

import pytest

from site_builder.bundle.node import NodePackages
from site_builder.errors import BuildError
from site_builder.panels import Panel, panels
from site_builder.project.cache import Cache

PROJECT = Path(__file__).parents[3]
IMPORT = 'import { define, h, line, plot } from "../runtime/index.js";\n'
Made = tuple[dict[str, Panel], list[str]]
Lay = Callable[..., Made]


def lay_out(project: Path, scripts: Mapping[str, str], ids: Mapping[str, Iterable[str]] | None = None) -> Made:
    """Demos: their scripts by their places in demos/, and the ids of their elements. Also gives the errors."""
    for name, text in scripts.items():
        (project / "demos" / name).parent.mkdir(parents=True, exist_ok=True)
        (project / "demos" / name).write_text(text, encoding="utf-8")
    errors: list[BuildError] = []
    wanted = ids or {name.partition("/")[0]: [f"demo-{name.partition('/')[0]}"] for name in scripts}
    found = panels(project, Cache(project / "cache"), NodePackages(PROJECT / ".cache"), wanted, errors)
    return found, [str(error) for error in errors]


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """`lay_out` in a project of this test."""
    return partial(lay_out, tmp_path)
