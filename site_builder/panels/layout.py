"""Panels, laid out in a process of Node that has as much of a browser as they need.

In: the project, and for each demo the ids of the elements that posts have of it. Out: a `Panel` of each demo, from the
cache where no script has changed. A demo whose scripts fail is a BuildError with file and line. One process lays out
all demos, on a copy of the sources: a project's own files take the place of single ones of the generator's.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..bundle.node import NodePackages, lock_hash
from ..errors import BuildError
from ..project.cache import Cache, digest
from ..project.paths import shared_files
from .definition import DemoDefinition, definition
from .failures import failures

HERE = Path(__file__).parent
SCRIPTS = ("panels.mjs", "browser.mjs", "shapes.mjs", "known.mjs")
SECONDS = 20.0  # that a process may take
SOURCES = (".js", ".css", ".wgsl", ".json")
KIND = "panels"
Sources = Mapping[str, Path]  # by their names in a project


@dataclass(frozen=True)
class Panel:
    """A demo's panel: by the id of an element its HTML before and behind the static figure, and the rules it needs."""

    html: Mapping[str, tuple[str, str]]
    rules: Mapping[str, Sequence[str]]  # class -> declarations
    definition: DemoDefinition

    @property
    def sheet(self) -> list[str]:
        """The rules of a style sheet: they stand for style attributes, which win over all other rules."""
        return [f".{name}{{{_important(each)}}}" for name, each in self.rules.items()]


def panels(
    project: Path, cache: Cache, node: NodePackages, ids: Mapping[str, Iterable[str]], errors: list[BuildError]
) -> dict[str, Panel]:
    """By the demos' names. `errors` grows by what is wrong with single demos; raises BuildError where Node fails."""
    if not ids:
        return {}
    sources = _sources(project)
    wanted = []
    for name in sorted(ids):
        if f"demos/{name}/demo.js" in sources:
            wanted.append({"name": name, "ids": sorted(ids[name])})
        else:
            hint = f'Write one that calls define("{name}", …); demos/README.md says how'
            errors.append(BuildError("this demo has no demo.js", f"demos/{name}", hint=hint))
    made = {}
    for answer in _answers(cache, node, sources, wanted):
        name = answer["name"]
        scripts = _scripts(sources, name)
        if wrong := failures(name, scripts, answer):
            errors += wrong
        else:
            html = {each: (before, behind) for each, (before, behind) in answer["html"].items()}
            made[name] = Panel(html, answer["rules"], definition(name, scripts, answer["definition"]))
    return made


def _sources(project: Path) -> Sources:
    """The demos' scripts and all that they import."""
    own = {path.relative_to(project).as_posix(): path for path in (project / "demos").rglob("*") if path.is_file()}
    files = shared_files(project) | own
    return {name: path for name, path in sorted(files.items()) if _is_source(name)}


def _is_source(name: str) -> bool:
    return name.startswith(("demos/", "shaders/")) and name.endswith(SOURCES) and "/node_modules/" not in name


def _scripts(sources: Sources, name: str) -> dict[str, str]:
    """The texts of a demo's own scripts, demo.js first."""
    first, folder = f"demos/{name}/demo.js", f"demos/{name}/"
    others = [each for each in sources if each.startswith(folder) and each.endswith(".js") and each != first]
    return {each: sources[each].read_text(encoding="utf-8") for each in (first, *others)}


def _answers(cache: Cache, node: NodePackages, sources: Sources, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of one process or, where that takes too long, of one for each demo: then it is known whose fault it is."""
    try:
        answers: list[dict[str, Any]] = json.loads(_laid_out(cache, node, sources, json.dumps(wanted)))
    except TimeoutError:
        if len(wanted) == 1:
            return [{"name": wanted[0]["name"], "endless": SECONDS}]
        return [answer for each in wanted for answer in _answers(cache, node, sources, [each])]
    return answers


def _laid_out(cache: Cache, node: NodePackages, sources: Sources, wanted: str) -> bytes:
    """What panels.mjs answers. Only what is not a failure of an author's script is kept."""
    code = [(HERE / name).read_bytes() for name in SCRIPTS]
    key = digest(
        lock_hash(), *code, wanted, *(part for name, path in sources.items() for part in (name, path.read_bytes()))
    )
    stored = cache.get(KIND, key)
    if stored is None:
        stored = _run(node, sources, wanted)
        cache.put(KIND, key, stored)
    return stored


def _run(node: NodePackages, sources: Sources, wanted: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="build-site-") as folder:
        root = Path(folder).resolve()
        for name, path in sources.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, root / name)
        (root / "package.json").write_text('{"type": "module"}', encoding="utf-8")
        script = (HERE / SCRIPTS[0]).read_text(encoding="utf-8")
        return node.run(script, wanted.encode(), str(HERE), str(root), seconds=SECONDS)


def _important(declarations: Sequence[str]) -> str:
    return ";".join(f"{each}!important" for each in declarations)
