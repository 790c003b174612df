"""The theme's colours: legible in both themes, the same in both dark blocks, apart for colour-blind readers.

Ratios after WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio); colour blindness after Machado, Oliveira and
Fernandes (2009, doi:10.1109/TVCG.2009.113), severity 1; distances in Oklab (https://bottosson.github.io/posts/oklab/).
"""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from site_builder.figures.tokens import read_tokens

THEMES = read_tokens(Path(__file__).parents[3] / "static" / "theme" / "tokens.css")
PAPERS = ("paper", "paper-2")
TEXT = ("ink", "ink-2", "ink-3", "accent", "negative", "positive", "good", "bad", "cat-1", "cat-2", "cat-3", "cat-4")
CODE = ("code-keyword", "code-string", "code-number", "code-name", "code-comment")
MARKS = ("cat-5", "cat-6", "cat-7")
CATEGORIES = tuple(f"cat-{number}" for number in range(1, 8))
BLINDNESS = {
    "none": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_CONES = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
TO_LAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]
APART = 0.035  # Oklab; about twice what the eye tells apart in thin lines side by side, which are labelled besides


def linear(colour: str) -> NDArray[np.float64]:
    channels = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def seen(colour: str, blindness: str) -> NDArray[np.float64]:
    rgb = (np.array(BLINDNESS[blindness]) @ linear(colour)).clip(0, 1)
    return np.array(TO_LAB) @ np.cbrt(np.array(TO_CONES) @ rgb)


def test_contrast_is_what_wcag_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_legible_on_both_papers(theme: str) -> None:
    colours = THEMES[theme]
    for name, paper in itertools.product((*TEXT, *CODE), PAPERS):
        assert contrast(colours[name], colours[paper]) >= 4.5, (name, paper)
    for name in ("ink", "accent"):  # a marked line, a target
        assert contrast(colours[name], colours["accent-2"]) >= 4.5, name
    for name in ("accent", "negative", "positive"):  # paper's colour on a filled button or sign
        assert contrast(colours["paper"], colours[name]) >= 4.5, name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_marks_are_visible_on_both_papers(theme: str) -> None:
    for name, paper in itertools.product(MARKS, PAPERS):
        assert contrast(THEMES[theme][name], THEMES[theme][paper]) >= 3.0, (name, paper)


@pytest.mark.parametrize("blindness", list(BLINDNESS))
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_categories_and_signs_stay_apart(theme: str, blindness: str) -> None:
    colours = THEMES[theme]
    for one, other in [*itertools.combinations(CATEGORIES, 2), ("negative", "positive"), ("good", "bad")]:
        distance = np.linalg.norm(seen(colours[one], blindness) - seen(colours[other], blindness))
        assert distance > APART, (one, other, float(distance))


def test_both_dark_blocks_are_the_same() -> None:
    assert THEMES["dark"] == THEMES["system-dark"]
    assert THEMES["dark"].keys() == THEMES["light"].keys()


def test_meta_colours_are_the_papers() -> None:
    base = Path(__file__).parents[3] / "site_builder" / "pages" / "templates" / "base.html"
    for theme in ("light", "dark"):
        paper = THEMES[theme]["paper"]
        assert f'content="{paper}" media="(prefers-color-scheme: {theme})"' in base.read_text()
