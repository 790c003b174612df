"""Every figure that can be run again, run again: within its tolerance, and the page says so."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.published.conftest import Visit
from tests.browser.published.pages import laid_out
from tests.browser.published.site import posts

SECONDS = 180


@pytest.mark.parametrize("slug", [slug for slug, _ in posts()])
def test_replays_agree(visit: Visit, slug: str) -> None:
    page = visit(f"/{slug}/")
    page.evaluate("document.querySelectorAll('main .body details').forEach((fold) => (fold.open = true))")
    replays = page.locator("figure-replay")
    for number in range(replays.count()):
        replay = replays.nth(number)
        replay.scroll_into_view_if_needed()
        replay.get_by_role("button", name="Run this on your machine").click()
        said = replay.get_by_role("status")
        expect(said).to_have_class("replay-said fine", timeout=1000 * SECONDS)
        if replay.locator(".replay-record").get_attribute("open") is None:
            replay.locator(".replay-record summary").click()
        expect(replay.locator(".replay-record dl")).to_contain_text("shaders/")


TOUCH = {"has_touch": True, "is_mobile": True}


@pytest.mark.parametrize("options", [{}, TOUCH], ids=["mouse", "touch"])
@pytest.mark.parametrize("width", [390, 700, 1366])
def test_a_replay_has_its_room_before_its_script_comes(visit: Visit, width: int, options: dict[str, Any]) -> None:
    page = laid_out(visit("/perceptron/", viewport={"width": width, "height": 800}, **options))
    replays = page.locator("figure-replay:visible")
    for number in range(replays.count()):
        replay = replays.nth(number)
        shipped, came = replay.evaluate(
            """async (replay) => {
                const height = () => replay.getBoundingClientRect().height;
                const before = replay.querySelector(".replay") ? undefined : height();
                replay.scrollIntoView();
                while (!replay.querySelector(".replay")) await new Promise((go) => setTimeout(go, 20));
                return [before ?? height(), height()];
            }"""
        )
        assert came == pytest.approx(shipped, abs=0.1), number


def test_there_are_replays(visit: Visit) -> None:
    assert sum(visit(f"/{slug}/").locator("figure-replay").count() for slug, _ in posts()) >= 3
