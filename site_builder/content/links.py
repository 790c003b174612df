"""Links and references: from what an author writes to an address that exists.

In: a label, perhaps of another post, a demo's name, or the target of a Markdown link or image; and what there is to be
named. Out: an address or a path. Whatever points at nothing is a ContentError. It asks no network.
"""

from __future__ import annotations

import posixpath
import re
from urllib.parse import quote, unquote

from ..errors import ContentError
from .env import Names
from .html import suggestion
from .labels import Label
from .post import Post

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
ALLOWED = ("https:", "http:", "mailto:")


def reference(post: Post, names: Names, target: str, words: str | None, line: int) -> tuple[str, str]:
    """The address of a label, `fig-x`, `other-slug#fig-x`, or `other-slug` for a whole post; and the words of the link,
    which are the label's own where the author gives none.
    """
    href, own_words = _reference(post, names, target, line)
    if not (words or own_words):
        hint = f"Write {{ref}}`words <{target}>`"
        raise ContentError(f"the label `{target}` has no words of its own", post.file, line, hint)
    return href, words or own_words


def _reference(post: Post, names: Names, target: str, line: int) -> tuple[str, str]:
    slug, mark, anchor = target.rpartition("#")
    if not mark and target not in post.labels and target in names.posts:
        return names.urls[target], names.posts[target].matter.title
    if not mark or slug in ("", post.slug):
        label = _label(post, names, post, anchor, line)
        return f"#{anchor}", label.words
    if slug not in names.posts:
        raise ContentError(f"there is no post `{slug}`", post.file, line, suggestion(slug, names.posts))
    other = names.posts[slug]
    label = _label(post, names, other, anchor, line)
    words = f"{label.words} of {other.matter.title}" if label.number is not None else label.title
    return f"{names.urls[slug]}#{anchor}", words


def _label(post: Post, names: Names, owner: Post, anchor: str, line: int) -> Label:
    if anchor in owner.labels:
        return owner.labels[anchor]
    place = "" if owner is post else f" in the post `{owner.slug}`"
    known = list(owner.labels)
    hint = None
    if owner is post:
        others = [slug for slug, other in names.posts.items() if slug != post.slug and anchor in other.labels]
        hint = f"Perhaps `{others[0]}#{anchor}` is meant" if others else None
        known += names.posts
    raise ContentError(f"there is no label `{anchor}`{place}", post.file, line, hint or suggestion(anchor, known))


def demo(post: Post, names: Names, target: str, line: int) -> str:
    """The address of a demo, `digits` or `digits?seed=3`, where a post shows it."""
    name, mark, state = target.partition("?")
    if name not in names.demos:
        raise ContentError(f"there is no demo `{name}`", post.file, line, suggestion(name, names.demos))
    for other in (post, *names.posts.values()):
        for anchor, label in other.labels.items():
            if label.name == name:
                page = "" if other.slug == post.slug else names.urls[other.slug]
                return f"{page}#{anchor}{mark}{quote(state, safe='=&.,-+:;')}"
    raise ContentError(f"no post shows the demo `{name}`", post.file, line, f"Place it with `:::{{demo}} {name}`")


def image_path(post: Post, src: str, line: int) -> str:
    """The path in the project of the image that a post shows."""
    if SCHEME.match(src) or src.startswith("/"):
        message = f"the image `{src}` is not a file beside the post"
        raise ContentError(message, post.file, line, "Put it into the post's folder")
    path = posixpath.normpath(posixpath.join(post.folder, unquote(src)))
    if "\0" in path:
        raise ContentError(f"`{src}` is not a path", post.file, line)
    if path.startswith("../"):
        raise ContentError(f"the path `{src}` leaves the project", post.file, line)
    return path


def address(post: Post, names: Names, target: str, line: int) -> str:
    """Where a Markdown link leads: another site, `#label`, `/path` of this site, or a post such as ../02-x/index.md."""
    if scheme := SCHEME.match(target):
        if scheme[0].lower() not in ALLOWED:
            hint = "Use https:, http:, mailto: or a path"
            raise ContentError(f"the link `{target}` is not allowed", post.file, line, hint)
        return target
    if target.startswith("//"):
        raise ContentError(f"the link `{target}` has no scheme", post.file, line, "Begin it with https:")
    path, mark, fragment = target.partition("#")
    if not path:
        _check_fragment(post, post, target, line)
        return target
    if path.startswith("/"):
        other = next((each for slug, each in names.posts.items() if names.urls[slug] == path), None)
        if other is None and unquote(path) not in names.paths:
            known = [*names.urls.values(), *names.paths]
            raise ContentError(f"the link `{target}` leads nowhere", post.file, line, suggestion(path, known))
        url = path
    else:
        other = _post_at(post, names, path, target, line)
        url = names.urls[other.slug]
    if other is not None and mark:
        _check_fragment(post, other, target, line)
    return url + mark + fragment


def _post_at(post: Post, names: Names, path: str, target: str, line: int) -> Post:
    folder = posixpath.normpath(posixpath.join(post.folder, unquote(path)))
    folder = folder.removesuffix("/index.md")
    if folder == ".." or folder.startswith("../"):
        raise ContentError(f"the link `{target}` leaves the project", post.file, line)
    for other in names.posts.values():
        if other.folder == folder:
            return other
    known = [posixpath.relpath(other.folder, post.folder) + "/index.md" for other in names.posts.values()]
    raise ContentError(f"the link `{target}` leads to no post", post.file, line, suggestion(path, known))


def _check_fragment(post: Post, owner: Post, target: str, line: int) -> None:
    anchor = unquote(target.partition("#")[2]).partition("?")[0]  # a demo's state follows a question mark
    if anchor not in owner.labels and anchor not in owner.endings:
        raise ContentError(f"the link `{target}` leads to no label", post.file, line, suggestion(anchor, owner.labels))
