"""Tables of contents: of a post, its sections; of the series, its chapters.

In: sections as rendered, or posts. Out: headings inside of each other, or which chapters stand beside which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from .. import content, pages

Turn = tuple[pages.Chapter, pages.Chapter | None, pages.Chapter | None]


def headings(sections: Iterable[content.Section]) -> list[pages.Heading]:
    """Sections of the second level, each with those of the third inside."""
    found: list[tuple[content.Section, list[pages.Heading]]] = []
    for section in sections:
        if section.level == 2:
            found.append((section, []))
        elif section.level == 3 and found:
            found[-1][1].append(pages.Heading(section.anchor, section.html))
    return [pages.Heading(top.anchor, top.html, below) for top, below in found]


def listed(made: Iterable[pages.Chapter]) -> list[pages.Chapter]:
    """The chapters among posts."""
    return [post for post in made if post.number is not None]


def turns(made: Sequence[pages.Chapter]) -> Iterator[Turn]:
    """Each post with the chapters before and behind it; one that is not listed has none."""
    chapters = listed(made)
    for before, post, after in zip([None, *chapters], chapters, [*chapters[1:], None], strict=False):
        yield post, before, after
    for post in made:
        if post.number is None:
            yield post, None, None
