"""What is wrong with the form of HTML that the reader, as browsers do, passes over: a test's business.

In: a text. Out: the names of what does not nest.
"""

from __future__ import annotations

from site_builder.markup import VOID, read


def unclosed(text: str) -> list[str]:
    """The elements that are never closed, the closing tags that close nothing ("/"), and comments ("!")."""
    found = list(read(text).walk())
    closed = [element for element in found if element.end > element.outer]
    alone = [each for each in found if each.name in VOID or text[: each.inner].endswith("/>")]
    wrong = [each.name for each in found if each not in closed and each not in alone]
    return wrong + ["/"] * (text.count("</") - len(closed)) + ["!"] * text.count("<!--")
