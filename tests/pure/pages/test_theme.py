"""The theme's files: they fit together, and have a rule for every class that the content may emit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from site_builder.content.math import CLASSES
from site_builder.pages.card import PARTS, part_of

STATIC = Path(__file__).parents[3] / "static"
SHEETS = sorted((STATIC / "theme").glob("*.css"))
ALL = "\n".join(sheet.read_text() for sheet in SHEETS)
README = (STATIC / "theme" / "README.md").read_text()
RANGE = re.compile(r"U\+([0-9A-F]{4,5})(?:-([0-9A-F]{4,5}))?")
FONTS = sorted((STATIC / "fonts").glob("*.woff2"))


def test_theme_css_imports_every_sheet() -> None:
    imported = re.findall(r'@import "\./([\w-]+\.css)"', (STATIC / "theme" / "theme.css").read_text())
    assert sorted([*imported, "theme.css"]) == [sheet.name for sheet in SHEETS]


def test_every_class_of_the_readme_has_a_rule() -> None:
    examples = " ".join(re.findall(r"`(<[^`]*>)`", README))
    names = {name for group in re.findall(r'class="([^"]*)"', examples) for name in group.split()}
    assert len(names) > 20
    for name in names - {"note"}:  # a fold that is neither a proof nor anything else
        assert re.search(rf"\.{name}\b", ALL), name


def test_every_variable_used_is_set() -> None:
    used = set(re.findall(r"var\((--[\w-]+)", ALL))
    assert used <= set(re.findall(r"^\s*(--[\w-]+):", ALL, re.MULTILINE))


def test_every_style_that_math_may_replace_has_its_rule() -> None:
    for declaration, name in CLASSES.items():
        rule = re.search(rf"\.{name} \{{\n  ([^}}]*);\n\}}", ALL)
        assert rule, name
        same = {other for other, class_ in CLASSES.items() if class_ == name}
        prefix = declaration.split(":")[0]
        assert rule[1].replace(": ", ":") in same | {f"{prefix}:0"}, name


def test_fonts_are_used_licensed_and_small() -> None:
    licence, note = (STATIC / "fonts" / "OFL.txt").read_text(), (STATIC / "fonts" / "README.md").read_text()
    for font in FONTS:
        assert f"../fonts/{font.name}" in ALL
        assert font.name in licence
        assert font.name in note
    assert sum(font.stat().st_size for font in FONTS) < 300_000


@pytest.mark.parametrize("font", FONTS, ids=lambda font: font.stem)
def test_fonts_carry_no_reserved_name(font: Path) -> None:
    for record in TTFont(font)["name"].names:
        if record.nameID in (1, 4, 6, 16):
            assert "Source" not in str(record)


def test_formulas_have_a_math_table_and_their_alphabets() -> None:
    """What stretches is in the first file: browsers do not look for stretched forms in another."""
    first, second = (TTFont(STATIC / "fonts" / f"{name}.woff2") for name in ("formula", "formula-extended"))
    assert "MATH" in first
    common, rare = "αωΔΣ∂∇∑∏∫√∞≤≥≈∈∀∃→↦⟨⟩{}‖⊤ℝ𝔼𝑥𝒩𝐱𝟙′⋯⏟ℎℏℂ", "𝒙𝒢𝕗𝛁≺⟹"
    assert [sign for sign in common if ord(sign) not in first.getBestCmap()] == []
    assert [sign for sign in rare if ord(sign) not in second.getBestCmap()] == []
    stretched = {name for sign, name in first.getBestCmap().items() if chr(sign) in "()[]{}|‖⟨⟩⌈⌋√∑∏∫⏟→"}
    assert stretched <= set(first["MATH"].table.MathVariants.VertGlyphCoverage.glyphs) | set(
        first["MATH"].table.MathVariants.HorizGlyphCoverage.glyphs
    )


@pytest.mark.parametrize("face", ["prose-roman", "interface"])
def test_letters_are_looked_for_where_they_are(face: str) -> None:
    """By the pages' style sheet, and by the cards, which read the files themselves."""
    files = {part: set(TTFont(STATIC / "fonts" / f"{face}{part}.woff2").getBestCmap()) for part in PARTS}
    for part, signs in files.items():
        block = re.search(rf"{face}{part}\.woff2[^}}]*?unicode-range:([^;]*);", ALL)
        ranged = (
            {sign for low, high in RANGE.findall(block[1]) for sign in range(int(low, 16), int(high or low, 16) + 1)}
            if block
            else set()
        )
        own = signs - set().union(*(files[other] for other in PARTS if other != part)) - {0x0307, 0x0326}
        if part:
            assert own <= ranged
            assert not ranged & files[""]
        assert {chr(sign) for sign in own if part_of(chr(sign)) != part} == set()
