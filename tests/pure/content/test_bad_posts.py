"""Every mistake in a post is one sentence with its file and line."""

# ruff: noqa: E501  # one row for a mistake reads better than three

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from site_builder.content import Env, RenderedPost, check, citations, parse, parse_text
from site_builder.content.faults import raise_all
from site_builder.errors import ClaimError, ContentError

FIRST_LINE = 6  # of the body, below the front matter of conftest.py
FILE = "posts/01-perceptron/index.md"
ALLOWED = "Allowed are comparisons, and, or, + - * /, numbers, values, abs, min and max."

# body, its line, the sentence
BODIES = [
    # unknown names
    (":::{figur} x\n:::", 1, "there is no directive {figur}. Perhaps `figure` is meant."),
    ("{cit}`x`", 1, "there is no role {cit}. Perhaps `cite` is meant."),
    ("a\n{cite}`rosenblat1958`", 2, "there is no entry in the bibliography `rosenblat1958`. Perhaps `rosenblatt1958` is meant."),
    ("a\n{value}`digits.acuracy:.1%`", 2, "there is no value `digits.acuracy`. Perhaps `digits.accuracy` is meant."),
    ("{value}`digits`", 1, "the value `digits` is a group of values. Known: `digits.accuracy`, `digits.gap`, `digits.name`, `digits.steps`, `digits.tiny`."),
    ("{value}`digits.accuracy:.1q`", 1, "the format `.1q` does not fit the value 0.9532. Write one of Python's, such as `.1%`, `.3f` or `,`."),
    (":::{figure} digit-loss\nC.\n:::", 1, "there is no figure `digit-loss`. Perhaps `digits-loss` is meant."),
    (":::{demo} digit\n:::", 1, "there is no demo `digit`. Perhaps `digits` is meant."),
    ("{demo}`digit`", 1, "there is no demo `digit`. Perhaps `digits` is meant."),
    ("{demo}`digits`", 1, "no post shows the demo `digits`. Place it with `:::{demo} digits`."),
    # links and references
    ("{ref}`fig-los`", 1, "there is no label `fig-los`. Known: `multi-layer-perceptrons`, `perceptron`."),
    ("{ref}`eq-product`", 1, "there is no label `eq-product`. Perhaps `multi-layer-perceptrons#eq-product` is meant."),
    ("{ref}`multi-layer-perceptrons#eq-prod`", 1, "there is no label `eq-prod` in the post `multi-layer-perceptrons`. Perhaps `eq-product` is meant."),
    ("{ref}`multi-layer#eq-product`", 1, "there is no post `multi-layer`. Perhaps `multi-layer-perceptrons` is meant."),
    ("{#here}\nPara.\n\n{ref}`here`", 4, "the label `here` has no words of its own. Write {ref}`words <here>`."),
    ("a [b](#nowhere)", 1, "the link `#nowhere` leads to no label."),
    ("a\n[b](#references)", 2, "the link `#references` leads to no label."),
    ("a [b](#notes) {cite}`minsky1969`", 1, "the link `#notes` leads to no label."),
    ("[b](/multi-layer-perceptrons/#notes)", 1, "the link `/multi-layer-perceptrons/#notes` leads to no label. Known: `demo-curve`, `eq-product`, `two-maps-are-one`."),
    ("a\n[b](/feed.xm)", 2, "the link `/feed.xm` leads nowhere. Perhaps `/feed.xml` is meant."),
    ("[b](../02-multi-layer/index.md)", 1, "the link `../02-multi-layer/index.md` leads to no post. Perhaps `../02-multi-layer-perceptrons/index.md` is meant."),
    ("[b](/multi-layer-perceptrons/#x)", 1, "the link `/multi-layer-perceptrons/#x` leads to no label. Known: `demo-curve`, `eq-product`, `two-maps-are-one`."),
    ("[b](../../../etc/passwd)", 1, "the link `../../../etc/passwd` leaves the project."),
    ("[b](javascript:alert)", 1, "the link `javascript:alert` is not allowed. Use https:, http:, mailto: or a path."),
    ("[b](//example.org)", 1, "the link `//example.org` has no scheme. Begin it with https:."),
    ("![a](https://example.org/a.png)", 1, "the image `https://example.org/a.png` is not a file beside the post. Put it into the post's folder."),
    ("![a](mark.pn)", 1, "there is no image `posts/01-perceptron/mark.pn`. Perhaps `posts/01-perceptron/mark.png` is meant."),
    ("![a](a%00/b.png)", 1, "`a%00/b.png` is not a path."),
    ("![a](../../../a.png)", 1, "the path `../../../a.png` leaves the project."),
    ("a\n![](mark.png)", 2, "the image has no alternative text. Say what it shows: `![…](file)`."),
    ("{#a}\nX.\n\n{#a}\nY.", 5, f"the label `a` is already on line {FIRST_LINE + 1}."),
    ("{#references}\nX.", 2, "the label `references` is kept for the page's own use."),
    (":::{note} T\n:label: 1st\nX.\n:::", 1, "`1st` is no label. Use letters, digits, dashes, dots and underscores, a letter first."),
    # claims
    (":::{claim} digits.accuracy > 0.96\nX.\n:::", 1, "the claim `digits.accuracy > 0.96` is false: 0.9532 > 0.96. Correct the sentence, or find out what changed in the run."),
    (":::{claim} digits.acuracy > 0.9\nX.\n:::", 1, "there is no value `digits.acuracy`. Perhaps `digits.accuracy` is meant."),
    (":::{claim} digits.accuracy\nX.\n:::", 1, f"`digits.accuracy` in a claim is not a comparison. {ALLOWED}"),
    (":::{claim} digits.accuracy >\nX.\n:::", 1, f"the claim `digits.accuracy >` does not parse. {ALLOWED}"),
    # excerpts
    (":::{code} layer.py\n:region: backward\n:::", 1, "layer.py has no region `backward`. Known: `forward`, `sum`."),
    (":::{code} layers.py\n:::", 1, "there is no file `layers.py`. Perhaps `layer.py` is meant."),
    (":::{code} ../secret.py\n:::", 1, "the path `../secret.py` leaves the project. Name a file within the project."),
    (":::{code} /etc/passwd\n:::", 1, "the path `/etc/passwd` leaves the project. Name a file within the project."),
    (":::{code} layer.py\n:lines: 3-99\n:::", 1, "layer.py has 12 lines, not 3-99."),
    (":::{code} layer.py\n:lines: all\n:::", 1, "`:lines: all` is not a range. Write `:lines: 3-9` or `:lines: 3`."),
    (":::{code} layer.py\n:lines: 2-3\n:::", 1, "the excerpt of layer.py is empty."),
    (":::{code} layer.py\n:lines: 1\n:region: sum\n:::", 1, "{code} takes `:region:` or `:lines:`, not both."),
    # form of directives and roles
    ("a\n\n:::{aside}\nb", 3, "{aside} is never closed. End it with a line `:::`."),
    ("a\n:::", 2, "`:::` opens no directive and closes none. Remove it, or open a directive above it."),
    ("::: aside\n:::", 1, "`::: aside` opens no directive and closes none. Directives begin with `:::{name}`."),
    (":::{aside} Title\nX.\n:::", 1, "{aside} takes nothing behind its name, not `Title`."),
    (":::{figure}\nX.\n:::", 1, "{figure} needs a figure's name behind its name."),
    (":::{figure} digits-loss\n:::", 1, "{figure} is empty. Write its caption inside."),
    (":::{code} layer.py\nText.\n:::", 2, "{code} takes no text inside."),
    (":::{figure} digits-loss\n:labl: x\nC.\n:::", 1, "{figure} has no option `:labl:`. Perhaps `label` is meant."),
    (":::{figure} digits-loss\n:width: wide\nC.\n:::", 1, "`:width: wide` of {figure} must be text or page."),
    (":::{figure} digits-loss\n:label:\nC.\n:::", 1, "the option `:label:` of {figure} is empty."),
    (":::{note} T\n:open: yes\nC.\n:::", 1, "the option `:open:` of {note} takes no value."),
    (":::{note} T\n:open:\n:open:\nC.\n:::", 3, "{note} has the option `:open:` twice."),
    (":::{tab} T\nX.\n:::", 1, "{tab} stands outside of {tabs}."),
    ("::::{tabs}\nText.\n::::", 2, "{tabs} holds directives {tab} only."),
    ("{cite}` `", 1, "the role {cite} is empty."),
    ("```{figure} x\n```", 1, "the directive {figure} is written with backticks. Write `:::{name}` and `:::`."),
    ("```rust\n```", 1, "there is no highlighting for the language `rust`. Known: `bash`, `javascript`, `python`, `text`, `wgsl`."),
    # Markdown
    ("# Title", 1, "a heading begins with one `#`. The title is in the front matter; begin with `##`."),
    ("## A\n\n#### B", 3, "a heading of level 4 follows one of level 2."),
    ("## A [b](#a)", 1, "a heading holds a link. It is itself one; put this into the text."),
    (":::{aside}\n## A\n:::", 2, "a heading stands inside another block. Move it to the post's top level."),
    ("a[^x]", 1, "the footnote `[^x]` is not defined."),
    ("a\n\n[^x]: b", 3, "nothing refers to the footnote `[^x]`."),
    ("a\n\n[^x]: b [^x]", 3, "nothing refers to the footnote `[^x]`."),
    ("a[^x]\n\n[^x]: b\n\n[^x]: c", 5, "the footnote `[^x]` is defined twice."),
    ("a\n$$\nx\n$$", 2, "a display formula begins inside a paragraph. Leave an empty line before and after its `$$`."),
    ("a\n<b>c</b>", 2, "raw HTML `<b>` is not allowed. Only <kbd>, <sub>, <sup> and comments are; write `\\<` for the sign."),
    ("<div>\nc\n</div>", 1, "raw HTML `<div>` is not allowed. Only <kbd>, <sub>, <sup> and comments are; write `\\<` for the sign."),
    ("a <kbd>c", 1, "`<kbd>` is never closed."),
    ("a *b <kbd>c* d</kbd>", 1, "`<kbd>` is never closed."),
    ("a c</kbd>", 1, "`</kbd>` closes nothing."),
    ("{onclick=x}\na", 2, "the attribute `onclick` is not allowed. Only `#id` and `.class` are."),
    ("a `b`{style=\"x\"}", 1, "the attribute `style` is not allowed. Only `#id` and `.class` are."),
]  # fmt: skip


@pytest.mark.parametrize(("body", "line", "sentence"), BODIES, ids=[sentence for _, _, sentence in BODIES])
def test_bad_body(write: Callable[[str], RenderedPost], body: str, line: int, sentence: str) -> None:
    with pytest.raises(ContentError) as caught:
        write(body + "\n")
    assert str(caught.value) == f"{FILE}:{FIRST_LINE + line - 1}: {sentence}"


def test_a_false_claim_has_its_own_class(write: Callable[[str], RenderedPost]) -> None:
    with pytest.raises(ClaimError):
        write(":::{claim} digits.gap > 0\nX.\n:::\n")


def front(*lines: str) -> str:
    return "\n".join(["---", *lines, "---", "Text.", ""])


GOOD = ("title: T", "summary: S", "date: 2026-01-31")
FRONTS = [
    ("Text.\n", ":1: the post has no front matter. Begin it with `---`, `title: …`, `summary: …`, `date: …`, `---`."),
    ("---\ntitle: T\n", ":1: the front matter is not closed. Add a line `---` after its last field."),
    (front("- a"), ":2: the front matter holds no fields. Write one `name: value` on each line."),
    (front(*GOOD[1:]), ":1: the front matter has no `title`. Add `title:` with a text."),
    (front(*GOOD, "titel: T"), ":5: the front matter has an unknown field `titel`. Perhaps `title` is meant."),
    (front(*GOOD, "title: U"), ":5: the front matter has `title` twice, first on line 2. Keep one of the two."),
    (front("title: ", *GOOD[1:]), ":2: `title` must be a text, not nothing."),
    (front("title: A: b", *GOOD[1:]), ":2: the front matter is not valid YAML: mapping values are not allowed here. Put a text that contains a colon in quotes."),
    (front("title: [a", *GOOD[1:]), ":2: the front matter is not valid YAML: expected ',' or ']', but got ':'. Close what begins on this line."),
    (front(*GOOD[:2], "date: yesterday"), ":4: `date` must be a date such as 2026-01-31, not `yesterday`."),
    (front(*GOOD[:2], "date: 2026-02-31"), ":4: `date` must be a date such as 2026-01-31, not `2026-02-31`."),
    (front(*GOOD, "updated: 2025-01-01"), ":5: `updated` (2025-01-01) is before `date` (2026-01-31). Correct one of the two."),
    (front(*GOOD, "draft: maybe"), ":5: `draft` must be true or false, not `maybe`."),
    (front(*GOOD, "slug: My Post"), ":5: `slug` must be lower-case letters, digits and single dashes, not `My Post`."),
    (front(*GOOD, "authors: [A, 3]"), ":5: `authors` must be a name or a list of names, not `[A, 3]`."),
    (front(*GOOD, "authors: []"), ":5: `authors` must be a name or a list of names, not `[]`."),
    (front(*GOOD, "authors:", "- A", "-", "draft: true"), ":5: `authors` must be a name or a list of names, not `- A -`."),
    (front(*GOOD, "authors: &a [*a]"), ":5: `authors` must be a name or a list of names, not `&a [*a]`."),
    (front("title: 2026", *GOOD[1:]), ":2: `title` must be a text, not `2026`. Put it in quotes."),
    (front("title: true", *GOOD[1:]), ":2: `title` must be a text, not `true`. Put it in quotes."),
    (front("title: {A: b}", *GOOD[1:]), ":2: `title` must be a text, not `{A: b}`."),
    (front(*GOOD, 'draft: "true"'), ":5: `draft` must be true or false, not `\"true\"`."),
    (front(*GOOD[:2], "date: 2026-01-31 10:00:00"), ":4: `date` must be a date such as 2026-01-31, not `2026-01-31 10:00:00`."),
    (front(*GOOD[:2], "", "# when", "date: 31"), ":6: `date` must be a date such as 2026-01-31, not `31`."),
    (front(*GOOD, '"title": U'), ":5: the front matter has `title` twice, first on line 2. Keep one of the two."),
    (front(*GOOD, "{title}: U"), ":5: the front matter has an unknown field `{title}`. Perhaps `title` is meant."),
    (front("summary: >", "  A long one", "  title: U", *GOOD), ":6: the front matter has `summary` twice, first on line 2. Keep one of the two."),
    (front(*GOOD, "tags: !!python/name:os.system x"), ":5: the front matter has an unknown field `tags`. Known: `authors`, `date`, `draft`, `front`, `listed`, `slug`, `summary`, `thumbnail`, `title`, `updated`."),
    (front("title: !!python/name:os.system x", *GOOD[1:]), ":2: `title` must be a text, not `!!python/name:os.system x`."),
    (front("title:\tT", *GOOD[1:]), ":2: the front matter is not valid YAML: found character '\\t' that cannot start any token. Write spaces instead of tabs."),
    (front(*GOOD, "authors:", "\t- A"), ":6: the front matter is not valid YAML: found character '\\t' that cannot start any token. Write spaces instead of tabs."),
    (front("title: @home", *GOOD[1:]), ":2: the front matter is not valid YAML: found character '@' that cannot start any token. Put a text that begins with this sign in quotes."),
    (front("title: *bold*", *GOOD[1:]), ":2: the front matter is not valid YAML: expected alphabetic or numeric character, but found '*'. Put a text that begins with this sign in quotes."),
    (front("title: *bold", *GOOD[1:]), ":2: the front matter is not valid YAML: found undefined alias 'bold'. Put a text that begins with this sign in quotes."),
    (front("summary: S", 'title: "T', "date: 2026-01-31"), ":3: the front matter is not valid YAML: found unexpected end of stream. Close what begins on this line."),
    (front(*GOOD, "slug: a\x00"), ":5: the front matter is not valid YAML: unacceptable character #x0000: special characters are not allowed."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), FRONTS, ids=[sentence for _, sentence in FRONTS])
def test_bad_front_matter(text: str, sentence: str) -> None:
    with pytest.raises(ContentError) as caught:
        parse_text(text, FILE)
    assert str(caught.value) == FILE + sentence


def sentences(caught: pytest.ExceptionInfo[ExceptionGroup[ContentError]]) -> list[str]:
    return [str(error).removeprefix(FILE) for error in caught.value.exceptions]


def test_all_that_is_wrong_with_the_front_matter_is_said_at_once() -> None:
    with pytest.raises(ExceptionGroup) as caught:
        parse_text(front("titel: T", "summary: ", "date: soon"), FILE)
    assert [sentence.partition(":")[2].partition(":")[0] for sentence in sentences(caught)] == ["2", "3", "4", "1"]


def test_all_that_is_wrong_with_the_syntax_is_said_at_once() -> None:
    text = front(*GOOD).replace("Text.", "{cit}`x`\n\n# Title\n\n:::{figur} x\n:::\n\n![](mark.png)")
    with pytest.raises(ExceptionGroup) as caught:
        parse_text(text, FILE)
    assert [sentence.partition(". ")[0] for sentence in sentences(caught)] == [
        ":6: there is no role {cit}",
        ":10: there is no directive {figur}",
        ":13: the image has no alternative text",
        ":8: a heading begins with one `#`",
    ]


def test_all_claims_that_are_wrong_are_said_at_once() -> None:
    text = front(*GOOD).replace("Text.", ":::{claim} a.b\nX.\n:::\n\n:::{claim} 1 < 2\nX.\n:::")
    with pytest.raises(ExceptionGroup) as caught:
        parse_text(text, FILE)
    assert [sentence.partition(": ")[0] for sentence in sentences(caught)] == [":6", ":10"]


def test_all_blocks_that_are_wrong_are_said_at_once(env: Env) -> None:
    text = front(*GOOD).replace("Text.", "{value}`digits.acuracy`\n\nFine.\n\n{ref}`fig-los`")
    with pytest.raises(ExceptionGroup) as caught:
        raise_all(check(parse_text(text, FILE), env))
    first, second = sentences(caught)
    assert first.startswith(":6: there is no value `digits.acuracy`")
    assert second.startswith(":10: there is no label `fig-los`")


def test_front_matter_is_read() -> None:
    text = front(*GOOD, "slug: other", "updated: 2026-02-01", "draft: true", "authors: [Ada, Alan]", "thumbnail: loss")
    matter = parse_text(text, FILE).matter
    assert (matter.title, matter.slug, matter.summary, matter.draft) == ("T", "other", "S", True)
    assert (matter.date.isoformat(), matter.updated and matter.updated.isoformat()) == ("2026-01-31", "2026-02-01")
    assert matter.authors == ("Ada", "Alan")
    assert matter.thumbnail == "loss"
    assert parse_text(front(*GOOD, "authors: Ada"), FILE).matter.authors == ("Ada",)
    assert matter.listed
    assert not parse_text(front(*GOOD, "listed: false"), FILE).matter.listed


def test_a_folder_that_gives_no_slug() -> None:
    with pytest.raises(ContentError) as caught:
        parse_text(front(*GOOD), "posts/07-/index.md")
    assert (
        str(caught.value) == "posts/07-/index.md:1: the folder's name gives no slug. Add `slug:` to the front matter."
    )


def test_a_post_that_is_missing_or_not_text(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xff\xfe")
    for name, reason in (("a.md", "it is not UTF-8 text"), ("b.md", "No such file or directory")):
        with pytest.raises(ContentError) as caught:
            parse(tmp_path / name, tmp_path)
        assert str(caught.value) == f"{name}: the post cannot be read: {reason}."


SOURCES = [
    ("# endregion\n", "bad.py:1: `endregion` closes no region."),
    ("# region: a\n", "bad.py:1: the region `a` is never closed. Add `endregion`."),
    ("# region: a\n# endregion\n# region: a\n# endregion\n", "bad.py:3: there are two regions `a`."),
]


@pytest.mark.parametrize(("source", "sentence"), SOURCES)
def test_bad_regions_are_blamed_on_the_source(env: Env, tmp_path: Path, source: str, sentence: str) -> None:
    (tmp_path / "bad.py").write_text(source)
    post = parse_text(front(*GOOD).replace("Text.", ":::{code} bad.py\n:region: a\n:::"), FILE)
    with pytest.raises(ContentError) as caught:
        raise_all(check(post, replace(env, root=tmp_path)))
    assert str(caught.value) == sentence


def test_a_link_on_disk_may_not_leave_the_project(env: Env, tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "secret.py").write_text("x = 1\n")
    (tmp_path / "project/link.py").symlink_to("../secret.py")
    post = parse_text(front(*GOOD).replace("Text.", ":::{code} link.py\n:::"), FILE)
    with pytest.raises(ContentError, match=r"the path `link\.py` leaves the project"):
        raise_all(check(post, replace(env, root=tmp_path / "project")))


BIBLIOGRAPHIES = [
    ("@article{a, title={X", ":1: the bibliography is malformed: premature end of file."),
    ("\n@article{a,\n title={X}\n year={1}}", ":4: the bibliography is malformed: '}' expected."),
    ("@misc{a, title={X}, year=1, author={A}}\n@misc{a, title={X}, year=1, author={A}}", ":2: the bibliography has two entries `a`."),
    ("@misc{b, title={X}, year=1, author={A}}\n@misc{a, title={X}, author={A}}", ":2: the entry `a` has no year."),
    ("@misc{a, title={X}, year={1}}", ":1: the entry `a` has no author."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), BIBLIOGRAPHIES)
def test_bad_bibliography(env: Env, tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "references.bib").write_text(text)
    with pytest.raises(ContentError) as caught:
        citations.load(tmp_path / "references.bib", env.cache, "posts/references.bib")
    assert str(caught.value) == f"posts/references.bib{sentence}"
