"""The posts of a project, each with what stands beside it.

In: posts/NN-slug/index.md, and figures.py or figures/. Out: `Source`s in the order of the series, then what is listed
nowhere. It does not know
whether what a post names is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..content import Post, parse
from ..content.faults import collect_errors, raise_all
from ..errors import BuildError, ContentError
from ..figures.scan import Scan, scan

FOLDER = re.compile(r"(\d+)-.+")
RESERVED = ("assets",)  # a post of this slug would lie among the assets


@dataclass(frozen=True)
class Source:
    """A post and what stands beside it."""

    number: int | None  # in the series; None where it is no chapter
    post: Post
    figures: Scan

    @property
    def url(self) -> str:
        return "/" if self.post.matter.front else f"/{self.post.slug}/"


def gather(project: Path, drafts: bool) -> tuple[list[Source], list[str]]:
    """The posts to be published, and the slugs of drafts that are left out. All posts' errors are raised together."""
    errors: list[BuildError] = []
    found: list[Source] = []
    for folder in sorted(path for path in (project / "posts").glob("*/") if not path.name.startswith((".", "_"))):
        if (folder / "index.md").exists():
            with collect_errors(errors):
                found.append(_read(project, folder))
    errors += _duplicates(found)
    raise_all(errors)
    published = [source for source in found if drafts or not source.post.matter.draft]
    left_out = [source.post.slug for source in found if source not in published]
    return sorted(published, key=lambda source: (source.number is None, source.number or 0)), left_out


def demo_files(project: Path) -> dict[str, Path]:
    """Every demo's model.py by the demo's name."""
    return {path.parent.name: path for path in sorted((project / "demos").glob("*/model.py"))}


def unused_figures(sources: Iterable[Source]) -> list[str]:
    """A warning for each figure that its post does not show."""
    warnings = []
    for source in sources:
        shown = {use.name for use in source.post.needs.figures} | {
            f"demo-{use.name}" for use in source.post.needs.demos
        }
        for figure in source.figures.figures:
            if figure.name not in shown:
                file = figure.file.relative_to(source.figures.folder).as_posix()
                warnings.append(
                    f"{source.post.folder}/{file}:{figure.line}: the post does not show the figure {figure.name}."
                )
    return warnings


def _read(project: Path, folder: Path) -> Source:
    name = folder.relative_to(project).as_posix()
    for path in (folder / "index.md", *folder.glob("figures*"), *folder.glob("figures/*.py")):
        if not path.resolve().is_relative_to(project.resolve()):
            file = path.relative_to(project).as_posix()
            raise ContentError("this link leads out of the project", file, hint="Copy the file here")
    errors: list[BuildError] = []
    with collect_errors(errors):
        post = parse(folder / "index.md", project)
    with collect_errors(errors):
        figures = scan(project, folder)
    raise_all(errors)
    match = FOLDER.fullmatch(folder.name)
    listed = post.matter.listed and not post.matter.front
    if match is None and listed:
        hint = "A page that is no chapter says `listed: false`"
        raise ContentError("a post's folder begins with its number in the series, such as 03-depth", name, hint=hint)
    return Source(int(match[1]) if match and listed else None, post, figures)


def _duplicates(found: Sequence[Source]) -> list[BuildError]:
    errors: list[BuildError] = []
    slugs: dict[str, str] = {}
    numbers: dict[int, str] = {}
    for source in found:
        post = source.post
        if post.slug in RESERVED:
            errors.append(ContentError(f"the slug `{post.slug}` is kept for the site's own use", post.file, 1))
        if post.slug in slugs:
            message = f"the slug `{post.slug}` is already that of {slugs[post.slug]}"
            errors.append(ContentError(message, post.file, 1, "Give one of the two another `slug:`"))
        slugs.setdefault(post.slug, post.file)
        if post.matter.front and any(other.post.matter.front for other in found[: found.index(source)]):
            errors.append(ContentError("the first page begins with one post, and there are two", post.file, 1))
        if source.number is None:
            continue
        if source.number in numbers:
            message = f"the number {source.number} is already that of {numbers[source.number]}"
            errors.append(ContentError(message, post.folder, hint="Rename one of the two folders"))
        numbers.setdefault(source.number, post.folder)
    return errors
