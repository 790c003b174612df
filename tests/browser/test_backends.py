"""Which backend computes: what the page chooses, what the reader does, and that a run goes on wherever it moves."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import POLICY, Served, until
from tests.browser.devices import DEVICES
from tests.browser.test_runtime import COUNT_BUFFERS, RUN, ready, start

Opener = Callable[..., Page]
KIND = f"{RUN}.backend.kind"
MENU = ".demo-compute select"
ERROR = "document.querySelector('.demo-error')"
WEIGHTS = f"{RUN}.read('weights').then((a) => [...a])"
NO_WEBGPU = "Object.defineProperty(Navigator.prototype, 'gpu', { get: () => undefined });"
NO_ADAPTER = "GPU.prototype.requestAdapter = async () => null;"
NO_SIMD = "WebAssembly.validate = () => false;"
# SwiftShader by the name of a GPU that is one.
HARDWARE = """
  const ask = GPU.prototype.requestAdapter;
  const info = { vendor: "acme", architecture: "one", device: "", description: "Acme One", isFallbackAdapter: false };
  GPU.prototype.requestAdapter = async function (...all) {
    const adapter = await ask.apply(this, all);
    return Object.defineProperty(adapter, "info", { value: info });
  };
"""
# By so much that it loses, however busy this machine is.
SLOW_GPU = """
  const map = GPUBuffer.prototype.mapAsync;
  GPUBuffer.prototype.mapAsync = async function (...all) {
    await map.apply(this, all);
    await new Promise((go) => setTimeout(go, 100));
  };
"""
SLOW_PROCESSOR = """
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (...all) { setTimeout(() => post.apply(this, all), 20); };
"""


def pause(page: Page) -> None:
    """Rest at a step that was read."""
    page.click(".play")
    until(page, f"!{RUN}.playing && {RUN}.lookedAt === {RUN}.step")


@pytest.mark.parametrize(
    ("script", "kind", "words"),
    [
        ("", "processor", "processor"),  # SwiftShader is the processor, and slower
        (NO_WEBGPU, "processor", "processor"),
        (NO_ADAPTER, "processor", "processor"),
        (NO_SIMD, "gpu", "SwiftShader"),
        (HARDWARE + SLOW_GPU, "processor", "processor"),
        (HARDWARE + SLOW_PROCESSOR, "gpu", "Acme One"),
    ],
    ids=["software", "no WebGPU", "no adapter", "no SIMD", "slow GPU", "slow processor"],
)
def test_the_page_chooses(site: Served, open_page: Opener, script: str, kind: str, words: str) -> None:
    page = open_page(site.url, script=script, on=None)
    start(page)
    assert page.evaluate(KIND) == kind
    assert words in page.inner_text(".demo-status")
    assert page.locator(".demo-error").is_hidden()
    page.wait_for_selector(MENU)
    assert page.input_value(MENU) == kind


def test_what_was_measured_is_remembered(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, script=HARDWARE + SLOW_GPU + COUNT_BUFFERS, on=None)
    start(page)
    assert page.evaluate("window.made") > 0
    page.reload()
    start(page)
    assert page.evaluate(KIND) == "processor"
    assert page.evaluate("window.made") == 0


def test_what_was_measured_leaves_no_trace(site: Served, separator: ModuleType, open_page: Opener) -> None:
    page = open_page(site.url, script=HARDWARE, on=None)
    ready(page)
    for step in range(1, 13):
        page.click("button:text-is('Step')")
        until(page, f"{RUN}.step === {step}")
    found = page.evaluate(f"{RUN}.read('loss.history').then((a) => [...a].slice(0, 12))")
    assert found == pytest.approx([loss for _, loss in separator.train(12)[:-1]], rel=1e-4)


@pytest.mark.parametrize(("on", "to"), [("gpu", "processor"), ("processor", "gpu")])
def test_a_run_at_rest_moves(site: Served, open_page: Opener, on: str, to: str) -> None:
    page = open_page(site.url, on=on)
    start(page)
    page.evaluate(f"{RUN}.set('learning_rate', 2)")
    pause(page)
    before = page.evaluate(f"{WEIGHTS}.then((weights) => [weights, {RUN}.step, {RUN}.latest('loss.history')])")
    page.select_option(MENU, to)
    until(page, f"{RUN}.backend?.kind === '{to}'")
    after = page.evaluate(f"{WEIGHTS}.then((weights) => [weights, {RUN}.step, {RUN}.latest('loss.history')])")
    assert after == before
    page.click("button:text-is('Step')")
    until(page, f"{RUN}.lookedAt === {before[1] + 1}")
    assert page.evaluate(f"{RUN}.read('step').then(([n]) => n)") == before[1] + 1
    assert page.evaluate(f"{RUN}.read('learning_rate').then(([rate]) => rate)") == 2
    page.reload()
    start(page)
    assert page.evaluate(KIND) == to, "the tab remembers"


def test_another_backend_begins_with_one_step(site: Served, open_page: Opener) -> None:
    """What the last one managed in a frame may be far too much for it."""
    page = open_page(site.url, on="processor")
    ready(page)
    page.evaluate(f"{RUN}.rate = Infinity")
    page.click(".play")
    until(page, f"{RUN}.awake")
    page.evaluate(f"""() => {{
        window.first = {RUN}.backend;
        window.asked = {{ before: [], after: [] }};
        const kind = first.constructor.prototype, {{ frame }} = kind;
        kind.frame = function (asked) {{
            const steps = asked.runs[0]?.[1];
            if (steps) window.asked[this === first ? "before" : "after"].push(steps);
            return frame.call(this, asked);
        }};
    }}""")
    until(page, "window.asked.before.at(-1) > 2")
    page.evaluate(f"void {RUN}.awaken({RUN}.activeRun.move())")
    until(page, "window.asked.after.length")
    assert page.evaluate("window.asked.after[0]") == 1


def test_a_run_moves_without_the_inputs_of_another_plan(site: Served, separator: ModuleType, open_page: Opener) -> None:
    plan = separator.plan()
    place = len(plan["allocations"])
    plan["allocations"].append(4)
    plan["buffers"].append({**plan["buffers"][3], "name": "of_calm_only", "allocation": place})
    site.put("/assets/plan-calm.json", plan)
    page = open_page(site.url)
    start(page)
    page.check("text=Brisk")
    until(page, f"{RUN}.plan.kernels[1].constants.RATE_SCALE === 4 && {RUN}.backend && {RUN}.lookedAt > 3")
    pause(page)
    step = page.evaluate(f"{RUN}.step")
    page.select_option(MENU, "processor")
    until(page, f"{RUN}.backend?.kind === 'processor'")
    assert page.evaluate(f"{RUN}.step") == step
    assert page.locator(".demo-error").is_hidden()


def test_a_run_moves_while_it_plays(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    start(page)
    for to in ("processor", "gpu", "processor"):
        step = page.evaluate(f"{RUN}.step")
        page.select_option(MENU, to)
        until(page, f"{RUN}.backend?.kind === '{to}' && {RUN}.step > {step} && {RUN}.lookedAt > {step}")
        assert page.evaluate(f"{RUN}.playing")
    pause(page)
    counted, step = page.evaluate(f"{RUN}.read('step').then(([n]) => [n, {RUN}.step])")
    assert counted == step
    assert page.locator(".demo-error").is_hidden()


def test_a_reader_who_cannot_make_up_his_mind(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    start(page)
    pause(page)
    before = page.evaluate(f"{WEIGHTS}.then((weights) => [weights, {RUN}.step])")
    page.evaluate(f"""() => {{
        const menu = document.querySelector("{MENU}");
        for (const kind of ["processor", "gpu", "processor", "gpu", "processor"]) {{
            menu.value = kind;
            menu.dispatchEvent(new Event("change"));
        }}
    }}""")
    until(page, f"{RUN}.backend?.kind === 'processor'")
    page.wait_for_timeout(500)
    assert page.evaluate(f"{WEIGHTS}.then((weights) => [weights, {RUN}.step])") == before


def test_a_choice_that_cannot_be_is_said(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, on="processor")
    start(page)
    page.evaluate("void (GPUAdapter.prototype.requestDevice = () => Promise.reject(new Error('none today')))")
    page.select_option(MENU, "gpu")
    until(page, f"{ERROR}.textContent.includes('none today. The demo runs on the processor.')")
    step = page.evaluate(f"{RUN}.step")
    until(page, f"{RUN}.step > {step}")
    assert page.input_value(MENU) == "processor"


def test_the_menu_shows_why_not(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, script=NO_WEBGPU, on=None)
    start(page)
    page.wait_for_selector(MENU)
    texts = page.locator(f"{MENU} option").all_inner_texts()
    assert texts == ["GPU: This browser has no WebGPU.", "processor"]
    assert page.locator(f"{MENU} option").first.is_disabled()


def test_a_browser_that_did_not_answer_is_asked_again(site: Served, open_page: Opener) -> None:
    script = """
      const ask = GPU.prototype.requestAdapter;
      window.answers = false;
      const nothing = new Promise(() => {});
      GPU.prototype.requestAdapter = function (...all) { return window.answers ? ask.apply(this, all) : nothing; };
    """
    page = open_page(site.url, script=script, on=None)
    start(page)
    page.wait_for_selector(MENU)
    assert page.evaluate(KIND) == "processor"
    texts = page.locator(f"{MENU} option").all_inner_texts()
    assert texts == ["GPU: This browser did not answer whether there is a GPU.", "processor"]
    page.evaluate("window.answers = true")
    page.select_option(MENU, "gpu")
    until(page, f"{RUN}.backend?.kind === 'gpu'")
    until(page, f"document.querySelector('{MENU} option').textContent.startsWith('GPU (in software')")


@pytest.mark.parametrize("dies", ["gpu", "processor"])
def test_one_that_dies_while_both_are_measured_is_not_kept(site: Served, open_page: Opener, dies: str) -> None:
    """Nor is the other one remembered as the faster."""
    lose_gpu = """
      const submit = GPUQueue.prototype.submit;
      const post = Worker.prototype.postMessage;
      let measured = false;
      Worker.prototype.postMessage = function (...all) { measured ||= Boolean(all[0].runs); post.apply(this, all); };
      GPUQueue.prototype.submit = function (all) {
        submit.call(this, all);
        if (measured) devices.get(this).destroy();
      };
    """
    kill_worker = """
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (...all) {
        if (!all[0].runs) return post.apply(this, all);
        this.terminate();
        setTimeout(() => this.onerror(new ErrorEvent("error", { message: "out of memory" })));
      };
    """
    page = open_page(site.url, script=DEVICES + HARDWARE + (lose_gpu if dies == "gpu" else kill_worker), on=None)
    start(page)
    assert page.evaluate(KIND) == ("processor" if dies == "gpu" else "gpu")
    assert page.evaluate("Object.values(sessionStorage).filter((each) => /^(gpu|processor)$/.test(each))") == []
    assert page.locator(".demo-error").is_hidden()


def test_storage_may_be_forbidden(site: Served, open_page: Opener) -> None:
    forbid = "Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('forbidden'); } });"
    page = open_page(site.url, script=forbid, on=None)
    start(page)
    page.select_option(MENU, "gpu")
    until(page, f"{RUN}.backend?.kind === 'gpu'")
    page.check("text=Brisk")
    until(page, f"{RUN}.plan.kernels[1].constants.RATE_SCALE === 4 && {RUN}.backend?.kind === 'gpu'")


def test_without_any_backend_the_figure_stays(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, script=NO_WEBGPU + NO_SIMD, on=None)
    page.wait_for_selector(".demo-error:not([hidden])")
    said = "Nothing can be computed here. This browser has no WebGPU. This browser's WebAssembly has no SIMD."
    assert page.inner_text(".demo-error") == said
    assert page.locator(".demo-poster").is_visible()
    assert page.locator(".play").is_disabled()
    assert page.locator("input[type=range]").first.is_disabled()


def test_a_host_that_forbids_webassembly(site: Served, open_page: Opener) -> None:
    site.policy = POLICY.replace(" 'wasm-unsafe-eval'", "")
    page = open_page(site.url, script=NO_ADAPTER, on=None, expect_errors=True)
    ready(page)
    page.click(".play")
    page.wait_for_selector(".demo-error:not([hidden])")
    assert page.inner_text(".demo-error").endswith("The policy of this page's host does not allow WebAssembly.")
    assert page.locator(".demo-poster").is_visible()
    assert page.locator(".play").is_disabled()


def test_a_kernel_that_the_gpu_refuses_runs_on_the_processor(
    site: Served, separator: ModuleType, open_page: Opener
) -> None:
    plan = separator.plan()
    for source in plan["sources"].values():
        source["wgsl"] = source["wgsl"].replace("loss[0] = sum.w", "loss[0] = sum.nonsense")
    site.put("/assets/plan-calm.json", plan)
    page = open_page(site.url, expect_errors=True)
    start(page)
    said = page.inner_text(".demo-error")
    assert said.startswith("The GPU did not accept this model")
    assert said.endswith("The demo runs on the processor.")
