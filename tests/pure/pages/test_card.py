"""The picture that a shared link shows."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from site_builder.figures.tokens import read_tokens
from site_builder.pages import Chapter, Site, render_card

STATIC = Path(__file__).parents[3] / "static"
FONTS = {path.name: path for path in (STATIC / "fonts").iterdir()}
COLOURS = read_tokens(STATIC / "theme" / "tokens.css")["light"]
LONG = (
    "Sequences: recurrence, the bottleneck, and the first attention that any translation ever paid to its source text"
)


@pytest.mark.parametrize("title", ["Depth", LONG, "Łukasz’s antidisestablishmentarianistically-minded perceptron"])
def test_titles_of_any_length_fit(site: Site, bare: Chapter, title: str) -> None:
    image = Image.open(io.BytesIO(render_card(site, replace(bare, title=title), COLOURS, FONTS)))
    assert image.size == (1200, 630)
    grey = image.convert("L")
    margins = [grey.crop(box) for box in ((0, 0, 80, 630), (1120, 0, 1200, 630), (0, 0, 1200, 80))]
    assert all(margin.getextrema()[0] > 240 for margin in margins)  # nothing but paper


def test_cards_are_small_and_deterministic(site: Site) -> None:
    first, second = (render_card(site, None, COLOURS, FONTS) for _ in range(2))
    assert first == second
    assert len(first) < 60_000
