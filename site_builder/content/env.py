"""What a post is handed: everything that it refers to and that is not in its Markdown.

Its names are known before anything runs, and so are the mistakes in them; an `Env` has what rendering puts in their
places. The names are what an error suggests from. This module knows no model and no file but the project's root.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path

from ..project.cache import Cache
from .citations import Bibliography
from .math import MathKey
from .post import Post


@dataclass(frozen=True)
class Figure:
    """A figure without its caption: SVG or an image as HTML. `record`: the address of its record, if there is one, and
    `scripts` those of the modules that repeat it, what is imported first."""

    html: str
    width: str = "text"
    record: str | None = None
    scripts: Sequence[str] = ()


@dataclass(frozen=True)
class DemoElement:
    """A demo as a page embeds it: its title, the addresses of its manifest and of its modules, what is imported first,
    and for each of its elements, by its id, the HTML of its panel with the figure that stands in for it."""

    title: str
    manifest: str
    html: Mapping[str, str]
    scripts: Sequence[str] = ()


@dataclass(frozen=True)
class Image:
    """An image file as published: its address and its size in pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True)
class Names:
    """What a post may name. `posts` and `urls` are by slug. `paths`: addresses within the site that are not posts.
    `images` are paths relative to the project. `experiments`: those of the post whose values are not known yet.
    """

    root: Path
    _: KW_ONLY
    values: Mapping[str, object] = field(default_factory=dict)
    experiments: Collection[str] = ()
    figures: Collection[str] = ()
    demos: Collection[str] = ()
    bibliography: Collection[str] = ()
    posts: Mapping[str, Post] = field(default_factory=dict)
    urls: Mapping[str, str] = field(default_factory=dict)
    paths: Collection[str] = ()
    images: Collection[str] = ()


@dataclass(frozen=True)
class Env(Names):
    """The names, and what each stands for. What the post does not use may be missing."""

    cache: Cache
    _: KW_ONLY
    figures: Mapping[str, Figure] = field(default_factory=dict)
    demos: Mapping[str, DemoElement] = field(default_factory=dict)
    math: Mapping[MathKey, str] = field(default_factory=dict)
    bibliography: Bibliography = field(default_factory=dict)
    images: Mapping[str, Image] = field(default_factory=dict)
