"""What a page shows besides text: figures, the figures that stand in for demos, image files, thumbnails and cards.

In: drawings, image files, the theme's colours. Out: HTML and assets. It does not know how a figure was computed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from .. import markup
from ..content import Figure, Image, Post
from ..content.html import suggestion, tag
from ..errors import ContentError
from ..figures.build import Drawing, PostFigures
from ..pages import Chapter, Site, render_card
from ..project.cache import digest
from .demos import ModelAssets
from .output import Output

VARIABLE = re.compile(r"var\(--([\w-]+)\)")
IDENTIFIER = re.compile(r'(\bid="|url\(#|\bhref="#)')
THUMBNAIL = 60_000  # bytes of SVG that the contents page may spend on one chapter
PIXELS = (".png", ".jpg", ".jpeg", ".webp", ".gif")
KNOWN = ", ".join(PIXELS)


def figure(drawing: Drawing, assets: ModelAssets, replay: Sequence[str]) -> Figure:
    """A figure as content wants it, with the address of its record and of the scripts that repeat it."""
    html = drawing.svg + drawing.svg_narrow
    if drawing.replay is None:
        return Figure(html, drawing.width)
    return Figure(html, drawing.width, assets.record(drawing.name, drawing.replay), replay)


def stand_in(name: str, post: Post, figures: PostFigures, line: int) -> tuple[str, str | None]:
    """What readers without JavaScript see of a demo, and a warning if it was not drawn for it.

    The figure demo-NAME of the post; else the one that the text shows nearest to the demo, with ids of its own.
    """
    own = figures.figures.get(f"demo-{name}")
    if own is not None:
        return own.svg + own.svg_narrow, None
    shown = [use for use in post.needs.figures if use.name in figures.figures]
    function = f"demo_{name.replace('-', '_')}"
    if not shown:
        raise ContentError(
            f"the demo `{name}` has no figure that readers without JavaScript could see",
            post.file,
            line,
            f"Draw a figure {function} in the post's figures",
        )
    nearest = min(shown, key=lambda use: abs(use.line - line)).name
    drawing = figures.figures[nearest]
    warning = f"{post.file}:{line}: {nearest} stands in for the demo {name}; draw {function} for it."
    return IDENTIFIER.sub(rf"\1{name}-", drawing.svg + drawing.svg_narrow), warning


def image(project: Path, post: Post, src: str, line: int, output: Output) -> tuple[str, Image]:
    """An image file of a post as an asset: its path in the project, its address and its size in pixels."""
    path = (project / post.folder / src).resolve()
    if not path.is_relative_to(project.resolve()):
        raise ContentError(f"the image `{src}` lies outside the project", post.file, line)
    if not path.is_file():
        raise ContentError(f"there is no image `{src}`", post.file, line)
    data = path.read_bytes()
    width, height = _size(path, data, post, line)
    return path.relative_to(project.resolve()).as_posix(), Image(output.asset(path.name, data), width, height)


def thumbnail(post: Post, figures: PostFigures, colours: Mapping[str, Mapping[str, str]], output: Output) -> str | None:
    """A figure for the contents page, as an image for each theme: the one that the front matter names, else the first
    that is small enough; None when the post has none.

    An image has no access to the page's variables, so colours are written out. Nor has it the page's faces, and at that
    size nobody could read its words: they are left out.
    """
    chosen = post.matter.thumbnail
    if chosen is not None and chosen not in figures.figures:
        raise ContentError(f"there is no figure `{chosen}`", post.file, 1, suggestion(chosen, figures.figures))
    for name, drawing in figures.figures.items():
        svg = _flat(drawing)
        if name == chosen or (chosen is None and len(svg) <= THUMBNAIL):
            width, height = (str(round(number)) for number in _svg_size(svg))
            return "".join(
                tag("img", src=url, alt="", class_=f"only-{theme}", width=width, height=height, loading="lazy")
                for theme in ("light", "dark")
                for url in (output.asset(f"{drawing.name}.svg", _coloured(svg, colours[theme])),)
            )
    return None


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
    wordless = markup.edited_text(svg, [(each.start, each.end, "") for each in markup.read(svg).walk("text")])
    return VARIABLE.sub(lambda match: colours.get(match[1], match[0]), wordless)


def card(
    site: Site, page: Chapter | None, colours: Mapping[str, str], fonts: Mapping[str, Path], assets: ModelAssets
) -> str:
    """The address of the picture that a shared link shows, of a post or of the site. Drawn once."""
    from .. import pages

    what = (page.title, str(page.number), ", ".join(page.authors), str(page.minutes)) if page else ("",)
    key = digest(
        "card",
        (Path(pages.__file__).parent / "card.py").read_bytes(),
        *(f"{name} {digest(path.read_bytes())}" for name, path in sorted(fonts.items()) if name.endswith(".woff2")),
        *(f"{name} {value}" for name, value in sorted(colours.items())),
        *(site.title, site.url, site.author, site.description),
        *what,
    )
    data = assets.cache.get("card", key)
    if data is None:
        data = render_card(site, page, colours, fonts)
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
        raise ContentError(f"`{path.name}` is no image that browsers show", post.file, line, f"Known: .svg, {KNOWN}")
    import io

    from PIL import Image as Picture
    from PIL import UnidentifiedImageError

    try:
        with Picture.open(io.BytesIO(data)) as opened:
            return opened.size
    except UnidentifiedImageError as error:
        raise ContentError(f"`{path.name}` is damaged or not what its name says", post.file, line) from error
