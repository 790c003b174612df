"""Reading time counts what a reader of technical prose looks at, and nothing that is folded away."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from site_builder.content import Post

HUNDRED = "word " * 100
FIGURES = "".join(f":::{{figure}} f\n:label: fig-{i}\nIt falls.\n:::\n\n" for i in range(20))
LISTING = ":::{code} a.py\n:::\n\n"
TABS = "::::{tabs}\n:::{tab} One\n%s\n:::\n:::{tab} Two\n%s\n:::\n::::\n"


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("One word.", 1),
        (HUNDRED * 20, 10),
        ("$x + y$ " * 1000, 10),
        ("{value}`a.b` " * 1000, 5),
        ("$$\ny\n$$\n\n" * 20, 4),
        (FIGURES, 5),
        (LISTING * 100, 1),
        (LISTING.replace("\n:::", "\n:open:\n:::", 1) * 20, 5),
        ("```\n" + HUNDRED * 20 + "\n```\n", 1),
        (f":::{{note}} A title\n{HUNDRED * 20}\n:::\n", 1),
        (f":::{{proof}}\n{HUNDRED * 20}\n:::\n", 1),
        (f":::{{aside}}\n{HUNDRED * 20}\n:::\n", 10),
        (TABS % (HUNDRED * 10, HUNDRED * 10), 5),
    ],
)
def test_minutes(read: Callable[[str], Post], text: str, minutes: int) -> None:
    assert read(text).minutes == minutes
