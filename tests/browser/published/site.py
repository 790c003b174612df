"""The site of this checkout: built once into a folder of its own, served, and known by its pages, demos and sizes.

In: the checkout. Out: a `Published`. What a test does with it, it does not know.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from site_builder.markup import Element, read
from tests.serving import packed

ROOT = Path(__file__).resolve().parents[3]
PARTS = ("site_builder", "posts", "demos", "shaders", "static", "tests/twins", "site.toml", "pyproject.toml")
DEMO = re.compile(r"^:::+\{demo\} (\S+)", re.MULTILINE)
SLUG = re.compile(r"^slug: *(\S+)", re.MULTILINE)


# What its owner sets before it is published.
SETTINGS = """\
url = "https://example.org"
author = "Somebody"
source = "https://example.org/source"
report = "mailto:somebody@example.org"
"""


@dataclass(frozen=True)
class Published:
    """A built site. `seconds` is what the build took."""

    project: Path
    url: str
    seconds: float

    @property
    def folder(self) -> Path:
        return self.project / "_site"

    @property
    def pages(self) -> list[Path]:
        """Every HTML file."""
        return sorted(self.folder.rglob("*.html"))

    def page(self, slug: str) -> Element:
        """A post's page, read."""
        return read((self.folder / slug / "index.html").read_text(encoding="utf-8"))

    def loads(self, slug: str) -> tuple[list[str], list[str]]:
        """The style sheets and the scripts that a post's page names in its head, by their paths."""
        page = self.page(slug)
        styles = [each.attributes["href"] for each in page.walk("link") if each.attributes["rel"] == "stylesheet"]
        scripts = [each.attributes["src"] for each in page.walk("script") if "src" in each.attributes]
        return [name[1:] for name in styles], [name[1:] for name in scripts]

    def size(self, name: str) -> int:
        """Bytes of a file as a host sends it, gzipped."""
        return len(packed(self.folder / name))

    def sizes(self, slug: str) -> dict[str, int]:
        """What a reader who looks at everything loads before a click, by path: HTML, styles, scripts, those of demos.

        Fonts, pictures and what demos compute with are apart.
        """
        styles, scripts = self.loads(slug)
        near = [name[1:] for each in self.page(slug).walk() for name in each.attributes.get("scripts", "").split()]
        return {name: self.size(name) for name in [f"{slug}/index.html", *styles, *scripts, *near]}

    def runtime(self, slug: str) -> dict[str, int]:
        """What all demos share of the scripts that come with those of a page, less their own, by path."""
        own = tuple(f"assets/{name}-" for _, name in demos())
        named = {name[1:] for each in self.page(slug).walk("live-demo") for name in each.attributes["scripts"].split()}
        loader = [name for name in self.loads(slug)[1] if name.startswith("assets/load-")]
        return {name: self.size(name) for name in [*loader, *named] if not name.startswith(own)}

    def largest(self, pattern: str) -> dict[str, int]:
        """The largest of the assets of each model that match, "*-plan-*.json" or "*.wasm", by the model's name."""
        found: dict[str, int] = {}
        for file in sorted(self.folder.glob(f"assets/{pattern}")):
            model = re.sub(r"(-plan)?-[0-9a-f]+$", "", file.stem)
            found[model] = max(found.get(model, 0), self.size(f"assets/{file.name}"))
        return found


def copy_project(folder: Path, warm: bool) -> Path:
    """What a build needs of the checkout; with `warm`, what earlier builds have cached as well.

    The JavaScript tools are shared, so that they are fetched once.
    """
    skipped = shutil.ignore_patterns("__pycache__", "node_modules")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=skipped)
        else:
            shutil.copy(source, folder / part)
    (ROOT / ".cache" / "node").mkdir(parents=True, exist_ok=True)
    (folder / ".cache").mkdir()
    (folder / ".cache" / "node").symlink_to(ROOT / ".cache" / "node")
    cached = ROOT / ".cache" / "build-site"
    if warm and cached.is_dir():
        shutil.copytree(cached, folder / ".cache" / "build-site", ignore=shutil.ignore_patterns("*.lock", "manifest*"))
    return folder


def set_up(project: Path) -> None:
    """Say in its site.toml what an owner says before publishing."""
    settings = project / "site.toml"
    settings.write_text(SETTINGS + settings.read_text(encoding="utf-8"), encoding="utf-8")


def build(project: Path, *arguments: str) -> float:
    """Run build-site there, in a process of its own. Returns the seconds it took; its words are the failure's."""
    command = [sys.executable, "-m", "site_builder.cli", *arguments]
    began = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(project)}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"the site does not build:\n{done.stderr[-2000:]}"
    return time.perf_counter() - began


def posts() -> Iterator[tuple[str, str]]:
    """Slug and text of every post that is not a draft; of the one that opens the contents page, "." for a slug."""
    for file in sorted((ROOT / "posts").glob("*/index.md")):
        text = file.read_text(encoding="utf-8")
        head = text.split("---", 2)[1]
        if not re.search(r"^draft: *true", head, re.MULTILINE):
            found = SLUG.search(head)
            if re.search(r"^front: *true", head, re.MULTILINE):
                yield ".", text
                continue
            yield found[1] if found else re.sub(r"^\d+-", "", file.parent.name), text


def demos() -> list[tuple[str, str]]:
    """Every demo once, on the last post that shows it, which is the one that explains it: (slug, name)."""
    shown = {name: slug for slug, text in posts() for name in DEMO.findall(text)}
    return [(slug, name) for name, slug in shown.items()]
