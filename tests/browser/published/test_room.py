"""The panel that the build ships takes as much room as the one that replaces it: nothing moves when scripts come."""

from __future__ import annotations

import pytest

from tests.browser.published.conftest import Visit
from tests.browser.published.site import demos

WIDTHS = (320, 360, 390, 430, 600, 700, 768, 820, 1024, 1366, 1440)
SLUGS = list(dict.fromkeys(slug for slug, _ in demos()))
LOADER = "**/assets/load-*.js"
NEAR = 0.6  # pixels: what rounding may do
HEIGHTS = """async () => {
  const heights = () => [...document.querySelectorAll("live-demo")].map((each) => each.getBoundingClientRect().height);
  await document.fonts.ready;
  let before;
  do {
    before = heights().join();
    await new Promise((go) => setTimeout(go, 250));
  } while (before !== heights().join());
  return heights();
}"""


@pytest.mark.parametrize("slug", SLUGS)
def test_a_panel_has_its_room_before_its_scripts_come(visit: Visit, slug: str) -> None:
    shipped, live = visit("/404.html"), visit(f"/{slug}/")
    shipped.route(LOADER, lambda route: route.fulfill(content_type="text/javascript", body=""))
    shipped.goto(live.url)
    for demo in live.locator("live-demo").all():
        demo.scroll_into_view_if_needed()
        demo.locator(".demo-bar:not([disabled])").wait_for()
    assert shipped.locator(".demo-bar:not([disabled])").count() == 0
    for width in WIDTHS:
        for page in (shipped, live):
            page.set_viewport_size({"width": width, "height": 900})
        before, after = shipped.evaluate(HEIGHTS), live.evaluate(HEIGHTS)
        assert before, "there is a demo"
        assert after == pytest.approx(before, abs=NEAR), f"at {width} pixels"
