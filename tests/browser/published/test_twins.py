"""Two elements of one demo on one page: what one of them remembers is nothing to the other."""

from __future__ import annotations

from tests.browser.published.conftest import Visit
from tests.browser.published.pages import Handle
from tests.browser.published.site import demos

POST = {name: slug for slug, name in demos()}
TWIN = """(name) => {
  const first = document.getElementById(`demo-${name}`);
  const twin = document.createElement("live-demo");
  twin.id = `demo-${name}-twin`;
  for (const each of ["name", "manifest"]) twin.setAttribute(each, first.getAttribute(each));
  twin.append(document.createElement("figure"));
  first.after(twin);
}"""


def both(visit: Visit, name: str) -> tuple[Handle, Handle]:
    """The demo of the post, and another one of its name below it."""
    page = visit(f"/{POST[name]}/", viewport={"width": 1440, "height": 1000})
    first = Handle(page, name).find()
    page.evaluate(TWIN, name)
    return first, Handle(page, f"{name}-twin").find()


def test_points_of_one_perceptron_are_not_the_other_s(visit: Visit) -> None:
    first, twin = both(visit, "perceptron")
    for demo in (first, twin):
        demo.find().steps(3)
    first.ask("demo.set('preset', 'narrow')")
    first.until("demo.step === 0")
    twin.find().steps(1)
    assert twin.ask("demo.step") == 4, "it began anew, as if its own points had changed"
    first.find().steps(1)
    assert twin.ask("demo.step") == 4
    assert twin.ask("demo.link()") == "#demo-perceptron-twin"


def test_a_held_out_digit_is_the_next_of_its_own_demo(visit: Visit) -> None:
    first, twin = both(visit, "digits")
    for demo in (first, twin):
        demo.find().steps(1)
        demo.element.get_by_role("button", name="A held-out image").click()
        demo.until(
            "document.querySelector(`#${demo.element.id} .demo-words`).textContent.includes('Held-out image 1 ')"
        )
    first.find().steps(1)
    assert "Held-out image 1 is a" in first.words()
    assert "Held-out image 1 is a" in twin.words()
    assert twin.ask("demo.step") == 1
