"""What readers get whose browser has no WebGPU, or runs no scripts: every demo is still worth its place."""

from __future__ import annotations

import pytest

from tests.browser.published.conftest import Visit
from tests.browser.published.pages import Handle
from tests.browser.published.site import demos

NO_WEBGPU = "Object.defineProperty(Navigator.prototype, 'gpu', { get: () => undefined });"
every_demo = pytest.mark.parametrize(("slug", "name"), demos(), ids=[name for _, name in demos()])
PAINTED = """(all) => all.every((canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    .data.some((value) => value > 0))"""


@every_demo
def test_without_webgpu_a_recorded_run_is_shown(visit: Visit, slug: str, name: str) -> None:
    demo = Handle(visit(f"/{slug}/", script=NO_WEBGPU), name).find()
    assert not demo.ask("demo.live")
    assert "no WebGPU" in demo.words()
    demo.element.locator(".play").click()
    demo.until("!demo.playing && demo.activeRun?.recording?.at.length - 1 === demo.activeRun?.snapshot")
    last = demo.ask("demo.step")
    assert last == demo.ask("demo.activeRun.recording.at.at(-1)") > 0
    assert "recorded on" in demo.words()
    assert demo.element.locator(".demo-views canvas:visible").evaluate_all(PAINTED)
    scrubber = demo.element.locator(".demo-bar input[type=range]")
    scrubber.focus()
    scrubber.press("ArrowLeft")
    demo.until(f"demo.step < {last}")
    scrubber.press("Home")
    demo.until("demo.step === demo.activeRun.recording.at[0]")
    assert demo.error() == ""


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
    assert page.locator("main math").count() > 0
