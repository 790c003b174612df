"""What a reader sets is what plan, run and link have: options of every kind, and nothing that was refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType

import pytest
from playwright.sync_api import Page

from site_builder.record.options import plan_key
from site_builder.run.declarations import Option
from tests.browser.conftest import Served, until
from tests.browser.test_runtime import RUN, ready, start

Opener = Callable[..., Page]

OPTIONS: list[Option] = [1.0, 1e-05, -2.5, 1e-07, 0.1, 3, -4, 2**53, True, "1.0", "1e-05", "relu"]


def test_every_option_finds_its_plan(site: Served, separator: ModuleType, open_page: Opener) -> None:
    """Python names the plans, JavaScript asks for them."""
    plans = {plan_key({"rate": value}): f"/assets/plan-{number}.json" for number, value in enumerate(OPTIONS)}
    assert len(plans) == len(OPTIONS)
    manifest = separator.manifest() | {"options": {"rate": OPTIONS}}
    manifest["plans"] = {key: {"url": url} for key, url in plans.items()}
    site.put("/assets/manifest.json", manifest)
    for number, url in enumerate(plans.values()):
        site.put(url, separator.plan(rate_scale=number + 1))
    page = open_page(site.url)
    ready(page)
    chosen = f"{RUN}.plan.kernels[1].constants.RATE_SCALE"
    for number in [*range(1, len(OPTIONS)), 0]:
        page.evaluate(f"{RUN}.set('rate', {json.dumps(OPTIONS[number])})")
        until(page, f"{chosen} === {number + 1}")
    assert page.evaluate(f"{RUN}.link()") == "#demo-separator"
    assert page.locator(".demo-error").is_hidden()


def test_an_option_that_is_true_or_false_is_a_checkbox(site: Served, separator: ModuleType, open_page: Opener) -> None:
    manifest = separator.manifest() | {"options": {"faint": [False, True]}}
    manifest["plans"] = {"faint=false": separator.files("calm"), "faint=true": separator.files("brisk")}
    site.put("/assets/manifest.json", manifest)
    page = open_page(site.url)
    ready(page)
    box = page.get_by_label("Grid")
    assert not box.is_checked()
    box.check()
    until(page, f"{RUN}.plan.kernels[1].constants.RATE_SCALE === 4 && {RUN}.link().endsWith('?faint=true')")
    again = open_page(f"{site.url}/#demo-separator?faint=true")
    ready(again)
    assert again.get_by_label("Grid").is_checked()


def test_play_works_again_after_an_option_whose_plan_did_not_come(site: Served, open_page: Opener) -> None:
    brisk = site.files.pop("/assets/plan-brisk.json")
    page = open_page(site.url, expect_errors=True)
    start(page)
    page.check("text=Brisk")
    until(page, "document.querySelector('.demo-error').textContent.includes('plan-brisk.json could not be loaded')")
    assert page.inner_text(".play") == "Play"
    site.files["/assets/plan-brisk.json"] = brisk
    page.click(".play")
    until(page, f"{RUN}.plan.kernels[1].constants.RATE_SCALE === 4 && {RUN}.playing && {RUN}.lookedAt > 0")


LATER = "const now = performance.now; performance.now = () => now.call(performance) + (window.later ?? 0);"


def test_the_menu_asks_again_after_a_device_that_did_not_come_back(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, script=LATER)
    start(page)
    page.evaluate(
        f"""() => {{ const request = GPUAdapter.prototype.requestDevice;
        window.mend = () => {{ GPUAdapter.prototype.requestDevice = request; }};
        GPUAdapter.prototype.requestDevice = () => Promise.reject(new Error('none left'));
        {RUN}.backend.runner.device.destroy(); }}"""
    )
    until(page, "document.querySelector('.demo-error').textContent.endsWith('the run continues on the processor.')")
    step = page.evaluate(f"{RUN}.step")
    page.select_option(".demo-compute select", "gpu")
    until(page, "document.querySelector('.demo-error').textContent.includes('may be tried again in')")
    assert page.input_value(".demo-compute select") == "processor"
    page.evaluate("window.mend(); window.later = 30_000;")
    page.select_option(".demo-compute select", "gpu")
    until(page, f"{RUN}.playing && {RUN}.backend?.kind === 'gpu' && {RUN}.lookedAt > {step}")


REFUSED = {
    "too few": "demo.edit('points', [1, 2])",
    "no input": "demo.edit('weights', [1, 2, 3])",
    "half a u32": "demo.edit('count', [0.5])",
    "beyond its bound": "(demo.plan.buffers.find(({ name }) => name === 'count').bound = 7, demo.edit('count', [7]))",
    "no number": "demo.edit('target', new Float32Array(65).fill(NaN))",
    "without end": "demo.edit('target', new Float32Array(65).fill(Infinity))",
    "above its control": "demo.set('learning_rate', 10.5)",
    "below its control": "demo.set('learning_rate', 0.001)",
    "NaN in a control": "demo.set('learning_rate', NaN)",
    "no such option": "demo.set('pace', 'mad')",
    "no such choice": "demo.set('arrangement', 'mad')",
    "no such class": "demo.set('placing', '2')",
}


@pytest.mark.parametrize("refused", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_said_and_changes_nothing(site: Served, open_page: Opener, refused: str) -> None:
    page = open_page(site.url)
    ready(page)
    page.evaluate(f"{RUN}.edit('count', [5])")
    page.evaluate(f"{RUN}.edit('target', new Float32Array(65).fill(0.25))")
    until(page, f"{RUN}.awake")
    state = f"[{RUN}.link(), [...{RUN}.experiment.settings], [...{RUN}.experiment.inputs].map(([k, v]) => [k, [...v]])]"
    before = page.evaluate(state)
    assert before[0].startswith("#demo-separator?count=5&target=0.25,")
    page.evaluate(f"((demo) => void {refused})({RUN})")
    assert page.evaluate(state) == before
    assert page.inner_text(".demo-error.bad")


MAD = "learning_rate=99&arrangement=mad&pace=mad&placing=7&count=7.5&labels=x&faint=1&target=NaN"


def test_what_is_out_of_bounds_in_a_link_is_in_no_other(site: Served, open_page: Opener) -> None:
    page = open_page(f"{site.url}/#demo-separator?{MAD}")
    ready(page)
    assert page.evaluate(f"{RUN}.link()") == "#demo-separator"


@pytest.mark.parametrize("state", ["learning_rate=0.01", "learning_rate=10", "seed=12345", "placing=-1", "faint=true"])
def test_a_link_brings_back_what_it_was_made_of(site: Served, open_page: Opener, state: str) -> None:
    """The ends of a slider, whose value is an f32, and all digits of a whole number."""
    page = open_page(f"{site.url}/#demo-separator?{state}")
    ready(page)
    assert page.evaluate(f"{RUN}.link()") == f"#demo-separator?{state}"


def test_a_hash_that_is_no_text_does_no_harm(site: Served, open_page: Opener) -> None:
    page = open_page(f"{site.url}/#%E0%")
    start(page)


def test_what_is_written_while_nothing_computes_begins_the_run(
    site: Served, separator: ModuleType, open_page: Opener
) -> None:
    del site.files["/assets/patterns.bin"]
    page = open_page(site.url, expect_errors=True)
    ready(page)
    page.click(".play")
    page.wait_for_selector(".demo-error.bad:not([hidden])")
    page.evaluate(f"{RUN}.set('learning_rate', 2)")
    page.evaluate(f"{RUN}.set('learning_rate', 0.5)")
    site.put("/assets/patterns.bin", bytes(range(12)))
    page.click("button:text-is('Step')")
    until(page, f"{RUN}.lookedAt === 1")
    first = page.evaluate(f"{RUN}.read('loss.history').then(([loss]) => loss)")
    assert first == pytest.approx(separator.train(1)[0][1], rel=1e-4)


def test_the_last_option_wins(site: Served, open_page: Opener) -> None:
    """However late the plan of another one comes; and for a choice that is taken back no backend is opened."""
    script = """
      const get = window.fetch;
      window.fetch = async (url, ...all) => {
        const answer = await get(url, ...all);
        if (`${url}`.includes("plan-brisk.json")) await new Promise((resolve) => setTimeout(resolve, 600));
        return answer;
      };
      const open = Worker;
      window.opened = 0;
      window.Worker = class extends open { constructor(...all) { super(...all); window.opened++; } };
    """
    page = open_page(site.url, script=script, on="processor")
    ready(page)
    page.evaluate(f"{RUN}.set('pace', 'brisk'); {RUN}.set('pace', 'calm')")
    page.wait_for_timeout(800)
    assert page.evaluate(f"{RUN}.plan.kernels[1].constants.RATE_SCALE") == 1
    page.reload()
    start(page)
    page.evaluate(f"window.gone = {RUN}.backend; {RUN}.set('pace', 'brisk'); {RUN}.set('pace', 'calm')")
    until(page, f"{RUN}.backend && {RUN}.backend !== window.gone")
    page.wait_for_timeout(800)
    assert page.evaluate(f"{RUN}.plan.kernels[1].constants.RATE_SCALE") == 1
    assert page.evaluate("window.opened") == 2


def test_an_input_that_another_plan_cannot_take_is_as_that_gives_it(
    site: Served, separator: ModuleType, open_page: Opener
) -> None:
    plan, manifest = separator.plan(rate_scale=4), separator.manifest()
    next(each for each in plan["buffers"] if each["name"] == "count")["bound"] = 7
    site.put("/assets/plan-brisk.json", plan)
    page = open_page(site.url, on="processor")
    start(page)
    page.evaluate(f"{RUN}.edit('count', [9])")
    page.check("text=Brisk")
    said = "This model could not take what was set before for count: it is as it was given."
    until(page, f"{RUN}.awake && document.querySelector('.demo-error').textContent === '{said}'")
    assert page.evaluate(f"{RUN}.input('count')[0]") == manifest["inputs"]["count"]["values"]
    assert page.evaluate(f"{RUN}.link()") == "#demo-separator?pace=brisk"
    until(page, f"location.hash === {RUN}.link()")
    step = page.evaluate(f"{RUN}.lookedAt")
    page.evaluate(f"{RUN}.play()")
    until(page, f"{RUN}.lookedAt > {step}")


def test_a_button_is_no_setting(site: Served, open_page: Opener) -> None:
    page = open_page(f"{site.url}/#demo-separator?flip=true", on="processor")
    ready(page)
    said = "Part of this link was left out: the demo has no “flip”."
    until(page, f"document.querySelector('.demo-error').textContent === '{said}'")
    assert page.evaluate(f"[{RUN}.control('flip') ?? null, {RUN}.link()]") == [None, "#demo-separator"]
