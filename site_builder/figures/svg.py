"""Turns matplotlib's SVG into one that belongs in a page of the site.

In: the SVG that matplotlib's backend wrote (text kept as text, colours the palette's stand-ins). Out: an `<svg>` string
without style attributes, style elements, metadata or ids that nothing refers to; colours are CSS variables, numbers are
rounded, ids begin with the figure's name. It does not know figures' contents, nor who shows the SVG.

The site's Content-Security-Policy allows no inline styles, so every property becomes a presentation attribute.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from itertools import groupby
from typing import NamedTuple, NoReturn
from xml.etree import ElementTree

from PIL import Image

from site_builder.errors import FigureError
from site_builder.figures.geometry import packed, path_data, short, transform_data

COLOURS = ("fill", "stroke", "stop-color")
LENGTHS = ("stroke-width", "stroke-dashoffset", "stroke-miterlimit", "opacity", "fill-opacity", "stroke-opacity")
KEPT = (*COLOURS, "stroke-linecap", "stroke-linejoin", "text-anchor", "font-weight", "font-style", "fill-rule")
DROPPED = ("metadata", "style", "title", "comment")
INHERITED = (*LENGTHS, *KEPT, "stroke-dasharray", "font-size")
RASTERS = ("negative", "positive", "accent")  # the ends of the colour scales, see theme.heatmap
DEFAULTS = {  # what SVG assumes anyway, or what the root says for all
    ("fill", "var(--ink)"),
    ("stroke-linejoin", "round"),
    ("stroke-linecap", "butt"),
    ("stroke-opacity", "1"),
    ("fill-opacity", "1"),
    ("stroke-width", "1"),
    ("opacity", "1"),
    ("text-anchor", "start"),
    ("font-weight", "normal"),
    ("font-style", "normal"),
}
# matplotlib's circle, eight curves from its lowest point round to it again
DISC = re.compile(r"M0 ([\d.]+)C(?:[^C]+C){7}[^C]+ \1 0 \1z$")
REFERENCE = re.compile(r"url\(#([^)]+)\)")
TEXT_SCALE = 1.12  # the page's Source Sans 3 at this size is as wide as the DejaVu Sans that matplotlib measures


def themed(source: str, name: str, alt: str, css: Mapping[str, str], classes: str) -> str:
    """The page's version of matplotlib's `source`; ids begin with `name`, which must be unique in the page.

    `css` maps each colour "#rrggbb" that may occur to what the SVG says instead. Raises FigureError on another colour.
    """
    root = ElementTree.fromstring(source)
    _, _, width, height = (float(number) for number in root.attrib["viewBox"].split())
    cleaner = _Cleaner(name, css, _referenced(root))
    body = cleaner.children(root)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{classes}" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img" aria-label="{escape(alt)}" font-family="var(--font-ui)" '
        f'fill="var(--ink)" stroke-linejoin="round">{body}</svg>'
    )


class _Node(NamedTuple):
    """A cleaned element: its tag, its attributes in order, and what is inside, already text."""

    tag: str
    attributes: dict[str, str]
    inner: str

    def __str__(self) -> str:
        said = "".join(f' {key}="{escape(value)}"' for key, value in self.attributes.items())
        return f"<{self.tag}{said}>{self.inner}</{self.tag}>" if self.inner else f"<{self.tag}{said}/>"


class _Cleaner:
    """One pass over one drawing; it remembers which ids it has renamed."""

    def __init__(self, name: str, css: Mapping[str, str], referenced: set[str]) -> None:
        self.name = name
        self.css = css
        self.referenced = referenced
        self.ids: dict[str, str] = {}
        self.rasters = 0
        self.discs: dict[str, str] = {}  # round markers: reference -> diameter

    def children(self, parent: ElementTree.Element) -> str:
        return "".join(_clipped((node for child in parent for node in self.nodes(child)), self.discs))

    def nodes(self, element: ElementTree.Element) -> Iterator[_Node]:
        """What an element becomes: one node, none, or, for a group that says nothing, its children."""
        tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "comment"
        if tag in DROPPED:
            return
        attributes = dict(self.attributes(tag, element))
        if tag == "g" and not attributes:
            for child in element:
                yield from self.nodes(child)
        elif tag == "image":
            yield from self.image(attributes)
        elif tag == "defs":
            if inside := self.definitions(element):
                yield _Node(tag, {}, inside)
        elif tag != "path" or attributes.get("fill") != "none" or "stroke" in attributes:
            yield _Node(tag, attributes, self.words(element) if tag == "text" else self.children(element))

    def words(self, text: ElementTree.Element) -> str:
        """A text's words; formulas are set by the page, not by figures, whose fonts it does not share."""
        if formula := re.search(r"\$.+\$", text.text or ""):
            raise FigureError(
                f"the figure {self.name} has the formula {formula[0]} in a label, where it cannot be set",
                hint="Write it in Unicode, as x₁, σ or 10⁻³",
            )
        return escape(text.text or "", quote=False)

    def definitions(self, defs: ElementTree.Element) -> str:
        """Markers and clip paths; markers get their looks from where they are used."""
        out = ""
        for element in defs:
            for node in self.nodes(element):
                kept = {key: value for key, value in node.attributes.items() if key not in INHERITED}
                if disc := DISC.match(kept.get("d", "")):
                    self.discs["#" + kept["id"]] = short(2 * float(disc[1]), 1)
                out += str(_Node(node.tag, kept, node.inner))
        return out

    def attributes(self, tag: str, element: ElementTree.Element) -> Iterator[tuple[str, str]]:
        for qualified, value in element.attrib.items():
            key = qualified.rpartition("}")[2]
            if key == "style":
                yield from self.properties(value)
            elif key == "id":
                if tag == "image":
                    yield "id", value
                elif value in self.referenced:
                    yield "id", self.rename(value)
            elif key == "href":
                yield "href", "#" + self.rename(value[1:]) if value.startswith("#") else value
            elif key == "clip-path":
                yield key, REFERENCE.sub(lambda found: f"url(#{self.rename(found[1])})", value)
            elif key == "d":
                yield key, path_data(value)
            elif key == "transform":
                if moved := transform_data(value):
                    yield key, moved
            elif key in ("x", "y", "width", "height"):
                yield key, short(float(value), 1)

    def properties(self, style: str) -> Iterator[tuple[str, str]]:
        """A style attribute's properties as presentation attributes; the font's family is the page's."""
        for declaration in style.split(";"):
            key, _, value = (part.strip() for part in declaration.partition(":"))
            if key in COLOURS and value != "none":
                value = self.colour(value)
            elif key == "font-size":
                value = short(float(value.removesuffix("px")) * TEXT_SCALE, 1)
            elif key in LENGTHS:
                value = short(float(value), 2)
            elif key == "stroke-dasharray":
                value = " ".join(short(float(number), 1) for number in value.split(","))
            elif key not in KEPT:
                continue
            if (key, value) not in DEFAULTS:
                yield key, value

    def colour(self, value: str) -> str:
        found = self.css.get(value.lower())
        return self.foreign(value) if found is None else found

    def foreign(self, value: str) -> NoReturn:
        raise FigureError(
            f"the figure {self.name} uses the colour {value}, which is not one of the theme's and cannot follow its "
            "light and dark",
            hint="Take colours from site_builder.figures.colour, and colour maps from its palettes",
        )

    def image(self, attributes: dict[str, str]) -> Iterator[_Node]:
        """A raster of `heatmap`: a rectangle in the colour that its id names, which shows where the raster is white."""
        token, _, rest = attributes.pop("id").partition("-")
        if token not in RASTERS:
            raise FigureError(
                f"the figure {self.name} has a raster that cannot follow light and dark",
                hint="Draw it with site_builder.figures.heatmap",
            )
        look, _, ground = rest.partition("-")
        place = {key: value for key, value in attributes.items() if key in ("x", "y", "width", "height")}
        moved = {"transform": attributes["transform"]} if "transform" in attributes else {}
        if ground == "paper":
            yield _Node("rect", {**place, **moved, "fill": "var(--paper)"}, "")
        pixels = {"class": "pixels"} if look == "pixels" else {}  # the theme's: as an attribute, Nu refuses it
        href = "data:image/png;base64," + _small_png(attributes["href"])
        raster = _Node("image", {"href": href, **place, **pixels, "preserveAspectRatio": "none"}, "")
        mask = f"{self.name}-raster-{self.rasters}"
        self.rasters += 1
        yield _Node("mask", {"id": mask}, str(raster))
        yield _Node("rect", {**place, **moved, "fill": f"var(--{token})", "mask": f"url(#{mask})"}, "")

    def rename(self, old: str) -> str:
        return self.ids.setdefault(old, f"{self.name}-{len(self.ids) + 1}")


def _clipped(nodes: Iterable[_Node], discs: Mapping[str, str]) -> Iterator[str]:
    """The nodes as text; a clip that neighbours share is said once. One that is moved has its clip moved with it."""

    def clip(node: _Node) -> str | None:
        return None if "transform" in node.attributes else node.attributes.get("clip-path")

    for shared, run in groupby(nodes, clip):
        alike = list(run)
        if shared is None or len(alike) == 1:
            yield from _grouped(alike, discs)
        else:
            inside = [
                _Node(tag, {key: value for key, value in looks.items() if key != "clip-path"}, inner)
                for tag, looks, inner in alike
            ]
            yield str(_Node("g", {"clip-path": shared}, "".join(_grouped(inside, discs))))


def _grouped(nodes: Iterable[_Node], discs: Mapping[str, str]) -> Iterator[str]:
    """The nodes as text; looks that neighbours share are said once, on a group around them."""

    def look(node: _Node) -> tuple[str, tuple[tuple[str, str], ...]]:
        if node.tag == "g":
            return node.tag, tuple(node.attributes.items())
        return node.tag, tuple((key, value) for key, value in node.attributes.items() if key in INHERITED)

    for (tag, shared), run in groupby(nodes, look):
        alike = list(run)
        marker = alike[0].attributes.get("href", "")
        if (
            [key for key, _ in shared] == ["fill"]
            and marker in discs
            and len({n.attributes["href"] for n in alike}) == 1
        ):
            yield _dots(alike, shared[0][1], discs[marker])
        elif tag == "g" and [key for key, _ in shared] == ["clip-path"]:
            yield str(_Node(tag, dict(shared), "".join(node.inner for node in alike)))
        elif tag in ("use", "text", "path") and len(alike) > 1 and shared and "opacity" not in dict(shared):
            own = [
                _Node(tag, {k: v for k, v in node.attributes.items() if (k, v) not in shared}, node.inner)
                for node in alike
            ]
            yield str(_Node("g", dict(shared), "".join(map(str, own))))
        else:
            yield from map(str, alike)


def _dots(markers: Iterable[_Node], colour: str, diameter: str) -> str:
    """Round markers of one colour as one path: a line of no length with round ends is a disc, in little text."""
    data, here = "", (0, 0)
    for marker in markers:
        there = (round(float(marker.attributes["x"]) * 10), round(float(marker.attributes["y"]) * 10))
        data += ("m" if data else "M") + packed([there[0] - here[0], there[1] - here[1]]) + "h0"
        here = there
    look = {"d": data, "fill": "none", "stroke": colour, "stroke-width": diameter, "stroke-linecap": "round"}
    return str(_Node("path", look, ""))


def _referenced(root: ElementTree.Element) -> set[str]:
    found = set()
    for element in root.iter():
        for key, value in element.attrib.items():
            if key.endswith("href") and value.startswith("#"):
                found.add(value[1:])
            found.update(REFERENCE.findall(value))
    return found


def _small_png(href: str) -> str:
    """The same picture in fewer bytes: a raster of `heatmap` is grey."""
    picture: Image.Image = Image.open(io.BytesIO(base64.b64decode(href.partition(",")[2]))).convert("L")
    out = io.BytesIO()
    picture.save(out, "png", optimize=True)
    return base64.b64encode(out.getvalue()).decode("ascii")
