"""Every demo on every post, in Chromium: it trains, every control moves it, and its link brings it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator

from tests.browser.conftest import painted
from tests.browser.published.conftest import Visit
from tests.browser.published.pages import Handle
from tests.browser.published.site import ROOT, demos

# What has to have happened for a demo to have learned, for those that record no loss, or several.
LEARNED = {
    "gallery-plots": "demo.lookedAt > 20 && demo.latest('loss_0.history') < 0.7",
    "gallery-race": "demo.lookedAt > 40 && demo.latest('convolutional_step.loss.history') < 1.2",
    "perceptron": "demo.lookedAt && demo.values.mistakes[0] > 3 && demo.values.wrong[0] === 0",
    "backprop": "demo.step === 20",
}
FALLEN = 0.5  # of the first loss
# A buffer that says what a seed drew, for those that record no loss, or several; backprop draws nothing.
DRAWN = {
    "gallery-plots": "loss_0.history",
    "gallery-race": "convolutional_step.loss.history",
    "perceptron": "trail",
}
IDS = [name for _, name in demos()]
every_demo = pytest.mark.parametrize(("slug", "name"), demos(), ids=IDS)
FULL = [each for each in demos() if each[0] != "."]  # on the first page rare settings are left out


def losses(demo: Handle) -> list[float]:
    """The loss of each step so far."""
    return demo.numbers("loss.history")[: demo.ask("demo.step")]


def first_loss(demo: Handle) -> float:
    """Of one step: a quick machine soon writes others over it. 0 for demos that record none."""
    demo.steps(1)
    return 0.0 if demo.name in LEARNED else float(demo.ask("demo.latest('loss.history')"))


def train(demo: Handle, first: float) -> None:
    """Wait until a demo that plays has learned, and pause it. `first`: its first loss."""
    if demo.name in LEARNED:
        demo.until(LEARNED[demo.name])
    else:
        demo.until(f"demo.lookedAt > 20 && demo.latest('loss.history') < {FALLEN * first}")
    demo.pause()
    if demo.name not in LEARNED:
        assert min(losses(demo)) < FALLEN * first


def is_painted(demo: Handle) -> None:
    """No picture of it is blank."""
    pictures = demo.element.locator("canvas:visible")
    for number in range(pictures.count()):
        assert painted(pictures.nth(number)) > 0.001, f"view {number} is blank"


def test_every_demo_is_on_a_post() -> None:
    assert sorted(IDS) == sorted(file.parent.name for file in ROOT.glob("demos/*/demo.js"))


@every_demo
def test_it_trains(visit: Visit, slug: str, name: str) -> None:
    demo = Handle(visit(f"/{slug}/"), name).find()
    first = first_loss(demo)
    demo.play()
    train(demo, first)
    assert "SwiftShader" in demo.words()
    assert demo.error() == ""
    is_painted(demo)
    step = demo.ask("demo.step")
    demo.button("Reset").click()
    demo.until("demo.step === 0 && demo.lookedAt === 0")
    assert step > 0


@pytest.mark.parametrize(("slug", "name"), [each for each in FULL if each[1] != "backprop"])
def test_a_seed_decides_the_run(visit: Visit, slug: str, name: str) -> None:
    series = DRAWN.get(name, "loss.history")
    demo = Handle(visit(f"/{slug}/"), name).find()
    seed = demo.settings().locator(".seed input")
    runs = []
    for number in ("5", "6", "5"):
        seed.fill(number)
        seed.press("Enter")
        demo.until(f"demo.experiment.seed === {number} && demo.step === 0")
        demo.steps(6)
        runs.append(demo.numbers(series))
    assert runs[0] == runs[2]
    assert runs[0] != runs[1]


# Each kind of control: how a mouse and how a keyboard operates it.


def drag_range(control: Locator, keyboard: bool) -> None:
    slider = control.locator("input")
    low = slider.evaluate("(e) => e.valueAsNumber < (Number(e.min) + Number(e.max)) / 2")
    if keyboard:
        slider.focus()
        for _ in range(3):  # a logarithmic slider keeps two digits, so that one place may be no change
            slider.press("ArrowRight" if low else "ArrowLeft")
        return
    box: Any = slider.bounding_box()  # away from the thumb, on which a click changes nothing
    slider.click(position={"x": box["width"] * (0.85 if low else 0.15), "y": box["height"] / 2})


def choose_option(control: Locator, keyboard: bool) -> None:
    menu = control.locator("select")
    if keyboard:
        menu.focus()
        menu.press("ArrowUp" if menu.evaluate("(e) => e.selectedIndex") else "ArrowDown")
        return
    others = menu.locator("option").evaluate_all("(all) => all.filter((e) => !e.selected).map((e) => e.value)")
    menu.select_option(others[-1])


def choose_radio(control: Locator, keyboard: bool) -> None:
    if keyboard:
        control.locator("input:checked").focus()
        control.locator("input:checked").press("ArrowRight")
        return
    control.locator("label").filter(has=control.page.locator("input:not(:checked)")).first.click()


def toggle(control: Locator, keyboard: bool) -> None:
    box = control.locator("input")
    if keyboard:
        box.focus()
        box.press("Space")
        return
    box.click()


KINDS: list[tuple[str, Callable[[Locator, bool], None]]] = [
    ("label.range", drag_range),
    ("label.choice", choose_option),
    ("fieldset.choice", choose_radio),
    ("label.toggle", toggle),
]


@pytest.mark.parametrize(("slug", "name"), FULL, ids=[name for _, name in FULL])
@pytest.mark.parametrize("keyboard", [False, True], ids=["mouse", "keyboard"])
def test_every_control_works(visit: Visit, slug: str, name: str, keyboard: bool) -> None:
    demo = Handle(visit(f"/{slug}/", viewport={"width": 1440, "height": 1000}), name).find()
    demo.steps(1)
    names: list[str] = demo.ask("Object.keys(demo.definition.controls ?? {})")
    common, rare = (demo.element.locator(f"{part} > *") for part in (".demo-controls", ".demo-settings > fieldset"))
    folded = demo.ask("Object.entries(demo.definition.controls ?? {}).filter(([, c]) => c.more).map(([name]) => name)")
    seeded = demo.ask("demo.definition.draws !== false")
    assert common.count() == len(names) - len(folded)
    trained = demo.ask("'trained' in demo.experiment.files")
    others = "those of the demo, the seed where one counts, what it starts from if there is a choice, where it computes"
    assert rare.count() == len(folded) + seeded + trained + 1, others
    demo.settings()
    shown = [name for name in names if name not in folded]
    for control_name in names:
        control = (
            rare.nth(folded.index(control_name)) if control_name in folded else common.nth(shown.index(control_name))
        )
        control.scroll_into_view_if_needed()
        if control.evaluate("(e) => e.tagName") == "BUTTON":
            press(demo, control, keyboard)
        else:
            before = demo.ask(f"demo.control('{control_name}')")
            operate = next(act for selector, act in KINDS if control.evaluate(f"(e) => e.matches('{selector}')"))
            operate(control, keyboard)
            demo.until(
                f"demo.control('{control_name}') !== {before!r}".replace("True", "true").replace("False", "false")
            )
        assert demo.error() == "", control_name
    demo.until("demo.awake")
    demo.button("Reset").click()  # some begin anew by themselves once they have seen a change
    demo.until("demo.step === 0 && demo.lookedAt === 0")
    demo.button("Step").click()
    demo.until("demo.step > 0")  # in a race matched by cost the cheap one takes several
    assert demo.error() == ""


def press(demo: Handle, control: Locator, keyboard: bool) -> None:
    """A button changes some input."""
    inputs = "JSON.stringify(demo.plan.buffers.filter((b) => b.role === 'input').map((b) => [...demo.input(b.name)]))"
    before = demo.ask(inputs)
    if keyboard:
        control.focus()
        control.press("Enter")
    else:
        control.click()
    end = 200
    while demo.ask(inputs) == before and end:
        demo.page.wait_for_timeout(30)
        end -= 1
    assert end, control.inner_text()


# What readers do to the pictures themselves.


def points(demo: Handle, keyboard: bool) -> None:
    plane = demo.element.locator("[data-view=the-plane] .plot-over")
    plane.scroll_into_view_if_needed()
    before = demo.ask("demo.input('count')[0]")
    if keyboard:
        plane.locator("circle").first.focus()
        demo.page.keyboard.press("n")
    else:
        plane.click(position={"x": 31, "y": 27})
    demo.until(f"demo.input('count')[0] === {before + 1}")


def target(demo: Handle, keyboard: bool) -> None:
    area = demo.element.locator("[data-view=the-curve-and-its-fit] .plot-over")
    before = demo.ask("demo.input('target').join()")
    if keyboard:
        area.focus()
        demo.page.keyboard.press("ArrowRight")
        demo.page.keyboard.press("ArrowUp")
    else:
        stroke(demo, area)
    demo.until(f"demo.input('target').join() !== '{before}'")


def ink(demo: Handle, keyboard: bool) -> None:
    pad = demo.element.locator(".pad")
    before = demo.ask("demo.input('drawing').join()")
    if keyboard:
        pad.focus()
        for key in [*["ArrowUp", "ArrowLeft"] * 8, "Space"]:  # into the corner, where there is no ink
            demo.page.keyboard.press(key)
    else:
        stroke(demo, pad)
    demo.until(f"demo.input('drawing').join() !== '{before}'")


def stroke(demo: Handle, area: Locator) -> None:
    area.scroll_into_view_if_needed()
    box: Any = area.bounding_box()
    demo.page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.4 * box["height"])
    demo.page.mouse.down()
    demo.page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"], steps=5)
    demo.page.mouse.up()


POKES = {"perceptron": points, "folding": points, "curve": target, "digits": ink}


@pytest.mark.parametrize(("slug", "name"), [each for each in demos() if each[1] in POKES])
@pytest.mark.parametrize("keyboard", [False, True], ids=["mouse", "keyboard"])
def test_pictures_are_poked(visit: Visit, slug: str, name: str, keyboard: bool) -> None:
    demo = Handle(visit(f"/{slug}/", viewport={"width": 1440, "height": 1000}), name).find()
    demo.steps(1)
    POKES[name](demo, keyboard)
    if name == "perceptron":
        assert demo.ask("demo.step") == 0  # with other points it begins anew, at once
    demo.button("Step").click()
    demo.until("demo.step > 0")
    assert demo.error() == ""


@pytest.mark.parametrize(("slug", "name"), FULL, ids=[name for _, name in FULL])
def test_a_link_is_an_experiment(visit: Visit, slug: str, name: str) -> None:
    demo = Handle(visit(f"/{slug}/", viewport={"width": 1440, "height": 1000}), name).find()
    seeded = demo.ask("demo.definition.draws !== false")
    if seeded:
        demo.settings().locator(".seed input").fill("9")
        demo.settings().locator(".seed input").press("Enter")
    drag_range(demo.element.locator("label.range").first, keyboard=False)
    if name in POKES:
        demo.steps(1)
        POKES[name](demo, False)
    demo.element.get_by_role("button", name="Copy link").click()
    link = demo.ask("demo.link()")
    demo.until("location.hash === demo.link()")
    assert ("seed=9" in link) == seeded
    assert link.count("=") >= 1 + seeded
    again = Handle(visit(f"/{slug}/{link}"), name).find()
    assert sorted(again.ask("demo.link()").split("?")[1].split("&")) == sorted(link.split("?")[1].split("&"))
    assert again.ask("Math.abs(demo.element.getBoundingClientRect().top) < innerHeight")
    for each in (demo, again):
        each.button("Reset").click()
        each.until("demo.step === 0")
        each.steps(3)
    inputs = "demo.plan.buffers.filter((b) => b.role === 'input').map((b) => [b.name, [...demo.input(b.name)]])"
    for (title, ours), (_, theirs) in zip(demo.ask(inputs), again.ask(inputs), strict=True):
        assert ours == pytest.approx(theirs, rel=5e-3, abs=5e-3), title  # a link keeps three or four digits


def test_folder_names_are_tested() -> None:
    assert {*LEARNED, *DRAWN, *POKES} <= {Path(name).name for name in IDS}
