"""What parsing finds out about a post without rendering it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from site_builder.content import Formula, Post, Use, parse
from site_builder.content.labels import Label
from site_builder.content.post import ExcerptUse, ReferenceUse, ValueUse

FIRST_LINE = 6  # of the body, below the front matter of conftest.py
FILE = "posts/01-perceptron/index.md"


def test_needs_are_listed_with_their_lines(read: Callable[[str], Post]) -> None:
    post = read(
        "One {value}`a.b:.1%` and $x$\nand {cite}`k, l` {demo}`try <digits?seed=1>`.\n\n"  # lines 1 and 2
        ":::{claim} a.b < c.d\nSo {ref}`fig-x`, {ref}`this <eq-y>`.\n:::\n\n"  # 4 and 5
        "$$\ny\n$$ (eq-y)\n\n"  # 8
        ":::{figure} x\nC [d](#fig-x).\n:::\n\n:::{demo} digits\n:::\n\n:::{code} f.py\n:lines: 3\n:::\n\n![i](i.png)\n"
    )

    def at(line: int) -> int:
        return FIRST_LINE + line - 1

    assert post.needs.formulas == (Formula("x", False, FILE, at(1)), Formula("\ny\n", True, FILE, at(8)))
    assert post.needs.values == (
        ValueUse("a.b", at(1), ".1%"),
        ValueUse("a.b", at(4), None),
        ValueUse("c.d", at(4), None),
    )
    assert post.needs.citations == (Use("k", at(2)), Use("l", at(2)))
    assert post.needs.demos == (Use("digits", at(16)),)
    assert post.needs.demo_links == (Use("digits?seed=1", at(2)),)
    assert post.needs.references == (ReferenceUse("fig-x", at(5), None), ReferenceUse("eq-y", at(5), "this"))
    assert post.needs.figures == (Use("x", at(12)),)
    assert post.needs.links == (Use("#fig-x", at(13)),)
    assert post.needs.files == (ExcerptUse("f.py", at(19), None, "3"),)
    assert post.needs.images == (Use("i.png", at(23)),)
    assert post.labels == {
        "eq-y": Label("equation", at(8), number=1),
        "fig-x": Label("figure", at(12), number=1),
        "demo-digits": Label("demo", at(16), number=2, name="digits"),
    }


def test_lines_inside_blocks_are_those_of_the_file(read: Callable[[str], Post]) -> None:
    post = read(
        "> quoted\n> and $a$\n\n- x\n\n  y\n  $b$\n\n| h |\n|---|\n| $c$ |\n\nt[^n]\n\n[^n]: one\n\n    two\n    $d$\n"
    )
    lines = {formula.tex: formula.line - FIRST_LINE + 1 for formula in post.needs.formulas}
    assert lines == {"a": 2, "b": 7, "c": 11, "d": 18}


def test_words_count_prose_and_not_code_or_formulas(read: Callable[[str], Post]) -> None:
    post = read("Three plain words, $x + y$ `code` don't-count.\n\n```\nnot this\n```\n")
    assert post.words == 4
    assert post.minutes == 1
    assert read("word " * 2200).minutes == 10


def test_words_in_a_fold_count_only_where_it_is_open(read: Callable[[str], Post]) -> None:
    assert read("Two words.\n\n:::{note} A title\nthree more words\n:::\n").words == 2
    assert read("Two words.\n\n:::{note} A title\n:open:\nthree more words\n:::\n").words == 5


def test_parse_reads_a_file_and_takes_the_slug_from_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "posts/03-deep-networks"
    folder.mkdir(parents=True)
    (folder / "index.md").write_text(
        "\ufeff---\ntitle: T\nsummary: S\ndate: 2026-01-31\n---\r\nText.\n", encoding="utf-8"
    )
    post = parse(folder / "index.md", tmp_path)
    assert (post.file, post.folder, post.slug) == (
        "posts/03-deep-networks/index.md",
        "posts/03-deep-networks",
        "deep-networks",
    )
    assert post.words == 1


def test_a_page_ends_with_what_it_needs(read: Callable[[str], Post]) -> None:
    assert read("Text.\n").endings == ()
    assert read("Text[^a] {cite}`minsky1969`.\n\n[^a]: A note.\n").endings == ("notes", "references")
