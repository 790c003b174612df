"""A link with the training opens as it was sent: each change of a setting at its step. What the reader does ends it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Served, until
from tests.browser.test_links import SAID
from tests.browser.test_runtime import RUN, ready

Opener = Callable[..., Page]
COME = f"{RUN}.awake && {RUN}.lookedAt === {RUN}.step && {RUN}.step === "
STATE = f"Promise.all(['weights', 'loss.history'].map((each) => {RUN}.read(each).then((a) => [...a])))"
FAR = "#demo-separator?step=4000000000"


def begun(site: Served, open_page: Opener) -> Page:
    """A demo that computes on the processor, at its start."""
    page = open_page(site.url, on="processor")
    ready(page)
    page.evaluate(f"{RUN}.wake()")
    until(page, f"{COME} 0")
    return page


def advance(page: Page, to: int) -> None:
    page.evaluate(f"{RUN}.activeRun.advance({to} - {RUN}.step)")
    until(page, f"{COME} {to}")


def receive(site: Served, open_page: Opener, sender: Page, step: int) -> Page:
    """What whoever gets the sender's link has, to the last bit."""
    page = open_page(f"{site.url}/{sender.evaluate(f'{RUN}.link(true)')}", on="processor")
    until(page, f"{RUN}?.activeRun && {COME} {step} && {SAID} === ''")
    assert page.evaluate(STATE) == sender.evaluate(STATE)
    assert page.evaluate(f"[...{RUN}.experiment.settings]") == sender.evaluate(f"[...{RUN}.experiment.settings]")
    assert page.evaluate(f"{RUN}.link(true)") == sender.evaluate(f"{RUN}.link(true)")
    return page


def test_settings_that_changed_on_the_way_change_there_again(site: Served, open_page: Opener) -> None:
    page = begun(site, open_page)
    page.evaluate(f"{RUN}.set('learning_rate', 2)")
    advance(page, 78)
    page.evaluate(f"{RUN}.set('learning_rate', 10)")
    advance(page, 100)
    page.evaluate(f"{RUN}.set('learning_rate', 0.123456)")
    page.evaluate(f"{RUN}.set('arrangement', 'wide')")
    advance(page, 137)
    changes = "learning_rate@78=10&learning_rate@100=0.123456&arrangement@100=wide"
    assert page.evaluate(f"{RUN}.link(true)") == f"#demo-separator?learning_rate=2&{changes}&step=137"
    receive(site, open_page, page, 137)
    page.click("button:text-is('Reset')")
    until(page, f"{COME} 0")
    advance(page, 3)
    assert "@" not in page.evaluate(f"{RUN}.link(true)"), "a new run begins with what is set"


def test_what_came_after_the_place_that_the_reader_went_back_to_is_not_in_it(site: Served, open_page: Opener) -> None:
    page = begun(site, open_page)
    for step, rate in ((20, 4), (40, 8)):
        advance(page, step)
        page.evaluate(f"{RUN}.pause(); {RUN}.activeRun.visit({step})")
        page.wait_for_timeout(100)
        page.evaluate(f"{RUN}.set('learning_rate', {rate})")
    advance(page, 60)
    page.evaluate(f"{RUN}.visit(40)")
    until(page, f"{COME} 40")
    link = "#demo-separator?learning_rate@20=4&learning_rate@40=8&step=40"  # as it was left there
    assert page.evaluate(f"{RUN}.link(true)") == link
    receive(site, open_page, page, 40)
    page.evaluate(f"{RUN}.set('learning_rate', 0.25)")
    advance(page, 50)
    link = "#demo-separator?learning_rate@20=4&learning_rate@40=0.25&step=50"
    assert page.evaluate(f"{RUN}.link(true)") == link
    receive(site, open_page, page, 50)


LATER = "The link keeps the settings and data of now, not those of earlier steps"
CANNOT = {
    "data": ("demo.edit('labels', demo.input('labels').map((each) => -each))", LATER),
    "many": (None, LATER),
}


@pytest.mark.parametrize("what", CANNOT)
def test_what_a_link_cannot_repeat_is_said_by_the_tick(site: Served, open_page: Opener, what: str) -> None:
    page = begun(site, open_page)
    done, sentence = CANNOT[what]
    advance(page, 5)
    for each in range(1 if done else 21):
        move = done or f"demo.set('learning_rate', {1 + each / 10})"
        page.evaluate(f"((demo) => void {move})({RUN})")
        advance(page, 6 + each)
    page.check("text=with the training up to step")
    assert page.evaluate(SAID).startswith(sentence)
    assert "@" not in page.evaluate(f"{RUN}.link(true).replace(/labels@/g, '')")


def test_an_edit_where_the_run_goes_on_from_is_still_one(site: Served, open_page: Opener) -> None:
    """What is kept of that step has the new data, and was trained on the old."""
    page = begun(site, open_page)
    advance(page, 20)
    page.evaluate(f"{RUN}.pause(); {RUN}.activeRun.visit(20)")  # so that this very step is kept
    page.wait_for_timeout(100)
    page.evaluate(f"((demo) => void {CANNOT['data'][0]})({RUN})")
    advance(page, 40)
    page.evaluate(f"{RUN}.visit(20)")
    until(page, f"{COME} 20")
    advance(page, 30)
    page.check("text=with the training up to step")
    assert page.evaluate(SAID).startswith("The link keeps the settings and data of now")


BROKEN = {
    "learning_rate@3=99&step=5": "Learning rate cannot be 99",
    "learning_rate@6=2&step=5": "Learning rate changes at step 6, to which the link does not train",
    "learning_rate@3=2": "Learning rate changes at step 3, to which the link does not train",
    "pace@3=brisk&step=5": "Pace cannot change during a training",
    "arrangement@3=own&step=5": "Arrangement cannot be own",
    "step@3=4&step=5": "the demo has no “step@3”",
    "&".join(f"learning_rate@{i}=2" for i in range(21)) + "&step=22": "a link holds 20 changes of settings, not 21",
}


@pytest.mark.parametrize("state", BROKEN)
def test_changes_that_are_broken_are_left_out_and_said(site: Served, open_page: Opener, state: str) -> None:
    page = open_page(f"{site.url}/#demo-separator?{state}", on="processor")
    ready(page)
    until(page, f"{SAID} === 'Part of this link was left out: {BROKEN[state]}.'")
    assert page.evaluate(f"{RUN}.step") == int(state.partition("&step=")[2] or 0)


DONE = {
    "a step": ("demo.advance()", ""),
    "an earlier step": ("demo.visit(3)", ""),
    "a slider": ("demo.set('learning_rate', 3)", "Something was changed on the way"),
}


@pytest.mark.parametrize("what", DONE)
def test_what_the_reader_does_ends_the_training_and_its_sentence(site: Served, open_page: Opener, what: str) -> None:
    page = open_page(f"{site.url}/{FAR}", on="processor")
    ready(page)
    until(page, f"{RUN}.step > 20")
    done, sentence = DONE[what]
    page.evaluate(f"((demo) => void {done})({RUN})")
    until(page, f"!{SAID}.startsWith('Training')")
    assert sentence in page.evaluate(SAID)
    page.wait_for_timeout(300)
    step = page.evaluate(f"{RUN}.step")
    page.wait_for_timeout(300)
    assert page.evaluate(f"[{RUN}.step, {RUN}.playing]") == [step, False]


def test_a_link_beyond_the_end_of_a_run_says_so(site: Served, open_page: Opener) -> None:
    """Also where the training comes there with the look that ends it."""
    end = f"void ({RUN}.definition.until = (demo) => demo.lookedAt >= 30)"
    page = open_page(f"{site.url}/#demo-separator", on="processor")
    ready(page)
    page.evaluate(end)
    page.evaluate("location.hash = '#demo-separator?step=500'")
    until(page, f"{SAID}.startsWith('The link asks for step 500, but the run has come to its end: this is step ')")
    assert 30 <= page.evaluate(f"{RUN}.step") < 500
