"""What a page shows besides text: figures, the figures that stand in for demos, image files, thumbnails and cards.

In: drawings, image files, the theme's colours. Out: HTML and assets. It does not know how a figure was computed.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import markup
from ..content import Figure, Post, Use
from ..content.html import tag
from ..errors import ContentError
from ..figures.build import Drawing, PostFigures
from ..pages import Chapter, Site, render_card
from ..project.cache import digest
from .demos import ModelAssets
from .output import Output

VARIABLE = re.compile(r"var\(--([\w-]+)\)")
IDENTIFIER = re.compile(r'(\bid="|url\(#|\bhref="#)')
THUMBNAIL = 60_000  # bytes of SVG that the contents page may spend on one chapter
RASTER = re.compile(r'href="data:image/png;base64,([A-Za-z0-9+/=]+)"')
LONG_RASTER = 500  # characters, from which on a request costs less than they do
PIXELS = (".png", ".jpg", ".jpeg", ".webp", ".gif")
IMAGES = (".svg", *PIXELS)


@dataclass(frozen=True)
class ImageFile:
    """An image as it lies in the project, with its size in pixels."""

    name: str
    data: bytes
    width: int
    height: int


def figure(drawing: Drawing, assets: ModelAssets, replay: Sequence[str]) -> Figure:
    """A figure as content wants it, with the address of its record and of the scripts that repeat it."""
    html = _both(drawing, assets.output)
    if drawing.replay is None:
        return Figure(html, drawing.width)
    return Figure(html, drawing.width, assets.record(drawing.name, drawing.replay, drawing.places), replay)


def _both(drawing: Drawing, output: Output) -> str:
    """A figure for wide windows and for narrow ones. Rasters are files that both share: a page is read before them."""

    def place(match: re.Match[str]) -> str:
        if len(match[1]) < LONG_RASTER:
            return match[0]
        return f'href="{output.asset(f"{drawing.name}.png", base64.b64decode(match[1]))}"'

    return RASTER.sub(place, drawing.svg + drawing.svg_narrow)


def stand_ins(post: Post, figures: PostFigures, use: Use, output: Output) -> tuple[dict[str, str], str | None]:
    """What readers without JavaScript see of each element of a demo, by the elements' ids, and a warning if that was
    not drawn for it, but is the text's. The parts of a picture that is there again have names of their own."""
    anchors = [anchor for anchor, label in post.labels.items() if (label.kind, label.name) == ("demo", use.name)]
    name = stand_in_figure(post, figures.figures, use)
    drawing = figures.figures[name]
    html = _both(drawing, output)
    found = {anchor: IDENTIFIER.sub(rf"\1{anchor}-", html) for anchor in anchors}
    if name == f"demo-{use.name}":
        return {**found, anchors[0]: html}, None
    return found, f"{post.file}:{use.line}: {name} stands in for the demo {use.name}; draw {_function(use)} for it."


def stand_in_figure(post: Post, figures: Collection[str], use: Use) -> str:
    """The figure of a post that stands in for a demo: demo-NAME, else the one that the text shows nearest to it."""
    if f"demo-{use.name}" in figures:
        return f"demo-{use.name}"
    shown = [each for each in post.needs.figures if each.name in figures]
    if not shown:
        raise ContentError(
            f"the demo `{use.name}` has no figure that readers without JavaScript could see",
            post.file,
            use.line,
            f"Draw a figure {_function(use)} in the post's figures",
        )
    return min(shown, key=lambda each: abs(each.line - use.line)).name


def _function(use: Use) -> str:
    return f"demo_{use.name.replace('-', '_')}"


def read_image(project: Path, post: Post, path: str, line: int) -> ImageFile:
    """An image file of the project that a post shows."""
    place = (project / path).resolve()
    if not place.is_relative_to(project.resolve()):
        raise ContentError(f"the image `{path}` lies outside the project", post.file, line)
    data = place.read_bytes()
    return ImageFile(place.name, data, *_size(place, data, post, line))


def thumbnail(drawing: Drawing | None, colours: Mapping[str, Mapping[str, str]], output: Output) -> str | None:
    """A figure as it stands for its post on the contents page, as an image for each theme; None without one."""
    if drawing is None:
        return None
    svg = _flat(drawing)
    width, height = (str(round(number)) for number in _svg_size(svg))
    return "".join(
        tag("img", src=url, alt="", class_=f"only-{theme}", width=width, height=height, loading="lazy")
        for theme in ("light", "dark")
        for url in (output.asset(f"{drawing.name}.svg", _coloured(svg, colours[theme])),)
    )


def thumbnail_figure(post: Post, figures: PostFigures) -> Drawing | None:
    """What stands for a post: the figure that its front matter names, else its first that is small enough."""
    chosen = post.matter.thumbnail
    return next(
        (
            drawing
            for name, drawing in figures.figures.items()
            if name == chosen or (chosen is None and len(_flat(drawing)) <= THUMBNAIL)
        ),
        None,
    )


def _flat(drawing: Drawing) -> str:
    """The one of a figure's two versions that lies: the phone's has larger marks, unless its panels are piled up."""
    width, height = _svg_size(drawing.svg_narrow)
    return drawing.svg_narrow if height <= width else drawing.svg


def _svg_size(svg: str) -> tuple[float, float]:
    """Width and height of a picture's viewBox. Raises LookupError, StopIteration or ValueError without it."""
    box = next(markup.read(svg).walk("svg")).attributes["viewbox"]
    _, _, width, height = map(float, box.replace(",", " ").split())
    return width, height


def _coloured(svg: str, colours: Mapping[str, str]) -> str:
    """A figure as an image. It has no access to the page's variables, so colours are written out; nor to its faces, and
    at that size nobody could read its words: they are left out."""
    wordless = markup.edited_text(svg, [(each.start, each.end, "") for each in markup.read(svg).walk("text")])
    return VARIABLE.sub(lambda match: colours.get(match[1], match[0]), wordless)


def card(
    site: Site,
    page: Chapter | None,
    drawing: Drawing | None,
    colours: Mapping[str, str],
    fonts: Mapping[str, Path],
    assets: ModelAssets,
) -> str:
    """The address of the picture that a shared link shows, of a post or of the site. Drawn once."""
    from .. import pages

    picture = _coloured(_flat(drawing), colours) if drawing else None
    what = (page.title, str(page.number), ", ".join(page.authors), str(page.minutes)) if page else ("",)
    key = digest(
        "card",
        (Path(pages.__file__).parent / "card.py").read_bytes(),
        *(f"{name} {digest(path.read_bytes())}" for name, path in sorted(fonts.items()) if name.endswith(".woff2")),
        *(f"{name} {value}" for name, value in sorted(colours.items())),
        *(site.title, site.url or "", site.author or "", site.description),
        *what,
        *([picture] if picture else []),
    )
    data = assets.cache.get("card", key)
    if data is None:
        data = render_card(site, page, picture, colours, fonts)
        assets.cache.put("card", key, data)
    name = page.url.strip("/") if page else "site"
    return assets.output.asset(f"card-{name}.png", data)


def _size(path: Path, data: bytes, post: Post, line: int) -> tuple[int, int]:
    if path.suffix == ".svg":
        try:
            width, height = _svg_size(data.decode(errors="replace"))
        except (StopIteration, LookupError, ValueError) as error:
            raise ContentError(f"the image `{path.name}` has no viewBox", post.file, line) from error
        return round(width), round(height)
    if path.suffix not in PIXELS:
        raise ContentError(
            f"`{path.name}` is no image that browsers show", post.file, line, f"Known: {', '.join(IMAGES)}"
        )
    import io

    from PIL import Image as Picture
    from PIL import UnidentifiedImageError

    try:
        with Picture.open(io.BytesIO(data)) as opened:
            return opened.size
    except UnidentifiedImageError as error:
        raise ContentError(f"`{path.name}` is damaged or not what its name says", post.file, line) from error
