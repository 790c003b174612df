"""HTML is read as browsers read it, and what is not edited stays as it was, byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_builder.markup import Element, edited_text, read
from tests.nesting import unclosed

PAGE = """<!doctype html>
<p id=a class="x  y" hidden>One &amp; <em>two</em><br>
three <img src="/a.png"> <path d="M0 0"/></p>
<script>if (a < b) "</p>";</script><!-- <a href="/no/"> -->
<svg viewBox="0 0 1 1"><linearGradient id="g"/></svg>"""


def one(text: str, name: str) -> Element:
    (found,) = read(text).walk(name)
    return found


def test_elements_have_their_attributes_and_their_words() -> None:
    root = read(PAGE)
    assert [each.name for each in root.walk()] == [*("p", "em", "br", "img", "path", "script", "svg", "lineargradient")]
    paragraph = one(PAGE, "p")
    assert dict(paragraph.attributes) == {"id": "a", "class": "x  y", "hidden": ""}
    assert paragraph.classes == {"x", "y"}
    assert paragraph.text == "One & two\nthree  "
    assert [each.name for each in paragraph.walk("em", "img")] == ["em", "img"]
    assert one(PAGE, "script").text == 'if (a < b) "</p>";'
    assert one(PAGE, "svg").attributes["viewbox"] == "0 0 1 1"
    assert not list(root.walk("a"))


def test_elements_know_where_they_stand() -> None:
    for name, opening, closing in (
        ("p", '<p id=a class="x  y" hidden>', "</p>"),
        ("img", '<img src="/a.png">', ""),
        ("path", '<path d="M0 0"/>', ""),
        ("em", "<em>", "</em>"),
    ):
        element = one(PAGE, name)
        assert PAGE[element.start : element.inner] == opening
        assert PAGE[element.outer : element.end] == closing
    em = one(PAGE, "em")
    assert PAGE[em.inner : em.outer] == "two"
    assert (read(PAGE).start, read(PAGE).end) == (0, len(PAGE))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<p>a<b>c</p>d", [("p", "ac", "</p>"), ("b", "c", "")]),
        ("<p>a", [("p", "a", "")]),
        ("a</p>b", []),
        ("<p>a</b>c</p>", [("p", "ac", "</p>")]),
        ('<a href="/1" href="/2">x</a>', [("a", "x", "</a>")]),
        ("<p\nid='a'\n>x</p\n>", [("p", "x", "</p\n>")]),
    ],
)
def test_what_does_not_nest_is_read_as_browsers_do(text: str, found: list[tuple[str, str, str]]) -> None:
    assert [(each.name, each.text, text[each.outer : each.end]) for each in read(text).walk()] == found


def test_of_two_equal_attributes_the_first_counts() -> None:
    assert one('<a href="/1" href="/2">x</a>', "a").attributes == {"href": "/1"}


def test_edits_change_what_they_name_and_nothing_else() -> None:
    em, image = one(PAGE, "em"), one(PAGE, "img")
    changed = edited_text(PAGE, [(image.start, image.end, ""), (em.start, em.inner, "<i>"), (em.outer, em.end, "</i>")])
    assert changed == PAGE.replace("<em>two</em>", "<i>two</i>").replace('<img src="/a.png">', "")
    assert edited_text(PAGE, []) == PAGE


@given(st.text(alphabet="<>/ab =\"'!-&;\n"))
def test_any_text_is_read(text: str) -> None:
    for element in read(text).walk():
        assert 0 <= element.start <= element.inner <= element.outer <= element.end <= len(text)
        assert text[element.start] == "<"


def test_what_does_not_nest_is_found() -> None:
    assert unclosed("<p>a<br></p>") == []
    assert unclosed("<p>a<b></p></i><!-- -->") == ["b", "/", "!"]
