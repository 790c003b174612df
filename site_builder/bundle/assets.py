"""Scripts, styles, fonts and pictures under names that contain the hash of what they hold.

In: the project's demos/*/demo.{js,css}, demos/runtime, static/theme, static/fonts and static/icons. Out: a `Bundle`:
files to publish under /assets/, and where each source went. Bundling happens again only when a source, a kernel or
esbuild's version changed. It does not know pages; they look up a source's URL here.
"""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import BuildError
from ..project.cache import Cache, digest
from ..project.paths import shared_files
from .node import HERE, NodePackages, lock_hash

FOLDER = "assets"
HASH = 10  # hex digits of an asset's sha256 in its name
ENTRIES = (
    *("static/theme/*.css", "static/theme/*.js", "demos/*/demo.js", "demos/*/*.css"),
    *("demos/runtime/load.js", "demos/runtime/replay.js"),
)
BUNDLED = ("static/theme/", "static/fonts/", "static/icons/")  # reached through the bundle, never by their plain path
SOURCES = (".js", ".css", ".wgsl", ".woff2", ".svg", ".png", ".webp", ".jpg", ".json")


@dataclass(frozen=True)
class Bundle:
    """Assets by their path in the site, for each source its URL, and for each script what it cannot do without."""

    files: dict[str, bytes] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)  # "demos/digits/demo.js" -> "/assets/digits-ABCDEFGH.js"
    scripts: dict[str, tuple[str, ...]] = field(default_factory=dict)  # what a script imports, itself last
    styles: dict[str, tuple[str, ...]] = field(default_factory=dict)  # the sheets that a script and its imports import


def asset(name: str, data: bytes) -> tuple[str, bytes]:
    """The path of a file in the site, and its bytes: "digits.json" becomes "assets/digits-0123456789.json"."""
    path = PurePosixPath(name)
    return f"{FOLDER}/{path.stem}-{digest(data)[:HASH]}{path.suffix}", data


def bundle(project: Path, cache: Cache, node: NodePackages) -> Bundle:
    """Bundle everything there is, or take it from the cache. Raises BuildError with the place of a syntax error."""
    sources = _sources(project)
    key = digest(
        lock_hash(),
        (HERE / "bundle.mjs").read_bytes(),
        *(part for name in sorted(sources) for part in (name, sources[name].read_bytes())),
    )
    stored = cache.get("bundle", key)
    if stored is None:
        stored = _run(node, sources)
        cache.put("bundle", key, stored)
    made = _unpack(json.loads(stored)["outputs"])
    for name, path in sources.items():
        if name.startswith("static/icons/"):
            place, data = asset(path.name, path.read_bytes())
            made.files[place] = data
            made.urls[name] = f"/{place}"
    return made


def static_files(project: Path) -> dict[str, bytes]:
    """What lies in static/ outside the bundle, copied as it is: robots.txt, icons."""
    root = project / "static"
    found: dict[str, bytes] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(project).as_posix()
        if path.is_file() and not name.startswith(BUNDLED) and not _hidden(path.relative_to(root)):
            if not path.resolve().is_relative_to(project.resolve()):
                raise BuildError("this link leads out of the project", name, hint="Copy the file here instead")
            found[path.relative_to(root).as_posix()] = path.read_bytes()
    return found


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts) or path.suffix in (".md", ".py")


def _sources(project: Path) -> dict[str, Path]:
    """Everything that a bundle may contain, by its project path, wherever it is installed."""
    own = {path.relative_to(project).as_posix(): path for path in (project / "demos").rglob("*") if path.is_file()}
    return {
        name: path
        for name, path in (own | shared_files(project)).items()
        if path.suffix in SOURCES and "node_modules" not in path.parts
    }


def _entries(sources: Iterable[str]) -> list[str]:
    return sorted(name for name in sources if any(PurePosixPath(name).match(pattern) for pattern in ENTRIES))


def _run(node: NodePackages, sources: Mapping[str, Path]) -> bytes:
    """esbuild on a copy of the sources: its hashes take in their paths, and a copy has the same ones everywhere."""
    entries = [{"in": name, "out": _stem(name)} for name in _entries(sources)]
    with tempfile.TemporaryDirectory(prefix="build-site-") as folder:
        root = Path(folder).resolve()
        for name, path in sources.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, root / name)
        job = {"root": str(root), "entries": entries}
        answer = node.run((HERE / "bundle.mjs").read_text(encoding="utf-8"), json.dumps(job).encode())
    errors = json.loads(answer)["errors"]
    if errors:
        first = errors[0]
        raise BuildError(f"esbuild says: {first['text']}", first["file"], first["line"])
    return answer


def _stem(name: str) -> str:
    """An entry's name in the site, without hash and suffix: a demo is called by its folder."""
    path = PurePosixPath(name)
    return path.parent.name if path.stem == "demo" else path.stem


def _unpack(outputs: list[dict[str, Any]]) -> Bundle:
    made = Bundle()
    by_name = {output["name"]: output for output in outputs}
    for output in outputs:
        made.files[f"{FOLDER}/{output['name']}"] = base64.b64decode(output["data"])
        if output["source"] is not None:
            made.urls[output["source"]] = f"/{FOLDER}/{output['name']}"
    for output in outputs:
        source = output["source"]
        if source is not None and source.endswith(".js"):
            made.scripts[source] = tuple(f"/{FOLDER}/{name}" for name in _reachable(output["name"], by_name))
            made.styles[source] = tuple(made.urls[sheet] for sheet in output["sheets"])
    return made


def _reachable(name: str, outputs: Mapping[str, dict[str, Any]]) -> list[str]:
    """Every chunk that loading `name` will ask for, each after those that it imports."""
    found: dict[str, None] = {}

    def visit(each: str) -> None:
        for imported in outputs[each]["imports"]:
            if imported not in found:
                visit(imported)
        found[each] = None

    visit(name)
    return list(found)
