"""The picture that a shared link shows, 1200 by 630.

In: a site, a post or none, the light theme's colours, the fonts' folder. Out: PNG bytes. The mark is the site's icon: a
plane cut in two by a decision boundary, blue where negative and orange where positive.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from .html import authors
from .model import Post, Site

WIDTH, HEIGHT = 1200, 630
MARGIN = 88
FINE = 2  # drawn at twice the size and halved, for smooth edges
AXES = {"prose-roman": [400.0, 60.0], "interface": [400.0]}  # axes in the order of the files: weight, optical size


def render_card(site: Site, post: Post | None, colours: Mapping[str, str], fonts: Path) -> bytes:
    """A post's card, or the site's."""
    image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), colours["paper"])
    draw = ImageDraw.Draw(image)
    _mark(draw, colours, (WIDTH - MARGIN - 52, MARGIN + 52), 52)
    title = post.title if post else site.title
    head = f"{site.title}, chapter {post.number}" if post else site.url.partition("://")[2]
    foot = ", ".join(authors(site, post)) if post else site.author
    small = _font(fonts, "interface", 30)
    draw.text(_at(MARGIN, MARGIN + 52), head, colours["ink-2"], small, anchor="lm")
    draw.text(_at(MARGIN, HEIGHT - MARGIN), foot, colours["ink-2"], small, anchor="ls")
    _title(draw, title, colours["ink"], fonts)
    output = io.BytesIO()
    small_image = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    small_image.quantize(64, dither=Image.Dither.NONE).save(output, "PNG", optimize=True)
    return output.getvalue()


def _title(draw: ImageDraw.ImageDraw, title: str, colour: str, fonts: Path) -> None:
    """The title as large as four lines allow, standing on the line above the foot."""
    for size in (136, 116, 100, 84, 70, 58):
        font = _font(fonts, "prose-roman", size)
        lines = _wrapped(title, font, (WIDTH - 2 * MARGIN) * FINE)
        if len(lines) * size * 1.08 <= HEIGHT - 2 * MARGIN - 190:
            break
    bottom = HEIGHT - MARGIN - 78
    for number, line in enumerate(reversed(lines)):
        draw.text(_at(MARGIN, bottom - number * size * 1.08), line, colour, font, anchor="ls")


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Lines no wider than `width`; a word that is wider stands alone."""
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _mark(draw: ImageDraw.ImageDraw, colours: Mapping[str, str], centre: tuple[int, int], radius: int) -> None:
    (x, y), r = centre, radius
    box = (*_at(x - r, y - r), *_at(x + r, y + r))
    draw.pieslice(box, -45, 135, colours["positive"])
    draw.pieslice(box, 135, 315, colours["negative"])
    reach = r * math.sqrt(0.5) + 4
    draw.line((*_at(x - reach, y + reach), *_at(x + reach, y - reach)), colours["paper"], 9 * FINE)


def _font(fonts: Path, name: str, size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(fonts / f"{name}.woff2"), size * FINE, layout_engine=ImageFont.Layout.BASIC)
    font.set_variation_by_axes(AXES[name])
    return font


def _at(x: float, y: float) -> tuple[float, float]:
    return x * FINE, y * FINE
