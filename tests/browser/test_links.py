"""A link opens as it was sent: data, settings, seed, and the step if it asks for one. What is broken in it is said."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DEMO, Served, until
from tests.browser.test_runtime import ELEMENT, RUN, ready, start

Opener = Callable[..., Page]
SAID = "(document.querySelector('.demo-error:not([hidden])')?.textContent ?? '')"
HELD = f"['points', 'labels', 'count', 'target', 'sketch'].map((name) => [...{RUN}.input(name)].join())"
SETTINGS = f"[{RUN}.experiment.seed, ...{RUN}.experiment.settings].join()"


def menu(page: Page) -> str:
    """What the menu of arrangements says."""
    return str(page.get_by_label("Arrangement").locator("option:checked").inner_text())


def opened(open_page: Opener, url: str, **options: object) -> Page:
    """A page whose link is obeyed, and seen."""
    page = open_page(url, **options)
    ready(page)
    until(page, f"{RUN}.awake && {RUN}.lookedAt === {RUN}.step")
    page.wait_for_timeout(50)
    return page


def test_a_link_holds_what_differs_from_the_preset(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    ready(page)
    page.get_by_label("Arrangement").select_option("wide")
    assert page.evaluate(f"{RUN}.link()") == "#demo-separator?arrangement=wide"
    page.evaluate(f"{{ const at = {RUN}.input('points'); at[2] = 0.25; {RUN}.edit('points', at); }}")
    assert page.evaluate(f"{RUN}.link()") == "#demo-separator?arrangement=wide&points@2=0.25"
    assert menu(page) == "Your own"
    until(page, f"location.hash === {RUN}.link()")
    page.evaluate(f"{{ const at = {RUN}.input('points'); at[2] = Math.fround(-0.8); {RUN}.edit('points', at); }}")
    assert menu(page) == "Wide", "what is as the preset has it is the preset"
    assert page.evaluate(f"{RUN}.link()") == "#demo-separator?arrangement=wide"


def test_own_data_is_offered_once_there_is_some(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    ready(page)
    offered = page.get_by_label("Arrangement").locator("option")
    assert offered.all_inner_texts() == ["Given", "Tight", "Wide", "Empty"]
    page.evaluate(f"{RUN}.edit('count', [5])")
    assert offered.all_inner_texts()[-1] == "Your own"
    page.get_by_label("Arrangement").select_option("tight")
    assert page.evaluate(f"{RUN}.input('count')[0]") == 6
    page.get_by_label("Arrangement").select_option("own")
    assert page.evaluate(f"[{RUN}.input('count')[0], {RUN}.input('points')[0]]") == pytest.approx([5, -0.6])
    assert menu(page) == "Your own"
    assert page.evaluate(f"{RUN}.link()").count("=") >= 2, "own data differs from the preset that was chosen last"


STATES = {
    "settings": "seed=3&learning_rate=2&pace=brisk&placing=-1&faint=true",
    "a preset": "arrangement=tight",
    "a preset and a point moved": "arrangement=tight&points@4=0.5,0.6",
    "a preset and a point more": "arrangement=wide&count=5&labels@4=1&points@8=0.3,0.4",
    "a curve": "target=" + ",".join(["0.5"] * 65),
    "a piece of a curve": "target@10=0.5,0.25",
    "an empty plane": "arrangement=empty",
    "points of before there were presets": "labels=1,1,1,-1,-1,-1",
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_a_link_opens_as_sent(site: Served, open_page: Opener, state: str) -> None:
    """In a fresh tab, after a reload, and after Back and Forward; live, and untrained."""
    address = f"{site.url}/#demo-separator?{state}"
    page = opened(open_page, address)
    assert sorted(page.evaluate(f"{RUN}.link()").split("?")[1].split("&")) == sorted(state.split("&"))
    sent = page.evaluate(f"[{HELD}, {SETTINGS}]")
    assert page.evaluate(f"[{RUN}.step, {RUN}.playing, {RUN}.awake, location.hash, {SAID}]") == [
        *(0, False, True),
        *(f"#demo-separator?{state}", ""),
    ]
    page.reload()
    ready(page)
    until(page, f"{RUN}.awake")
    assert page.evaluate(f"[{HELD}, {SETTINGS}]") == sent
    page.evaluate("location.hash = '#demo-separator'")
    until(page, f"{RUN}.link() === '#demo-separator'")
    plain = page.evaluate(f"[{HELD}, {SETTINGS}]")
    assert plain != sent
    page.go_back()
    until(page, f"{RUN}.link() !== '#demo-separator'")
    assert page.evaluate(f"[{HELD}, {SETTINGS}]") == sent
    page.go_forward()
    until(page, f"{RUN}.link() === '#demo-separator'")
    assert page.evaluate(f"[{HELD}, {SETTINGS}]") == plain


def test_back_does_not_train_anew_what_is_as_sent(site: Served, open_page: Opener) -> None:
    page = opened(open_page, f"{site.url}/#demo-separator?labels=1,1,1,-1,-1,-1")
    page.click("button:text-is('Step')")
    until(page, f"{RUN}.lookedAt === 1")
    page.evaluate("location.hash = '#elsewhere'")
    page.go_back()
    page.wait_for_timeout(300)
    assert page.evaluate(f"[{RUN}.step, location.hash]") == [1, "#demo-separator?labels=1,1,1,-1,-1,-1"]


def test_a_link_that_is_clicked_twice_says_the_same_twice(site: Served, open_page: Opener) -> None:
    link = '<p><a href="#demo-separator?arrangement=wide">wide</a></p>'
    site.put("/", page_html_with(site, link))
    page = open_page(site.url)
    ready(page)
    page.click("text=wide")
    until(page, f"{RUN}.awake && {RUN}.control('arrangement') === 'wide'")
    page.click("button:text-is('Step')")
    until(page, f"{RUN}.lookedAt === 1")
    page.click("main a")
    until(page, f"{RUN}.step === 0 && {RUN}.lookedAt === 0")
    assert not page.evaluate(f"{RUN}.playing")


def page_html_with(site: Served, before: str) -> str:
    """The fixture's page with something before its demo."""
    return site.files["/"].decode().replace("<main>", f"<main>{before}")


BROKEN = {
    "count=99": "there is room for 16 points, not 99",
    "count=4294967295": "there is room for 16 points, not 4.3 × 10⁹",
    "points=0.1,0.2,0.3,0.4&labels=1&count=2": "point 2 of 2 has no class that there is (0)",
    "labels=5": "point 1 of 6 has no class that there is (5)",
    "points=9": "points holds numbers from −1 to 1, not 9",
    "points@31=0,0": "points holds 32 numbers, not 33",
    "points@999999999=0": "points holds 32 numbers, not 1000000000",
    "target=1e39": "target holds numbers, not 1e+39",
    "target=NaN": "target holds numbers, not NaN",
    "target=,": "target holds numbers, not NaN",
    "target=" + "0," * 99_999 + "0": "target holds 65 numbers, not 100000",
    "count=2.5": "count holds whole numbers from 0 to 4294967295, not 2.5",
    "count=-1": "count holds whole numbers from 0 to 4294967295, not -1",
    "sketch=2": "sketch holds numbers from 0 to 1, not 2",
    "learning_rate=99": "Learning rate cannot be 99",
    "learning_rate=": "Learning rate cannot be ",
    "pace=mad": "Pace cannot be mad",
    "faint=1": "Grid cannot be 1",
    "arrangement=own": "Arrangement cannot be own",
    "arrangement=toString": "Arrangement cannot be toString",
    "seed=-1": "seed is a whole number from 0 to 4294967295, not -1",
    "seed=1.5": "seed is a whole number from 0 to 4294967295, not 1.5",
    "step=many": "step is a whole number from 0 to 4294967295, not many",
    "colour=<b>red</b>": "the demo has no “colour”",
}


@pytest.mark.parametrize("state", BROKEN)
def test_what_is_broken_in_a_link_is_left_out_and_said(site: Served, open_page: Opener, state: str) -> None:
    """And nothing that goes with it is kept: what counts together is checked together."""
    page = opened(open_page, f"{site.url}/#demo-separator?placing=-1&{state}")
    until(page, f"{SAID} !== ''")
    assert page.evaluate(SAID) == f"Part of this link was left out: {BROKEN[state]}."
    assert page.evaluate(f"{RUN}.link()") == "#demo-separator?placing=-1"
    assert page.evaluate(f"[{RUN}.input('count')[0], {RUN}.input('labels')[0]]") == [6, -1]
    page.click("button:text-is('Step')")
    until(page, f"{RUN}.lookedAt === 1")


FRAGMENTS = ["#100%", "#%E0%A4%A", "#demo-separator?%", "#demo-separator?%E0%A4%A=%", "#demo-separator%3", "#?", "#%"]


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_a_fragment_that_is_no_text_harms_nothing(site: Served, open_page: Opener, fragment: str) -> None:
    page = open_page(f"{site.url}/{fragment}")
    start(page, 3)
    page.evaluate("location.hash = '#100%'")
    page.wait_for_timeout(100)
    assert page.evaluate(f"{ELEMENT}.demo.playing")


def test_a_mark_that_a_messenger_quoted_is_read(site: Served, open_page: Opener) -> None:
    page = opened(open_page, f"{site.url}/#demo-separator%3Farrangement%3Dwide%26seed%3D7")
    assert page.evaluate(f"{RUN}.link()") == "#demo-separator?seed=7&arrangement=wide"


def test_a_link_with_a_step_is_trained_to_it(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    ready(page)
    page.evaluate(f"{RUN}.edit('labels', [1, 1, 1, -1, -1, -1, ...Array(10).fill(0)])")
    until(page, f"{RUN}.awake")
    page.evaluate(f"{RUN}.advance().then(() => {RUN}.activeRun.advance(136))")
    until(page, f"{RUN}.lookedAt === 137")
    page.check("text=with the training up to step 137")
    page.click("text=Copy link")
    link = page.evaluate("location.hash")
    assert link == "#demo-separator?labels=1,1,1,-1,-1,-1&step=137"
    weights = page.evaluate(f"{RUN}.read('weights').then((a) => [...a])")
    again = open_page(f"{site.url}/{link}")
    until(again, f"{RUN}?.step === 137 && {RUN}.lookedAt === 137")
    assert again.evaluate(f"{RUN}.read('weights').then((a) => [...a])") == weights
    assert again.evaluate(f"[{RUN}.playing, location.hash]") == [False, link]


def test_a_step_beyond_all_patience_is_said(site: Served, open_page: Opener) -> None:
    """The page answers meanwhile; its clock runs fast here."""
    fast = """
      const now = performance.now.bind(performance), frame = requestAnimationFrame.bind(window);
      performance.now = () => 40 * now();
      window.requestAnimationFrame = (then) => frame((time) => then(40 * time));
    """
    page = open_page(f"{site.url}/#demo-separator?step=4000000000", script=fast)
    ready(page)
    until(page, f"{SAID}.startsWith('The link asks for step 4.0 × 10⁹. After 20 seconds this is step ')")
    step = page.evaluate(f"{RUN}.step")
    assert step > 0
    page.click("button:text-is('Step')")
    until(page, f"{RUN}.lookedAt === {step + 1}")


def test_the_reader_may_end_the_training_that_a_link_asked_for(site: Served, open_page: Opener) -> None:
    page = open_page(f"{site.url}/#demo-separator?step=4000000000")
    ready(page)
    until(page, f"{RUN}.step > 10")
    page.click("button:text-is('Reset')")
    until(page, f"{RUN}.step === 0 && {RUN}.lookedAt === 0")
    page.wait_for_timeout(300)
    assert page.evaluate(f"{RUN}.step") == 0


def test_only_one_demo_takes_a_link(site: Served, open_page: Opener) -> None:
    other = DEMO.format(extra="").replace('id="demo-separator"', 'id="demo-other"')
    site.put("/", page_html_with(site, other))
    page = opened(open_page, f"{site.url}/#demo-other?arrangement=wide")
    of = "document.getElementById('demo-{}').demo.link()"
    assert page.evaluate(of.format("other")) == "#demo-other?arrangement=wide"
    assert page.evaluate(of.format("separator")) == "#demo-separator"
