"""Nothing that an author types becomes markup, scripts or styles by accident; and a warm run imports little."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from site_builder.content import Env, RenderedPost, html, values
from site_builder.content.highlight import highlight
from site_builder.errors import ContentError
from site_builder.markup import read
from site_builder.project.cache import Cache
from tests.nesting import unclosed

TAGS = {
    *("p", "h2", "h3", "h4", "a", "em", "strong", "code", "pre", "span", "ul", "ol", "li", "blockquote", "div"),
    *("section", "table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "details", "summary", "aside"),
    *("data", "dfn", "sup", "sub", "kbd", "math", "cite", "live-demo", "figure-replay", "svg", "footer"),
    *("br", "hr", "img"),
}
ATTRIBUTES = {
    *("id", "class", "href", "title", "value", "start", "scope", "role", "tabindex", "aria-label", "open"),
    *("record", "name", "manifest"),
}


def strange(text: str) -> list[str]:
    """Whatever should not be in a post's HTML."""
    found = unclosed(text)
    for element in read(text).walk():
        if element.name not in TAGS:
            found.append(element.name)
        for name, value in element.attributes.items():
            if name not in ATTRIBUTES or (name == "href" and value.lower().startswith("javascript")):
                found.append(f"{element.name} {name}={value}")
    return found


PIECES = [
    *(":::{aside}\n", ":::{note} t\n", ":::{figure} wide\n", "::::{tabs}\n", ":::{tab} A\n", ":label: a\n", ":::\n"),
    *("{cite}`minsky1969`", "{term}`a`", "{ref}`a`", "[a](#a)", "[^a]", "\n[^a]: x\n", "^[a]", "$x$", "$$\n", "```\n"),
    *("## a\n", "{#a}\n", "<kbd>", "</kbd>", "<!--", "-->", "- ", "> ", "| a |\n|---|\n", "**", "\n\n", "    "),
]
hostile = st.lists(
    st.one_of(st.sampled_from(PIECES), st.sampled_from("<>&\"'`/= \n-!$*_[](){}:#|~^\\aonx1;%")), max_size=25
).map("".join)
slow = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@slow
@given(hostile)
@example('[a](<javascript:x"onclick=">)')
@example('{#a"onx=1}\nx')
@example('```a"onx=\n```')
@example(":::{aside}\n{term}`<i>`\n:::")
@example("[a](#a)\n\n{ref}`a`")
def test_any_text_is_safe_html_or_a_sentence_for_each_fault(write: Callable[[str], RenderedPost], text: str) -> None:
    wrong: list[Exception] = []
    try:
        outcome = write(text)
    except ContentError as error:
        wrong = [error]
    except ExceptionGroup as group:
        wrong = list(group.exceptions)
    if wrong:
        for error in wrong:
            assert isinstance(error, ContentError)
            assert error.line is not None
            assert "\n" not in str(error)
    else:
        assert strange(outcome.html) == []
        elements = list(read(outcome.html).walk())
        anchors = [each.attributes["id"] for each in elements if "id" in each.attributes]
        targets = {href[1:] for each in elements if (href := each.attributes.get("href", "")).startswith("#")}
        assert len(anchors) == len(set(anchors))
        assert targets <= set(anchors)


@given(st.text())
def test_escaped_text_reads_back(text: str) -> None:
    text = text.replace("\r", "")  # a parser makes line feeds of them
    element = html.element("a", html.escape(text), title=text, aria_label=None, open=False)
    assert strange(element) == []
    assert read(element).text == text
    assert html.escape(text) in element


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF)))
def test_slugs_are_slugs(text: str) -> None:
    slug = html.slugify(text)
    assert slug == html.slugify(slug)
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_values_are_shown_with_four_digits(number: float) -> None:
    shown = values.show(number, "", "p.md", 1)
    back = shown.replace("−", "-")
    if "×" in back:
        digits, power = back.split(" × 10")
        back = f"{digits}e{power.translate(str.maketrans('⁰¹²³⁴⁵⁶⁷⁸⁹⁻', '0123456789-'))}"
    assert float(back) == float(f"{number:.4g}")


def test_counts_computed_as_floats_are_still_counts() -> None:
    assert values.show(12500.0, ",d", "p.md", 1) == "12,500"
    with pytest.raises(ContentError, match="the format `d` does not fit the value 12\\.5"):
        values.show(12.5, "d", "p.md", 1)


def test_highlighting_keeps_the_text_and_is_cached(tmp_path: Path) -> None:
    cache, code = Cache(tmp_path), '@compute fn f() { let x = 1u < 2u; } // "q"\n'
    first = highlight(code, "wgsl", cache)
    assert read(first).text == code
    assert '<span class="kd">let</span>' in first
    assert highlight(code, "wgsl", cache) == first
    assert highlight("<b>", "", cache) == "&lt;b&gt;"


def test_a_warm_run_imports_neither_pygments_nor_pybtex(env: Env, write: Callable[[str], RenderedPost]) -> None:
    write("```python\nwarm = 1\n```\n")
    script = f"""
import sys
from pathlib import Path
from site_builder.project.cache import Cache
from site_builder.content import Env, citations, parse_text, render
root = Path({str(env.root)!r})
cache = Cache(root / ".cache")
works = citations.load(root / "posts/references.bib", cache, "posts/references.bib")
text = "---\\ntitle: T\\nsummary: S\\ndate: 2026-01-31\\n---\\n```python\\nwarm = 1\\n```\\n{{cite}}`minsky1969`\\n"
assert "class=\\"o\\"" in render(parse_text(text, "posts/a/index.md"), Env(root, cache, bibliography=works)).html
print([name for name in ("pygments", "pybtex", "difflib", "numpy", "wgpu") if name in sys.modules])
"""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])
    assert done.stdout.strip() == "[]"
