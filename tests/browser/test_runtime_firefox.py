"""The same demo in another browser, through another shader compiler, on another driver."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from tests.browser.conftest import REPLAY, Served, page_html
from tests.browser.firefox import Firefox
from tests.browser.test_runtime import RUN

MOVE = """(() => {
    const menu = document.querySelector(".demo-compute select");
    menu.value = "processor";
    menu.dispatchEvent(new Event("change"));
})()"""


def test_it_trains_in_firefox_too(site: Served, bundled: Any, separator: ModuleType, browser: Firefox) -> None:
    figure = '<figure-replay record="/assets/record.json"></figure-replay>'
    site.put("/replay", page_html(bundled, figure, REPLAY))
    site.put("/elsewhere", "<!doctype html><title>Elsewhere</title><link rel=icon href=data:,>")
    browser.open(site.url)
    browser.until("document.querySelector('.demo-bar:not([disabled])')")
    browser.click(".play")
    browser.until(f"{RUN}.lookedAt >= 12")
    assert browser.evaluate(f"{RUN}.backend.kind") == "gpu"
    browser.click(".play")
    browser.evaluate(f"{RUN}.pause()")
    browser.evaluate(f"{RUN}.reset()")
    for step in range(1, 13):
        browser.click(".demo-bar .play + button")
        browser.until(f"{RUN}.step === {step}")
    losses = browser.evaluate(f"{RUN}.read('loss.history').then((a) => [...a].slice(0, 12))")
    assert losses == pytest.approx([loss for _, loss in separator.train(12)[:-1]], rel=1e-3)
    browser.evaluate(MOVE)
    browser.until(f"{RUN}.backend?.kind === 'processor'")
    assert browser.evaluate(f"{RUN}.read('loss.history').then((a) => [...a].slice(0, 12))") == losses
    browser.evaluate("void (location.href = '/elsewhere')")
    browser.until("location.pathname === '/elsewhere'")
    browser.evaluate("history.back()")
    browser.until("document.querySelector('.demo-bar:not([disabled])')")
    step = browser.evaluate(f"{RUN}.step")
    browser.click(".play")
    browser.until(f"{RUN}.step > {step} && {RUN}.lookedAt > {step}")
    browser.open(f"{site.url}/replay")
    browser.click(".replay button")
    browser.until("document.querySelector('.replay-said.fine')")
    assert browser.console == []
