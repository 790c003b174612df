"""Opening a GPU where that goes wrong: silent browsers, refusals, losses, no memory; and what a page gives back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from site_builder.plan import lower
from tests.browser.conftest import Served, painted, until
from tests.browser.firefox import Firefox
from tests.browser.test_runtime import COVERED, RUN, start
from tests.processor.engines import Node
from tests.zoo import ZOO

Opener = Callable[..., Page]
LATER = "const now = performance.now; performance.now = () => now.call(performance) + (window.later ?? 0);"
OPEN = """(async () => {
    const { openDevice } = await import("/runtime/gpu/device.js");
    const wrong = (error) => `${error.constructor.name}: ${error.message}`;
    return openDevice().then(({ adapter }) => adapter, wrong);
})()"""
# The waits of a page that came to their end, in milliseconds. How long they take on this machine is not the page's.
WAITS = """
    const plain = setTimeout;
    window.waits = [];
    window.setTimeout = (then, ms) => plain(() => { waits.push(ms); then(); }, ms);
"""
# Another device, and its loss for a reason that is not the page's.
CRASH = """
    const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...all) {
        const device = await request.apply(this, all);
        const lost = new Promise((resolve) => {
            window.crash = () => { device.destroy(); resolve({ reason: "unknown", message: "" }); };
        });
        Object.defineProperty(device, "lost", { value: lost });
        return device;
    };
"""
NONE = "DemoError: This browser offers no WebGPU adapter."


@pytest.mark.parametrize(
    ("script", "sentence", "waits"),
    [
        ("GPU.prototype.requestAdapter = () => new Promise(() => {});", NONE, [2000]),
        ("GPU.prototype.requestAdapter = async () => null;", NONE, []),
        ("GPU.prototype.requestAdapter = () => Promise.reject(new Error('blocked'));", NONE, []),
        (
            "GPUAdapter.prototype.requestDevice = () => Promise.reject(new Error('no more\\nthan that'));",
            "DemoError: The GPU could not be opened: no more",
            [],
        ),
        (
            "GPUAdapter.prototype.requestDevice = () => new Promise(() => {});",
            "DemoError: The GPU could not be opened: it did not answer within 10 seconds.",
            [2000, 10_000],
        ),
    ],
    ids=["silence", "none", "refusal", "no device", "a silent device"],
)
def test_a_browser_without_an_answer(
    bare: Callable[..., str], open_page: Opener, script: str, sentence: str, waits: list[int]
) -> None:
    page = open_page(bare({}), script=WAITS + script)
    assert page.evaluate(OPEN) == sentence
    assert page.evaluate("waits") == waits


def test_a_lost_device_is_replaced_once_in_half_a_minute_and_twice_a_page(
    bare: Callable[..., str], open_page: Opener
) -> None:
    page = open_page(bare({}), script=LATER)
    lose = """(async () => {
        const { openDevice } = await import("/runtime/gpu/device.js");
        const { device } = await openDevice();
        device.destroy();
        await device.lost;
    })()"""
    for later in (0, 30_000):
        page.evaluate(f"window.later = {later}")
        assert page.evaluate(OPEN) == "SwiftShader"
        page.evaluate(lose)
        if not later:
            assert page.evaluate(OPEN) == "SwiftShader", "the first loss may be a mishap"
            page.evaluate(lose)
            assert page.evaluate(OPEN) == "DemoError: The GPU was lost; it may be tried again in 30 s."
    page.evaluate("window.later = 1e9")
    sentence = "DemoError: The GPU was lost again and again. Reload the page to try it once more."
    assert page.evaluate(OPEN) == sentence


def test_a_device_that_crashes_at_once_is_left_alone_for_half_a_minute(
    bare: Callable[..., str], open_page: Opener
) -> None:
    page = open_page(bare({}), script=LATER + CRASH)
    assert page.evaluate(OPEN) == "SwiftShader"
    page.evaluate("window.crash()")
    assert page.evaluate(OPEN).startswith("DemoError: The GPU was lost; it may be tried again in ")
    page.evaluate("window.later = 30_000")
    assert page.evaluate(OPEN) == "SwiftShader"


KIND = """(async () => {
    const { findAdapter, isSoftware } = await import("/runtime/common/adapter.js");
    const empty = { vendor: "", architecture: "", device: "", description: "" };
    const named = (info) => isSoftware({ info: { ...empty, ...info } });
    return [isSoftware(await findAdapter()), [
        named({ vendor: "nvidia", architecture: "lovelace" }), named({ vendor: "apple", architecture: "metal-3" }),
        named({ vendor: "warped" }), named({ description: "llvmpipe (LLVM 15.0.6, 256 bits)" }),
        named({ device: "Microsoft Basic Render Driver" }), named({ isFallbackAdapter: true }),
    ]];
})()"""


def test_programs_that_stand_in_for_a_gpu_are_told_in_chromium(bare: Callable[..., str], open_page: Opener) -> None:
    assert open_page(bare({})).evaluate(KIND) == [True, [False, False, False, True, True, True]]


def test_programs_that_stand_in_for_a_gpu_are_told_in_firefox(bare: Callable[..., str], browser: Firefox) -> None:
    browser.open(bare({}))
    assert browser.evaluate(KIND)[0] is True


COUNT = """
    window.alive = new Set();
    const create = GPUDevice.prototype.createBuffer, destroy = GPUBuffer.prototype.destroy;
    GPUDevice.prototype.createBuffer = function (what) {
        const made = create.call(this, what);
        window.alive.add(made);
        return made;
    };
    GPUBuffer.prototype.destroy = function () { window.alive.delete(this); return destroy.call(this); };
"""


@pytest.fixture
def model(bare: Callable[..., str]) -> str:
    """A page that serves a model of the zoo."""
    plan = lower(next(entry for entry in ZOO if entry.name == "mlp").build(watched=True)).to_json()
    node = Node()
    trial = node.ask("trial", plan=json.loads(plan))["trial"]
    node.close()
    return bare({"/plan.json": plan, "/trial.json": json.dumps(trial)})


TEN = """(async () => {
    const { openRunner } = await import("/runtime/gpu/open.js");
    const plan = await (await fetch("/plan.json")).json();
    const open = () => openRunner({ plan, module: "", trial: "/trial.json" }, ["init", "step"]);
    const opened = await Promise.all(Array.from({ length: 10 }, open));
    const reads = opened.flatMap(({ runner }) => {
        runner.run("step", 3);
        return [runner.read("loss.history"), runner.read("output")];
    });
    await Promise.all(reads);
    const most = window.alive.size;
    const unread = opened.map(({ runner }) => runner.read("output").catch(() => "gone"));
    await Promise.resolve();
    for (const { runner } of opened) runner.destroy();
    await Promise.all(unread);
    return [most, window.alive.size, plan.allocations.length];
})()"""


def test_ten_demos_give_all_their_memory_back(model: str, open_page: Opener) -> None:
    most, left, allocations = open_page(model, script=COUNT).evaluate(TEN)
    assert most >= 10 * allocations
    assert left == 0


AGAIN = """(async () => {
    const { openRunner } = await import("/runtime/gpu/open.js");
    const plan = await (await fetch("/plan.json")).json();
    const { runner } = await openRunner({ plan, module: "", trial: "/late.json" }, []);
    window.prepare = () => runner.prepare("step").then(() => "prepared", (error) => error.message);
    return window.prepare();
})()"""


def test_a_program_whose_trial_did_not_load_may_be_tried_again(model: str, server: Served, open_page: Opener) -> None:
    page = open_page(model, expect_errors=True)
    assert page.evaluate(AGAIN) == "/late.json could not be loaded (404)."
    server.put("/late.json", server.files["/trial.json"])
    assert page.evaluate("prepare()") == "prepared"


MEMORY = """(async () => {
    const { openRunner } = await import("/runtime/gpu/open.js");
    const plan = await (await fetch("/plan.json")).json();
    const { popErrorScope } = GPUDevice.prototype;
    let last = 0;
    GPUDevice.prototype.popErrorScope = async function () {
        const found = await popErrorScope.call(this);
        return ++last % 2 ? found : new GPUOutOfMemoryError("out of memory");
    };
    return openRunner({ plan, module: "", trial: "/trial.json" }, ["init", "step"]).catch((error) => error.message);
})()"""


def test_a_gpu_without_memory_is_a_sentence(model: str, open_page: Opener) -> None:
    page = open_page(model, script=COUNT)
    assert page.evaluate(MEMORY) == "The GPU has not enough memory left for this."
    assert page.evaluate("window.alive.size") == 0


SUBMITS = """(async () => {
    const { openDevice } = await import("/runtime/gpu/device.js");
    const { createRunner } = await import("/runtime/gpu/runner.js");
    const plan = await (await fetch("/plan.json")).json();
    const { device } = await openDevice();
    const runner = await createRunner(device, plan, () => null);
    await runner.run("init");
    const { submit } = GPUQueue.prototype, { dispatchWorkgroups } = GPUComputePassEncoder.prototype;
    let dispatched = 0;
    const submits = [];
    GPUComputePassEncoder.prototype.dispatchWorkgroups = function (...all) {
        dispatched++;
        return dispatchWorkgroups.apply(this, all);
    };
    GPUQueue.prototype.submit = function (lists) {
        if (lists.length && dispatched) submits.push(dispatched);
        dispatched = 0;
        return submit.call(this, lists);
    };
    const { now } = performance;
    let quick = false;
    performance.now = () => (quick ? start : now.call(performance)); // no time passes while the GPU computes
    const start = performance.now();
    runner.took("step", 450);
    const long = runner.isLong("step");
    quick = true;
    await runner.run("step");
    return { long, submits, still: runner.isLong("step"), steps: plan.programs.step.steps.length };
})()"""


def test_a_step_that_takes_too_long_comes_in_parts(model: str, open_page: Opener) -> None:
    said: dict[str, Any] = open_page(model).evaluate(SUBMITS)
    assert said["long"]
    assert len(said["submits"]) == 5
    assert sum(said["submits"]) == said["steps"]
    assert not said["still"], "it was measured again"


LESSER = """
    const ask = GPU.prototype.requestAdapter;
    GPU.prototype.requestAdapter = function (options) {
        return options?.featureLevel ? ask.call(this, options) : Promise.resolve(null);
    };
"""


def test_the_compatibility_mode_draws_on_2_d_canvases(site: Served, open_page: Opener) -> None:
    """Where vertex shaders can read no buffers; else what is drawn there is as on any GPU."""
    page = open_page(site.url, script=LESSER)
    start(page)
    until(page, f"{RUN}.step > 20 && {RUN}.lookedAt > 20")
    assert page.evaluate(f"{RUN}.backend.runner.device.limits.maxStorageBuffersInVertexStage") == 0
    page.click(".play")
    until(page, f"!{RUN}.playing && {RUN}.lookedAt === {RUN}.step")
    for view, (least, most) in COVERED.items():
        share = 100 * painted(page.locator(f"[data-view={view}] canvas"))
        assert least < share <= most, view
