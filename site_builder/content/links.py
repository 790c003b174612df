"""Links and references: from what an author writes to an address that exists.

In: a label, perhaps of another post, or the target of a Markdown link. Out: an address. Whatever points at nothing is a
ContentError. It asks no network.
"""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote

from .html import suggestion
from .labels import Label
from .post import Post
from .writer import Writer

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
ALLOWED = ("https:", "http:", "mailto:")


def reference(writer: Writer, target: str, line: int) -> tuple[str, str]:
    """The address and the words of a label: `fig-x`, `other-slug#fig-x`, or `other-slug` for a whole post."""
    slug, mark, anchor = target.rpartition("#")
    if not mark and target not in writer.post.labels and target in writer.env.posts:
        return writer.env.urls[target], writer.env.posts[target].matter.title
    if not mark or slug in ("", writer.post.slug):
        label = _label(writer, writer.post, anchor, line)
        return f"#{anchor}", label.words
    other = writer.find(writer.env.posts, slug, "post", line)
    label = _label(writer, other, anchor, line)
    words = f"{label.words} of {other.matter.title}" if label.number is not None else label.title
    return f"{writer.env.urls[slug]}#{anchor}", words


def _label(writer: Writer, post: Post, anchor: str, line: int) -> Label:
    if anchor in post.labels:
        return post.labels[anchor]
    place = "" if post is writer.post else f" in the post `{post.slug}`"
    known = list(post.labels)
    if post is writer.post:
        for slug, other in writer.env.posts.items():
            if slug != post.slug and anchor in other.labels:
                raise writer.error(f"there is no label `{anchor}`", line, f"Perhaps `{slug}#{anchor}` is meant")
        known += writer.env.posts
    raise writer.error(f"there is no label `{anchor}`{place}", line, suggestion(anchor, known))


def address(writer: Writer, target: str, line: int) -> str:
    """Where a Markdown link leads: another site, `#label`, `/path` of this site, or a post such as ../02-x/index.md."""
    if scheme := SCHEME.match(target):
        if scheme[0].lower() not in ALLOWED:
            raise writer.error(f"the link `{target}` is not allowed", line, "Use https:, http:, mailto: or a path")
        return target
    if target.startswith("//"):
        raise writer.error(f"the link `{target}` has no scheme", line, "Begin it with https:")
    path, mark, fragment = target.partition("#")
    if not path:
        _check_fragment(writer, writer.post, fragment, target, line)
        return target
    if path.startswith("/"):
        post = next((post for slug, post in writer.env.posts.items() if writer.env.urls[slug] == path), None)
        if post is None and path not in writer.env.paths:
            known = [*writer.env.urls.values(), *writer.env.paths]
            raise writer.error(f"the link `{target}` leads nowhere", line, suggestion(path, known))
        url = path
    else:
        post = _post_at(writer, path, target, line)
        url = writer.env.urls[post.slug]
    if post is not None and mark:
        _check_fragment(writer, post, fragment, target, line)
    return url + mark + fragment


def _post_at(writer: Writer, path: str, target: str, line: int) -> Post:
    folder = posixpath.normpath(posixpath.join(writer.post.folder, unquote(path)))
    folder = folder.removesuffix("/index.md")
    if folder == ".." or folder.startswith("../"):
        raise writer.error(f"the link `{target}` leaves the project", line)
    for post in writer.env.posts.values():
        if post.folder == folder:
            return post
    known = [posixpath.relpath(post.folder, writer.post.folder) + "/index.md" for post in writer.env.posts.values()]
    raise writer.error(f"the link `{target}` leads to no post", line, suggestion(path, known))


def _check_fragment(writer: Writer, post: Post, fragment: str, target: str, line: int) -> None:
    anchor = unquote(fragment).partition("?")[0]  # a demo's state follows a question mark
    if anchor not in post.labels and anchor not in ("references", "notes"):
        raise writer.error(f"the link `{target}` leads to no label", line, suggestion(anchor, post.labels))
