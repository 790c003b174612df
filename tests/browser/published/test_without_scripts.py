"""What readers get whose browser runs no scripts: every demo is still worth its place."""

from __future__ import annotations

import pytest

from tests.browser.published.conftest import Visit
from tests.browser.published.site import demos

every_demo = pytest.mark.parametrize(("slug", "name"), demos(), ids=[name for _, name in demos()])


@every_demo
def test_without_scripts_the_figure_stands(visit: Visit, slug: str, name: str) -> None:
    page = visit(f"/{slug}/", java_script_enabled=False)
    element = page.locator(f"#demo-{name}")
    picture = element.locator("figure").locator("svg, img").filter(visible=True).first
    box = picture.bounding_box()
    assert box is not None
    assert box["width"] > 200
    assert box["height"] > 100
    assert len(element.locator("figcaption").inner_text()) > 20
    assert element.get_by_role("button").filter(visible=True).count() == 0
    if slug not in (".", "gallery"):  # which have no formulas
        assert page.locator("main math").count() > 0
