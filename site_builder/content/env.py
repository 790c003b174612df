"""What rendering is handed: everything that a post refers to and that is not in its Markdown.

Mappings may compute their entries when asked; their keys are what an error suggests from. This module knows no model
and no file but the project's root.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
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
    and the HTML of the figure that stands in for it."""

    title: str
    manifest: str
    html: str
    scripts: Sequence[str] = ()


@dataclass(frozen=True)
class Image:
    """An image file as published: its address and its size in pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True)
class Env:
    """`posts` and `urls` are by slug. `paths`: addresses within the site that are not posts. `images` is by the path
    relative to the project."""

    root: Path
    cache: Cache
    values: Mapping[str, object] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    demos: Mapping[str, DemoElement] = field(default_factory=dict)
    math: Mapping[MathKey, str] = field(default_factory=dict)
    bibliography: Bibliography = field(default_factory=dict)
    posts: Mapping[str, Post] = field(default_factory=dict)
    urls: Mapping[str, str] = field(default_factory=dict)
    paths: Collection[str] = ()
    images: Mapping[str, Image] = field(default_factory=dict)
