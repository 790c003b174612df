"""Everything wrong with a post that can be known before anything has run.

In: a `Post`, and the `Names` that it may use. Out: an error for each mistake, in the order of the text. Values of
experiments that have yet to run are taken to be there. The rules themselves are those by which rendering finds an
address, an excerpt or a value; here stands which of them holds for which kind of use.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial

from ..errors import BuildError, ContentError
from . import claims, excerpts, links, values
from .claims import Claim
from .env import Names
from .faults import collect_errors
from .html import suggestion
from .post import Post, Use, ValueUse

Check = Callable[[], object]  # raises where something is wrong


def check(post: Post, names: Names) -> list[BuildError]:
    """What `render` could not do with the post, and a thumbnail that is none of its figures."""
    errors: list[BuildError] = []
    for _, run in sorted(_checks(post, names), key=lambda each: each[0]):
        with collect_errors(errors):
            run()
    return errors


def _checks(post: Post, names: Names) -> Iterator[tuple[int, Check]]:
    """The check of each use, with its line."""
    needs, root = post.needs, names.root
    if post.matter.thumbnail is not None:
        yield 1, partial(_name, post, Use(post.matter.thumbnail, 1), names.figures, "figure")
    for use in needs.figures:
        yield use.line, partial(_name, post, use, names.figures, "figure")
    for use in needs.demos:
        yield use.line, partial(_name, post, use, names.demos, "demo")
    for use in needs.citations:
        yield use.line, partial(_name, post, use, names.bibliography, "entry in the bibliography")
    for use in needs.images:
        yield use.line, partial(_image, post, use, names)
    for use in needs.demo_links:
        yield use.line, partial(links.demo, post, names, use.name, use.line)
    for use in needs.links:
        yield use.line, partial(links.address, post, names, use.name, use.line)
    for target in needs.references:
        yield target.line, partial(links.reference, post, names, target.name, target.words, target.line)
    for file in needs.files:
        yield file.line, partial(excerpts.excerpt, root, file.name, post.file, file.line, file.region, file.lines)
    for value in needs.values:
        yield value.line, partial(_value, post, value, names)
    for claim in post.claims.values():
        yield claim.line, partial(_claim, post, claim, names)


def _name(post: Post, use: Use, known: Collection[str], what: str) -> None:
    if use.name not in known:
        raise ContentError(f"there is no {what} `{use.name}`", post.file, use.line, suggestion(use.name, known))


def _image(post: Post, use: Use, names: Names) -> None:
    _name(post, Use(links.image_path(post, use.name, use.line), use.line), names.images, "image")


def _value(post: Post, use: ValueUse, names: Names) -> None:
    experiment, dot, _ = use.name.partition(".")
    if dot and experiment in names.experiments:
        values.check_format(use.spec or "", post.file, use.line)
        return
    found = values.lookup(names.values, use.name, post.file, use.line, names.experiments)
    if use.spec is not None:
        values.show(found, use.spec, post.file, use.line)


def _claim(post: Post, claim: Claim, names: Names) -> None:
    """Whether it holds, where all that it names is known: `_value` speaks for what is not."""
    try:
        numbers = {path: values.lookup(names.values, path, post.file, claim.line) for path in claim.paths}
    except ContentError:
        return
    claims.check(claim, numbers.__getitem__)
