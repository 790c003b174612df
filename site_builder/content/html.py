"""Building HTML text: every attribute and every text that reaches a page is escaped here.

In: tag names, attributes, text. Out: HTML. It knows no Markdown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
VOID = frozenset({"br", "hr", "img", "input"})


def escape(text: str) -> str:
    """The text as HTML shows it, safe in content and inside quoted attributes."""
    return text.translate(ESCAPES)


def tag(name: str, /, **attributes: str | bool | None) -> str:
    """An opening tag. `class_` is class, `aria_label` is aria-label; None and False are left out."""
    parts = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        attribute = key.rstrip("_").replace("_", "-")
        parts.append(attribute if value is True else f'{attribute}="{escape(str(value))}"')
    return f"<{' '.join(parts)}>"


def element(name: str, content: str = "", /, **attributes: str | bool | None) -> str:
    """An element around content that is already HTML."""
    opening = tag(name, **attributes)
    return opening if name in VOID else f"{opening}{content}</{name}>"


def classes(*names: str | None) -> str | None:
    """The class attribute of the names that are there, or None."""
    return " ".join(name for name in names if name) or None


def slugify(text: str) -> str:
    """A readable identifier: lower-case ASCII letters and digits, joined by single dashes."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """What to say to an author who wrote `word` where only the `known` exist, or None when there is nothing to say."""
    import difflib

    names = sorted(set(known))
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"Perhaps `{close[0]}` is meant"
    if 0 < len(names) <= 12:
        return "Known: " + ", ".join(f"`{name}`" for name in names)
    return None
