"""Everything wrong with the posts that can be known before an experiment or a demo runs.

In: the posts, what lies beside them, and what is known of their experiments. Out: for each post the names that it may
use and the images that it shows; or all errors of all posts at once, so that a misspelt name is reported now, and not
after minutes of training. It renders nothing and runs nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..content import Names, Post, check
from ..content.faults import collect_errors, raise_all
from ..content.links import image_path
from ..errors import BuildError, ContentError
from ..figures.build import values_of, wrong_replays
from ..figures.experiments import FileAndName
from .output import refuse_doubles
from .pictures import IMAGES, ImageFile, read_image, stand_in_figure
from .sources import Source

PAGES = ("index.html", "404.html", "feed.xml", "sitemap.xml")  # of the site, besides those of its posts


@dataclass(frozen=True)
class Checked:
    """What a post may name, and the images that it shows, by their paths in the project."""

    names: Names
    images: Mapping[str, ImageFile]


def check_posts(
    sources: Sequence[Source], shared: Names, statics: Collection[str], results: Mapping[FileAndName, Any]
) -> dict[str, Checked]:
    """By slug. Raises every error of every post, and one for an address that two files of the site would have.

    `shared`: what all posts may name. `results`: those of experiments, as far as they are known.
    """
    errors: list[BuildError] = []
    with collect_errors(errors):
        refuse_doubles([*statics, *PAGES, *(f"{source.url.strip('/')}/index.html" for source in sources)])
    checked = {source.post.slug: _checked(source, shared, results, errors) for source in sources}
    raise_all(list({str(error): error for error in errors}.values()))  # a file with a mistake may be quoted twice
    return checked


def shared_names(
    project: Path,
    sources: Sequence[Source],
    demos: Collection[str],
    bibliography: Collection[str],
    statics: Iterable[str],
) -> Names:
    """What all posts may name: each other, what lies in static/, demos and works."""
    return Names(
        project,
        demos=demos,
        bibliography=bibliography,
        posts={source.post.slug: source.post for source in sources},
        urls={source.post.slug: source.url for source in sources},
        paths={"/", *(f"/{path}" for path in statics)},
    )


def _checked(source: Source, shared: Names, results: Mapping[FileAndName, Any], errors: list[BuildError]) -> Checked:
    post, figures = source.post, source.figures
    wrong: list[BuildError] = []
    images, beside = _images(shared.root, post, wrong)
    names = replace(
        shared,
        values=values_of(figures, results),
        experiments=[each.name for each in figures.experiments if (each.file, each.name) not in results],
        figures=[figure.name for figure in figures.figures],
        images=beside,
    )
    wrong += check(post, names)
    wrong += wrong_replays(shared.root, figures, results)
    for use in post.needs.demos:
        with collect_errors(wrong):
            stand_in_figure(post, names.figures, use)
    errors += sorted(wrong, key=lambda error: (error.file != post.file, error.file or "", error.line or 0))
    return Checked(names, images)


def _images(project: Path, post: Post, errors: list[BuildError]) -> tuple[dict[str, ImageFile], set[str]]:
    """The images that a post shows, and the paths of all images in the same folders."""
    found: dict[str, ImageFile] = {}
    beside: set[str] = set()
    for use in post.needs.images:
        with contextlib.suppress(ContentError):  # `check` raises it
            path = image_path(post, use.name, use.line)
            folder = (project / path).parent
            beside |= {(Path(path).parent / each.name).as_posix() for each in folder.glob("*") if each.suffix in IMAGES}
            if (project / path).is_file():
                beside.add(path)
                with collect_errors(errors):
                    found[path] = read_image(project, post, path, use.line)
    return found, beside
