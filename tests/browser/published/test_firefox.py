"""Every demo and every replay once more in Firefox ESR: another shader compiler on another driver."""

from __future__ import annotations

import pytest

from tests.browser.firefox import Firefox
from tests.browser.published.site import Published, demos, posts
from tests.browser.published.test_demos import FALLEN, LEARNED

SECONDS = 180


@pytest.mark.parametrize(("slug", "name"), demos(), ids=[name for _, name in demos()])
def test_it_trains(published: Published, browser: Firefox, slug: str, name: str) -> None:
    element = f"document.getElementById('demo-{name}')"
    browser.open(f"{published.url}/{slug}/")
    browser.until(f"{element}?.scrollIntoView() ?? {element}?.querySelector('.demo-bar:not([disabled])')", SECONDS)
    browser.click(f"#demo-{name} .play")
    fallen = f"demo.lookedAt > 20 && demo.latest('loss.history') < {FALLEN} * demo.values['loss.history'][0]"
    browser.until(f"((demo) => {LEARNED.get(name, fallen)})({element}.demo)", SECONDS)
    assert browser.evaluate(f"{element}.demo.backend.kind") == "gpu"
    assert browser.evaluate(f"{element}.querySelector('.demo-error').hidden")
    assert browser.console == []


@pytest.mark.parametrize("slug", [slug for slug, _ in posts()])
def test_replays_agree(published: Published, browser: Firefox, slug: str) -> None:
    browser.open(f"{published.url}/{slug}/")
    count = browser.evaluate("document.querySelectorAll('figure-replay').length")
    for number in range(count):
        replay = f"document.querySelectorAll('figure-replay')[{number}]"
        browser.evaluate(f"{replay}.scrollIntoView()")  # what is far from the reader has not fetched its script
        browser.until(f"{replay}.querySelector('.replay button')", SECONDS)
        browser.evaluate(f"{replay}.querySelector('.replay button').click()")
        browser.until(f"{replay}.querySelector('.replay-said.fine, .replay-said.bad')", SECONDS)
        said = browser.evaluate(f"{replay}.querySelector('.replay-said').textContent")
        assert "within the tolerance" in said or "equal to the last bit" in said
    assert browser.console == []
