"""Image files of posts, their sizes, whatever drew them; rasters of figures, which are files as well."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from site_builder.assembly.demos import ModelAssets
from site_builder.assembly.output import Output
from site_builder.assembly.pictures import figure, read_image
from site_builder.content import parse_text
from site_builder.errors import ContentError
from site_builder.figures.build import Drawing
from site_builder.project.cache import Cache

POST = "---\ntitle: T\nsummary: S\ndate: 2026-01-31\n---\n![a](mark.svg)\n"


def size(project: Path, drawing: str) -> tuple[int, int]:
    post = parse_text(POST, "posts/01-a/index.md")
    (project / post.folder).mkdir(parents=True, exist_ok=True)
    (project / post.folder / "mark.svg").write_text(drawing, encoding="utf-8")
    found = read_image(project, post, "posts/01-a/mark.svg", 6)
    return found.width, found.height


@pytest.mark.parametrize(
    "drawing",
    [
        '<svg viewBox="0 0 30 20"/>',
        "<?xml version='1.0'?>\n<!-- <svg viewBox='0 0 1 1'> -->\n<svg\n viewBox='0, 0, 29.6, 20.4'><g/></svg>",
    ],
)
def test_a_drawing_has_the_size_of_its_view_box(tmp_path: Path, drawing: str) -> None:
    assert size(tmp_path, drawing) == (30, 20)


@pytest.mark.parametrize("drawing", ["", "<svg/>", '<svg viewBox="0 0 1"/>', '<svg viewBox="a b c d"/>'])
def test_a_drawing_without_a_view_box_is_refused(tmp_path: Path, drawing: str) -> None:
    with pytest.raises(ContentError, match=r"index\.md:6: the image `mark\.svg` has no viewBox"):
        size(tmp_path, drawing)


def test_a_long_raster_is_a_file_that_both_widths_share(tmp_path: Path) -> None:
    long, short = bytes(range(256)) * 2, b"a few bytes"
    image = '<image href="data:image/png;base64,{}"/>'
    svg = "<svg>" + "".join(image.format(base64.b64encode(each).decode()) for each in (long, short)) + "</svg>"
    record: Any = None
    drawing = Drawing("field", svg, svg, "text", "A field.", record, {}, None, "figures.py", 1)
    output = Output()
    html = figure(drawing, ModelAssets(output, Cache(tmp_path), tmp_path), ()).html
    ((path, data),) = output.files.items()
    assert data == long
    assert html.count(f'<image href="/{path}"/>') == 2
    assert html.count(image.format(base64.b64encode(short).decode())) == 2, "a request would cost more"
