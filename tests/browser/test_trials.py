"""The check before trust: right devices pass, in their optional features, too; one that computes wrongly is named.

The plans are those of the demos and of models that hold every kernel. What is expected, Node computes.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from site_builder.plan import lower
from site_builder.project.author import importing
from tests.browser.conftest import ROOT, Served
from tests.browser.firefox import Firefox
from tests.processor.engines import Node
from tests.processor.test_demos import DEMOS
from tests.zoo import EVERY_KERNEL, ZOO

Plan = dict[str, Any]
SCRIPT = """(async (names, compatibility) => {
    if (compatibility) {
        const ask = GPU.prototype.requestAdapter;
        GPU.prototype.requestAdapter = function (options) {
            return options?.featureLevel ? ask.call(this, options) : Promise.resolve(null);
        };
    }
    const { openRunner } = await import("/runtime/gpu/open.js");
    const said = {};
    for (const name of names) {
        const plan = await (await fetch(`/${name}.json`)).json();
        const start = performance.now();
        const all = Object.keys(plan.programs);
        const model = { plan, module: "", trial: `/${name}.trial.json` };
        try {
            const { runner } = await openRunner(model, all);
            const { maxComputeInvocationsPerWorkgroup: invocations } = runner.device.limits;
            said[name] = { features: [...runner.device.features], invocations };
            runner.destroy();
        } catch (error) {
            said[name] = { error: error.message, kind: error.constructor.name };
        }
        said[name].ms = performance.now() - start;
    }
    return said;
})"""


@pytest.fixture(scope="module")
def plans() -> dict[str, Plan]:
    with importing(ROOT):
        options = {name: (demo, chosen) for name, demo, chosen in DEMOS}
        found = {name: lower(demo.build(**chosen)) for name, (demo, chosen) in options.items()}
    found |= {entry.name: lower(entry.build(watched=True)) for entry in ZOO if entry.name in EVERY_KERNEL}
    made: dict[str, Plan] = {name: json.loads(plan.to_json()) for name, plan in found.items()}
    for buffer in itertools.chain(*(plan["buffers"] for plan in made.values())):
        buffer["source"] = None  # no data are served here
    return made


@pytest.fixture(scope="module")
def trials(plans: dict[str, Plan]) -> Iterator[dict[str, Plan]]:
    node = Node()
    yield {name: node.ask("trial", plan=plan)["trial"] for name, plan in plans.items()}
    node.close()


@pytest.fixture
def served(bare: Callable[..., str], plans: dict[str, Plan], trials: dict[str, Plan]) -> str:
    files = {f"/{name}.json": json.dumps(plan) for name, plan in plans.items()}
    return bare(files | {f"/{name}.trial.json": json.dumps(trial) for name, trial in trials.items()})


def call(names: list[str], compatibility: bool = False) -> str:
    return f"{SCRIPT}({json.dumps(names)}, {json.dumps(compatibility)})"


def test_chromium_passes_and_has_subgroups(served: str, open_page: Callable[..., Page], plans: dict[str, Plan]) -> None:
    said = open_page(served).evaluate(call(list(plans)))
    assert {name: each["error"] for name, each in said.items() if "error" in each} == {}
    assert all("subgroups" in each["features"] for each in said.values())


def test_firefox_passes(served: str, browser: Firefox, plans: dict[str, Plan]) -> None:
    browser.open(served)
    said = browser.evaluate(call(list(plans)))
    assert {name: each["error"] for name, each in said.items() if "error" in each} == {}
    assert all("shader-f16" in each["features"] for each in said.values())


def test_kernels_pass_in_groups(served: str, server: Served, open_page: Callable[..., Page]) -> None:
    """As those of a large plan are tried."""
    own = server.files["/runtime/common/trial.js"]
    server.put("/runtime/common/trial.js", own.replace(b"GROUP_BYTES = limits.maxBufferSize", b"GROUP_BYTES = 2 ** 16"))
    assert server.files["/runtime/common/trial.js"] != own
    assert "error" not in open_page(served).evaluate(call(["gpt"]))["gpt"]


def test_the_compatibility_mode_passes(served: str, open_page: Callable[..., Page], plans: dict[str, Plan]) -> None:
    """A real one, which allows 128 invocations a workgroup and no kernel above."""
    said = open_page(served).evaluate(call(list(plans), compatibility=True))
    assert {name: each["error"] for name, each in said.items() if "error" in each} == {}
    assert {each["invocations"] for each in said.values()} == {128}


def altered(plan: Plan, trial: Plan, file: str) -> Plan:
    """What a device gives that computes one kernel wrongly."""
    changed: Plan = json.loads(json.dumps(trial))
    files = [plan["sources"][kernel["source"]]["file"] for kernel in plan["kernels"]]
    expected = next(each for kernel, each in changed["programs"].items() if files[int(kernel)] == file)
    name, numbers = next(iter(expected.items()))
    expected[name] = [1.02 * number + 0.01 for number in numbers]
    return changed


WRONG = "shaders/normalisation/layer_norm.wgsl"


@pytest.fixture
def distrusted(bare: Callable[..., str], plans: dict[str, Plan], trials: dict[str, Plan]) -> str:
    """The address of a page with a plan whose trial finds that every device computes WRONG wrongly."""
    wrong = altered(plans["gpt"], trials["gpt"], WRONG)
    return bare({"/gpt.json": json.dumps(plans["gpt"]), "/gpt.trial.json": json.dumps(wrong)})


def test_a_device_that_computes_wrongly_is_named(distrusted: str, open_page: Callable[..., Page]) -> None:
    page = open_page(distrusted)
    sentence = f"SwiftShader computes {WRONG} wrongly; no demo that needs it is run there."
    for _ in range(2):
        said = page.evaluate(call(["gpt"]))
        assert (said["gpt"]["error"], said["gpt"]["kind"]) == (sentence, "WrongDeviceError")


LATER = """(async () => {
    const { openRunner } = await import("/runtime/gpu/open.js");
    const plan = await (await fetch("/gpt.json")).json();
    const model = { plan, module: "", trial: "/gpt.trial.json" };
    const wrong = (error) => `${error.constructor.name}: ${error.message}`;
    const { runner } = await openRunner(model, ["init"]);
    const said = [runner.prepared("init"), await runner.prepare("step").catch(wrong), runner.prepared("step")];
    runner.destroy();
    return [...said, await openRunner(model, ["init"]).catch(wrong)];
})()"""


def test_what_is_wrong_later_is_known_from_then_on(distrusted: str, open_page: Callable[..., Page]) -> None:
    """Programs are tried when they are prepared; a device that failed is not opened again for this plan."""
    sentence = f"WrongDeviceError: SwiftShader computes {WRONG} wrongly; no demo that needs it is run there."
    assert open_page(distrusted).evaluate(LATER) == [True, sentence, False, sentence]


COUNT = """(() => {
    window.asked = 0;
    const get = window.fetch;
    window.fetch = (...all) => ((window.asked += String(all[0]).includes(".trial.")), get(...all));
})()"""


def test_what_passed_is_tried_once_a_tab(served: str, open_page: Callable[..., Page]) -> None:
    page = open_page(served, script=COUNT)
    for asked in (1, 1):
        page.evaluate(call(["perceptron"]))
        assert page.evaluate("window.asked") == asked
    page.reload()
    page.evaluate(call(["perceptron"]))
    kept = "Object.keys(sessionStorage).filter((key) => key.startsWith('tried on ')).length"
    assert page.evaluate(f"[window.asked, {kept}]") == [0, 1]
    forbid = "Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('forbidden'); } })"
    page.add_init_script(forbid)
    page.reload()
    for asked in (1, 1):
        assert "error" not in page.evaluate(call(["perceptron"]))["perceptron"]
        assert page.evaluate("window.asked") == asked
