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
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20" width="20" height="20">'
    '<rect width="10" height="20" fill="#f01010"/></svg>'
)
LONG = (
    "Sequences: recurrence, the bottleneck, and the first attention that any translation ever paid to its source text"
)


@pytest.mark.parametrize("title", ["Depth", LONG, "Łukasz’s antidisestablishmentarianistically-minded perceptron"])
@pytest.mark.parametrize("picture", [None, PICTURE])
def test_titles_of_any_length_fit(site: Site, bare: Chapter, title: str, picture: str | None) -> None:
    image = Image.open(io.BytesIO(render_card(site, replace(bare, title=title), picture, COLOURS, FONTS)))
    assert image.size == (1200, 630)
    grey = image.convert("L")
    margins = [grey.crop(box) for box in ((0, 0, 80, 630), (1120, 0, 1200, 630), (0, 0, 1200, 80))]
    assert all(margin.getextrema()[0] > 240 for margin in margins)  # nothing but paper


def test_a_post_shows_its_picture(site: Site, bare: Chapter) -> None:
    image = Image.open(io.BytesIO(render_card(site, bare, PICTURE, COLOURS, FONTS))).convert("RGB")
    red = [pixel for pixel in image.crop((600, 192, 1200, 630)).get_flattened_data() if pixel[0] > 200 > pixel[1]]
    assert len(red) == pytest.approx(340 * 340 / 2, rel=0.02), "half of a square as large as the card has room for"


def test_cards_are_small_and_deterministic(site: Site) -> None:
    first, second = (render_card(site, None, PICTURE, COLOURS, FONTS) for _ in range(2))
    assert first == second
    assert len(first) < 60_000
