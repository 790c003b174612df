"""Every demo on every backend: without WebGPU, on a software adapter, and with a device that dies in the middle."""

from __future__ import annotations

import numpy as np
import pytest

from tests.browser.published.conftest import Visit
from tests.browser.published.pages import Handle
from tests.browser.published.site import Published, demos
from tests.browser.published.test_demos import LEARNED, first_loss, is_painted, losses, train
from tests.serving import packed

NO_WEBGPU = "Object.defineProperty(Navigator.prototype, 'gpu', { get: () => undefined });"
# An adapter as hardware would describe itself, and devices that die when the test says so.
MORTAL = """
    const ask = GPUAdapter.prototype.requestDevice;
    const devices = [];
    GPUAdapter.prototype.requestDevice = async function (...words) {
        const device = await ask.apply(this, words);
        devices.push(device);
        return device;
    };
    window.kill = () => devices.splice(0).forEach((device) => device.destroy());
    window.alive = () => devices.length;
"""
every_demo = pytest.mark.parametrize(("slug", "name"), demos(), ids=[name for _, name in demos()])


def expect_sense(demo: Handle) -> None:
    """Nothing is shown that was not computed."""
    said = demo.element.inner_text()
    for nonsense in ("NaN", "undefined", "null", "Infinity"):
        assert nonsense not in said
    is_painted(demo)


@every_demo
def test_without_webgpu_the_processor_trains(visit: Visit, slug: str, name: str) -> None:
    demo = Handle(visit(f"/{slug}/", script=NO_WEBGPU, on=None), name).find()
    height = demo.ask("demo.element.getBoundingClientRect().height")
    first = first_loss(demo)
    assert demo.ask("demo.element.getBoundingClientRect().height") == height, "the page moved when the demo woke"
    demo.play()
    train(demo, first)
    assert demo.ask("demo.backend.kind") == "processor"
    assert "processor" in demo.words()
    assert demo.error() == ""
    expect_sense(demo)


def test_the_processor_s_backend_is_small(visit: Visit, published: Published) -> None:
    """What a click loads of scripts where there is no WebGPU: the run was fetched to say so."""
    slug, name = demos()[0]
    page = visit(f"/{slug}/", script=NO_WEBGPU, on=None)
    demo = Handle(page, name).find()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(f"{published.url}/")))
    demo.steps(1)
    scripts = {path: len(packed(published.folder / path)) for path in asked if path.endswith(".js")}
    assert len([path for path in asked if path.endswith(".wasm")]) == 1
    assert len(scripts) >= 2
    assert sum(scripts.values()) <= 8000, scripts


@every_demo
def test_a_software_adapter_is_passed_over(visit: Visit, slug: str, name: str) -> None:
    demo = Handle(visit(f"/{slug}/", on=None), name).find()
    demo.steps(2)
    assert demo.ask("demo.backend.kind") == "processor"
    assert demo.error() == ""


# Of the thousand models of gallery-plots some are meant to diverge, where rounding decides.
@pytest.mark.parametrize(("slug", "name"), [each for each in demos() if each[1] != "gallery-plots"])
def test_both_backends_compute_the_same_run(visit: Visit, slug: str, name: str) -> None:
    """As far as rounding goes, over the first steps; the seed decides the rest."""
    runs = []
    for on in ("gpu", "processor"):
        demo = Handle(visit(f"/{slug}/", on=on), name).find()
        demo.steps(5)
        assert demo.ask("demo.backend.kind") == on
        runs.append(demo.ask(STATE))
    for (title, ours), (_, theirs) in zip(*runs, strict=True):
        if title not in ROUNDING:
            assert ours == pytest.approx(theirs, rel=1e-3, abs=1e-4), title


# Softmax does not see the bias of keys: its derivative is zero, what is computed is rounding, and Adam steps by it.
ROUNDING = {"reverser.key.bias"}
# Every parameter and state of the model, by its name.
STATE = """Promise.all(
    demo.plan.buffers.filter((b) => ['parameter', 'state'].includes(b.role) && b.name)
        .map(async (b) => [b.name, [...await demo.read(b.name)]]))"""


@every_demo
def test_a_device_that_dies_ends_no_run(visit: Visit, slug: str, name: str) -> None:
    demo = Handle(visit(f"/{slug}/", script=MORTAL), name).find()
    first = first_loss(demo)
    demo.play()
    for _ in range(4):
        if demo.ask("demo.backend?.kind") == "processor" or not demo.ask("demo.playing"):
            break
        demo.until("demo.backend?.kind === 'processor' || window.alive() > 0")
        step = demo.ask("demo.step")
        demo.page.evaluate("window.kill()")
        demo.until(f"(demo.awake && demo.step > {step}) || !demo.playing")
    if demo.ask("demo.playing"):
        assert demo.ask("demo.backend.kind") == "processor", "a device that dies again and again is given up"
    train(demo, first)
    if name not in LEARNED:
        assert all(loss > 0 for loss in losses(demo)), "a step is missing from the history"
    expect_sense(demo)


def test_a_network_that_is_laid_out_anew_is_painted_at_once(visit: Visit) -> None:
    """And not when the next numbers come, which may be long in coming."""
    (slug,) = (slug for slug, name in demos() if name == "folding")
    demo = Handle(visit(f"/{slug}/", on="processor"), "folding").find()
    demo.steps(1)
    laid_out = """((view) => {
        view.element.open = true;
        view.picture.area.style.width = '300px';
        view.draw();
        return [...view.picture.svg.querySelectorAll('.edge, circle')]
            .map((part) => part.getAttribute('stroke') ?? part.getAttribute('fill'));
    })(demo.views.find((view) => view.picture))"""
    assert len(found := demo.ask(laid_out)) > 100
    assert None not in found


def test_a_network_that_is_opened_again_says_what_was_read_meanwhile(visit: Visit) -> None:
    """The numbers of the step that is shown, and not those of the step at which it was closed."""
    (slug,) = (slug for slug, name in demos() if name == "folding")
    demo = Handle(visit(f"/{slug}/", on="processor"), "folding").find()
    fold = demo.element.locator("summary", has_text="Every weight and every unit")
    words = "demo.views.find((view) => view.picture).words.textContent"
    demo.steps(1)
    fold.click()
    demo.until(f"{words}.startsWith('f = ')")
    before = demo.ask(words)
    fold.click()
    demo.steps(2)
    fold.click()
    demo.page.wait_for_timeout(300)
    said = demo.ask(words)
    demo.ask("demo.views.find((view) => view.picture).update()")
    assert said == demo.ask(words)
    assert said != before


def test_the_curve_says_what_is_true_of_the_fit_that_is_shown(visit: Visit) -> None:
    """Its error is that against the curve as it is now; where units switch and nothing bends there is one piece."""
    (slug,) = (slug for slug, name in demos() if name == "curve")
    page = visit(f"/{slug}/#demo-curve?size=4x8&learning_rate=0.3&seed=1", on="processor")
    demo = Handle(page, "curve").find()
    demo.until("demo.control('size') === '4x8'")
    demo.steps(1)  # now what the link asks for is there
    demo.ask("demo.run('step', 58)")
    demo.steps(1)
    assert demo.ask("demo.read('knots').then(([count]) => count)") > 0
    assert "pieces 1\n" in demo.words()
    demo.ask("demo.set('preset', 'step')")
    demo.until("Math.abs(demo.input('target')[0] + 0.6) < 1e-6")
    error = np.mean((np.array(demo.numbers("fit"))[::4] - np.array(demo.numbers("target"))) ** 2)
    demo.until(f"demo.element.textContent.includes('After 60 steps the mean squared error is {error:.3g}.')")
    assert f"loss {error:.3g}\n" in demo.words()


def test_a_table_of_the_folding_names_what_it_holds(visit: Visit) -> None:
    """In words, without the places at which points are put that do not exist."""
    (slug,) = (slug for slug, name in demos() if name == "folding")
    demo = Handle(visit(f"/{slug}/", on="processor"), "folding").find()
    demo.steps(1)
    demo.element.locator(".demo-table summary").click()
    tables = demo.element.locator(".demo-table table")
    tables.first.wait_for()
    heads = [tables.nth(number).locator("th").all_inner_texts() for number in range(tables.count())]
    assert heads[0][:5] == ["x₁", "x₂", "the sheet there, across", "up", "point, across"]
    assert not any("_" in word for head in heads for word in head)
    assert "e+" not in "".join(tables.nth(number).inner_text() for number in range(2))
    column = heads[1].index("point, x₁")
    points = tables.nth(1).locator(f"tbody td:nth-child({column + 1})").all_inner_texts()
    assert len([each for each in points if each]) == 96
