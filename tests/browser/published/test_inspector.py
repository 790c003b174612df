"""The cell inspector in the published demos: what a number is computed from, and its derivatives."""

from __future__ import annotations

import re

import pytest

from tests.browser.published.conftest import Visit
from tests.browser.published.pages import Handle
from tests.browser.published.site import demos

SAID = re.compile(r"derivative of the loss of the next step by it is (−?[\d.]+)(?: × 10(⁻?[⁰¹²³⁴-⁹]+))?\.")
RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def post_of(name: str) -> str:
    (slug,) = (slug for slug, each in demos() if each == name)
    return slug


def said(demo: Handle, name: str, at: int) -> str:
    """What stands in the inspector of a number, once it is there."""
    demo.ask(f"demo.inspect({name!r}, {at})")
    body = demo.element.locator(".inspector-body")
    body.locator("p").first.wait_for()
    return str(body.inner_text())


def test_the_loss_s_derivative_is_what_the_next_step_uses(visit: Visit) -> None:
    """Adam keeps a running mean of derivatives, from which this one is got back."""
    demo = Handle(visit(f"/{post_of('spiral')}/", on="processor"), "spiral").find()
    demo.steps(3)
    name, at = "network.layers.1.weight", 5
    before = demo.numbers(f"{name}.m")[at]
    found = SAID.search(said(demo, name, at))
    assert found
    demo.steps(1)
    after = demo.numbers(f"{name}.m")[at]
    slope = (after - 0.9 * before) / 0.1
    assert abs(slope) > 1e-5
    told = float(found[1].replace("−", "-")) * 10 ** int((found[2] or "0").translate(RAISED))
    assert told == pytest.approx(slope, rel=0.05)  # two digits or three


def test_the_loss_s_derivative_comes_with_a_pause(visit: Visit) -> None:
    demo = Handle(visit(f"/{post_of('spiral')}/", on="processor"), "spiral").find()
    demo.play()
    assert "Pause to see the derivative of the loss by it." in said(demo, "network.layers.1.weight", 5)
    demo.pause()
    demo.element.locator(".demo-inspector").get_by_text(SAID).wait_for()


def test_what_is_followed_says_how_the_chosen_number_changes_with_it(visit: Visit) -> None:
    demo = Handle(visit(f"/{post_of('spiral')}/", on="processor"), "spiral").find()
    demo.steps(2)
    assert "derivative" not in said(demo, "field", 0)
    inspector = demo.element.locator(".demo-inspector")
    inspector.locator("dd, td").first.wait_for()
    inspector.locator(".inspector-body button").first.click()
    inspector.get_by_text("The derivative of field[0, 0] by it is").wait_for()
    inspector.get_by_role("button", name="Back").click()
    inspector.get_by_text("The derivative of").wait_for(state="detached")


def test_of_two_cells_the_later_is_shown(visit: Visit) -> None:
    """Also where it is chosen while the first is still read, as choosing one in the map does."""
    demo = Handle(visit(f"/{post_of('gallery-views')}/", on="processor"), "gallery-views").find()
    demo.steps(2)
    title = demo.element.locator(".demo-inspector .view-title")
    demo.ask("(demo.inspect('weights', 3), demo.inspect('weights', 8))")
    title.filter(has_text="weights[1, 2]").wait_for()
    grid = demo.element.locator("[data-view=attention] [tabindex='0']").first
    for row in (1, 2):
        grid.focus()
        demo.page.keyboard.press("ArrowDown")
        demo.page.keyboard.press("Enter")
        title.filter(has_text=f"weights[{row}, ").wait_for()


def test_the_keyboard_stays_in_it(visit: Visit) -> None:
    """While it plays all is written anew at each look, and where a term is followed its button goes."""
    demo = Handle(visit(f"/{post_of('gallery-views')}/", on="processor"), "gallery-views").find()
    demo.steps(1)
    said(demo, "weights", 3)
    inside = "document.activeElement.closest('.demo-inspector') !== null"
    demo.element.locator(".inspector-body td button").nth(1).focus()
    demo.page.keyboard.press("Enter")
    demo.element.locator(".demo-inspector .view-title").filter(has_text="a quotient").wait_for()
    assert demo.page.evaluate(inside)
    demo.element.locator(".inspector-body button").first.focus()
    demo.ask("demo.play()")
    demo.until("demo.lookedAt > 10")
    assert demo.page.evaluate(f"{inside} && document.activeElement.tagName === 'BUTTON'")
    demo.page.keyboard.press("Escape")
    assert demo.element.locator(".demo-inspector").count() == 0


def test_what_a_loss_draws_at_random_is_said(visit: Visit) -> None:
    demo = Handle(visit(f"/{post_of('digits')}/", on="processor"), "digits").find()
    demo.steps(2)
    words = said(demo, "affine.weight", 300)
    assert "It is stored: a parameter." in words
    assert "not told: something there is drawn at random, which is not followed here." in words
