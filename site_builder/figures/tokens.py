"""The theme's colours as numbers, and the colours that stand for them while matplotlib draws.

In: static/theme/tokens.css. Out: its colours per block, as text; light and dark RGB of every token, *stand-ins* (the
light colour, nudged until no two are the same), and the CSS that each stand-in becomes in the SVG. It does not know
matplotlib or SVG.

Two scales are made of the tokens, and mixed in sRGB: `diverging` runs from --negative through
--paper to --positive, `sequential` from --paper to --accent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from site_builder.errors import FigureError
from site_builder.project.paths import find, project

TOKENS = "static/theme/tokens.css"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"([^{};]*)\{([^{}]*)\}")  # selectors and declarations; of nested rules the innermost
DECLARATION = re.compile(r"--([\w-]+)\s*:\s*(#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3})\s*(?:;|$)")
BLOCKS = {  # theme -> its selectors, without white space and quotes
    "light": (":root",),
    "dark": ("[data-theme=dark]", ":root[data-theme=dark]", "html[data-theme=dark]"),
    "system-dark": (":root:not([data-theme])",),
}
CATEGORIES = tuple(f"cat-{number}" for number in range(1, 8))
USED = ("ink", "ink-2", "ink-3", "line", "paper", "paper-2", "accent", "accent-2", "negative", "positive", *CATEGORIES)
USED_LAST = ("good", "bad")
LEVELS = 32  # steps of a scale from paper to full colour; neighbours differ by less than the eye sees
SCALES = {"diverging": ("negative", "positive"), "sequential": (None, "accent")}

Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """Both themes' colours by token, and what stands for them in a drawing."""

    light: dict[str, Rgb]
    dark: dict[str, Rgb]
    stand_ins: dict[str, str]  # token -> "#rrggbb" to draw with
    scales: dict[str, tuple[str, ...]]  # name -> stand-ins from its low to its high end
    css: dict[str, str]  # stand-in -> what the SVG says


def palette(file: Path | None = None) -> Palette:
    """The palette in `file`, by default that of the project's theme. Raises FigureError where a token is missing."""
    return _palette(file or find(project(), TOKENS))


@lru_cache(maxsize=2)
def _palette(path: Path) -> Palette:
    light, dark = _read(path)
    css = {"#000000": "var(--ink)", "#ffffff": "var(--paper)"}
    stand_ins = {name: _stand_in(light[name], f"var(--{name})", css) for name in (*USED, *USED_LAST)}
    scales = {name: tuple(_scale(low, high, light, css)) for name, (low, high) in SCALES.items()}
    return Palette(light, dark, stand_ins, scales, css)


def read_tokens(path: Path) -> dict[str, dict[str, str]]:
    """The colours of each block: {"light": {"paper": "#fdfdfb", ...}, "dark": ..., "system-dark": ...}.

    Raises FigureError on a file that is not UTF-8.
    """
    data = path.read_bytes()
    try:
        css = COMMENT.sub("", data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"this file is not UTF-8: it has the byte 0x{data[error.start]:02x}"
        raise FigureError(message, path, line, hint="Save it as UTF-8") from error
    rules = [(re.sub(r"[\s\"']", "", selectors).split(","), body) for selectors, body in RULE.findall(css)]
    return {
        theme: next((_colours(body) for found, body in rules if not {*found}.isdisjoint(selectors)), {})
        for theme, selectors in BLOCKS.items()
    }


def mix(low: Rgb, high: Rgb, share: float) -> Rgb:
    """`share` of `high` in `low`, channel by channel in sRGB, as CSS's color-mix(in srgb)."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(low, high, strict=True))
    return red, green, blue


def _read(path: Path) -> tuple[dict[str, Rgb], dict[str, Rgb]]:
    blocks = read_tokens(path)
    for name in (*USED, *USED_LAST):
        for theme in ("light", "dark"):
            if name not in blocks[theme]:
                block = BLOCKS[theme][0]
                raise FigureError(f"the theme has no --{name} as a plain #rgb or #rrggbb in its block {block}", path)
    light, dark = ({name: _rgb(value) for name, value in blocks[theme].items()} for theme in ("light", "dark"))
    return light, dark


def _colours(block: str) -> dict[str, str]:
    """A block's colours as "#rrggbb" in small letters."""
    found = {name: value.lower() for name, value in DECLARATION.findall(block)}
    return {
        name: value if len(value) == 7 else "#" + "".join(2 * digit for digit in value[1:])
        for name, value in found.items()
    }


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _stand_in(colour: Rgb, meaning: str, css: dict[str, str]) -> str:
    """The nearest colour that stands for nothing yet; from now on it stands for `meaning`."""
    for step in range(1, 256):
        for channel in (2, 0, 1):
            for sign in (0, 1, -1) if step == 1 else (1, -1):
                moved = list(colour)
                moved[channel] += sign * step
                found = "#{:02x}{:02x}{:02x}".format(*moved)
                if 0 <= moved[channel] <= 255 and found not in css:
                    css[found] = meaning
                    return found
    raise FigureError("the theme has more colours than can be told apart", TOKENS)


def _scale(low: str | None, high: str, light: dict[str, Rgb], css: dict[str, str]) -> Iterator[str]:
    steps = range(-LEVELS if low else 0, LEVELS + 1)
    for step in steps:
        end = high if step > 0 else low
        percent = abs(step) * 100 / LEVELS
        if step == 0 or end is None:
            yield _stand_in(light["paper"], "var(--paper)", css)
        else:
            meaning = f"color-mix(in srgb, var(--{end}) {percent:g}%, var(--paper))"
            yield _stand_in(mix(light["paper"], light[end], percent / 100), meaning, css)
