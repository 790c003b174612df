"""The demo of the manual, put in the place of the one whose model it shows: it builds, wakes, trains and speaks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.published.pages import Handle
from tests.browser.published.site import build, copy_project, demos
from tests.examples import example
from tests.serving import serving


def test_the_demo_of_the_manual_trains(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    project = copy_project(tmp_path, warm=True)
    (project / "demos/digits/demo.js").write_text(example("demos/README.md", "js"), encoding="utf-8")
    (project / "demos/digits/demo.css").write_text(example("demos/README.md", "css"), encoding="utf-8")
    build(project)
    (slug,) = (slug for slug, name in demos() if name == "digits")
    with serving(project / "_site") as url:
        demo = Handle(open_page(f"{url}/{slug}/"), "digits").find()
        demo.play()
        demo.until("demo.step > 30 && demo.latest('loss.history') < 1")
        demo.pause()
        for said in ("accuracy", "steps the loss is", "What each class looks for"):
            assert said in demo.element.inner_text()
        assert demo.error() == ""
