"""The picture that a shared link shows, 1200 by 630.

In: a site, a post or none, a picture of it or none, the light theme's colours, the fonts' files by name. Out: PNG
bytes. The mark is the site's icon: a plane cut in two by a decision boundary, blue where negative and orange where
positive. A post's card shows its picture, so that chapters can be told apart before a word is read.
"""

from __future__ import annotations

import io
import itertools
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import resvg_py  # draws SVG without a browser
from PIL import Image, ImageDraw, ImageFont

from .html import authors
from .model import Chapter, Site

WIDTH, HEIGHT = 1200, 630
MARGIN = 88
PICTURE = (430, 340)  # no picture is wider or higher
FINE = 2  # drawn at twice the size and halved, for smooth edges
SIZES = (136, 116, 100, 84, 70, 58, 44)
PARTS = ("", "-latin", "-extended")  # the files of a face, as static/fonts/README.md divides letters among them
AXES = {  # of each file: weight, and optical size where it has one
    "prose-roman": [400.0, 60.0],
    "prose-roman-latin": [400.0, 60.0],
    "prose-roman-extended": [400.0],
    "interface": [400.0],
    "interface-latin": [400.0],
    "interface-extended": [400.0],
}
BASIC = frozenset("§©«°±²³µ·¹»½×÷áéíóúäöüèçñø")  # of Latin-1's second half, what the plain file has
LATIN = frozenset("ıŒœˆ˚˜⁄")  # beyond Latin-1, what its file has


def render_card(
    site: Site, post: Chapter | None, picture: str | None, colours: Mapping[str, str], fonts: Mapping[str, Path]
) -> bytes:
    """A post's card, or the site's. `picture`: an SVG without variables and words, shown at the right."""
    image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), colours["paper"])
    draw = ImageDraw.Draw(image)
    _mark(draw, colours, (WIDTH - MARGIN - 52, MARGIN + 52), 52)
    title = post.title if post else site.title
    place = f"{site.title}, chapter {post.number}" if post and post.number is not None else site.title
    head = place if post else (site.url or "").partition("://")[2]
    foot = ", ".join(authors(site, post)) if post else site.author or ""
    small = _Face(fonts, "interface", 30)
    small.draw(draw, MARGIN, MARGIN + 62, head, colours["ink-2"])
    small.draw(draw, MARGIN, HEIGHT - MARGIN, foot, colours["ink-2"])
    room = WIDTH - 2 * MARGIN
    if picture is not None:
        room -= _picture(image, picture) + MARGIN // 2
    _title(draw, title, colours["ink"], fonts, room)
    output = io.BytesIO()
    whole = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    whole.quantize(128, dither=Image.Dither.NONE).save(output, "PNG", optimize=True)
    return output.getvalue()


class _Face:
    """A face of the theme at a size, in all its files."""

    def __init__(self, fonts: Mapping[str, Path], name: str, size: int) -> None:
        self.fonts = {part: _font(fonts[f"{name}{part}.woff2"], size) for part in PARTS}

    def runs(self, text: str) -> Iterator[tuple[str, ImageFont.FreeTypeFont]]:
        for part, letters in itertools.groupby(text, part_of):
            yield "".join(letters), self.fonts[part]

    def length(self, text: str) -> float:
        return sum(font.getlength(run) for run, font in self.runs(text)) / FINE

    def draw(self, draw: ImageDraw.ImageDraw, x: float, baseline: float, text: str, colour: str) -> None:
        for run, font in self.runs(text):
            draw.text((x * FINE, baseline * FINE), run, colour, font, anchor="ls")
            x += font.getlength(run) / FINE


def part_of(letter: str) -> str:
    """The one of PARTS that has a letter."""
    if letter in LATIN or ("\u00a1" <= letter <= "\u00ff" and letter not in BASIC):
        return "-latin"
    return "-extended" if "\u0100" <= letter < "\u0250" else ""


def _picture(image: Image.Image, svg: str) -> int:
    """Put the picture at the right, below the mark, standing on the foot's line. Returns its width."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    across, down = (float(number) for number in box.groups()) if box else (1.0, 1.0)
    scale = min(PICTURE[0] / across, PICTURE[1] / down)
    width = round(across * scale)
    made = Image.open(io.BytesIO(resvg_py.svg_to_bytes(svg_string=svg, width=width * FINE, skip_system_fonts=True)))
    drawn = made.convert("RGBA")
    image.paste(drawn, ((WIDTH - MARGIN - width) * FINE, (HEIGHT - MARGIN) * FINE - drawn.height), drawn)
    return width


def _title(draw: ImageDraw.ImageDraw, title: str, colour: str, fonts: Mapping[str, Path], width: float) -> None:
    """The title as large as it fits into the width, standing on the line above the foot."""
    for size in SIZES:
        face = _Face(fonts, "prose-roman", size)
        lines = _wrapped(title, face, width)
        low = len(lines) * size * 1.08 <= HEIGHT - 2 * MARGIN - 190
        if low and all(face.length(line) <= width for line in lines):
            break
    bottom = HEIGHT - MARGIN - 78
    for number, line in enumerate(reversed(lines)):
        face.draw(draw, MARGIN, bottom - number * size * 1.08, line, colour)


def _wrapped(text: str, face: _Face, width: float) -> list[str]:
    """Lines no wider than `width`; a word that is wider stands alone."""
    lines: list[str] = []
    for word in text.split():
        if lines and face.length(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _mark(draw: ImageDraw.ImageDraw, colours: Mapping[str, str], centre: tuple[int, int], radius: int) -> None:
    x, y = (coordinate * FINE for coordinate in centre)
    r = radius * FINE
    box = (x - r, y - r, x + r, y + r)
    draw.pieslice(box, -45, 135, colours["positive"])
    draw.pieslice(box, 135, 315, colours["negative"])
    reach = r * math.sqrt(0.5) + 4 * FINE
    draw.line((x - reach, y + reach, x + reach, y - reach), colours["paper"], 9 * FINE)


def _font(file: Path, size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(file), size * FINE, layout_engine=ImageFont.Layout.BASIC)
    font.set_variation_by_axes(AXES[file.stem])
    return font
