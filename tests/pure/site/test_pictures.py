"""Image files of posts: their sizes, whatever drew them."""

from __future__ import annotations

from pathlib import Path

import pytest

from site_builder.assembly.pictures import read_image
from site_builder.content import parse_text
from site_builder.errors import ContentError

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
