"""Kernels that lend numbers to their neighbours run only on devices whose quads are neighbours."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from site_builder.graph import Model, Tensor
from site_builder.plan import lower
from tests.browser.conftest import ROOT, TRIAL, Served

X = np.random.default_rng(0).standard_normal((128, 128)).astype(np.float32)
SCRIPT = f"""(async () => {{
    const texts = [];
    const compile = GPUDevice.prototype.createShaderModule;
    GPUDevice.prototype.createShaderModule = function (given) {{
        texts.push(given.code);
        return compile.call(this, given);
    }};
    const {{ createRunner }} = await import("/runtime/gpu/runner.js");
    const {{ openDevice }} = await import("/runtime/gpu/device.js");
    const {{ quadsAreNeighbours }} = await import("/runtime/gpu/quads.js");
    const {{ device }} = await openDevice();
    const plan = await (await fetch("/plan.json")).json();
    const runner = await createRunner(device, plan, () => null);
    runner.write("x", {json.dumps(X.ravel().tolist())});
    await runner.run("run");
    const y = [...await runner.read("y")];
    const trials = texts.filter((text) => text.includes("found[id.x]")).length;
    return {{ trials, has: device.features.has("subgroups"), offers: await quadsAreNeighbours(device), y,
        quads: texts.filter((text) => text.includes("gathered(a")).length }};
}})()"""


def plan(compute: Callable[[Tensor], Tensor]) -> str:
    model = Model("product")
    x = model.input("x", X.shape)

    @model.program
    def run() -> dict[str, Tensor]:
        return {"y": compute(x)}

    return lower(model).to_json()


@pytest.fixture
def url(bare: Callable[[dict[str, str]], str]) -> str:
    return bare({"/plan.json": plan(lambda x: x @ x)})


def deny(server: Served) -> None:
    """From now on the trial finds other lanes than it looks for."""
    text = (ROOT / TRIAL[1:]).read_text("utf-8")
    other = text.replace("0u, 1u, 2u, 3u", "0u, 2u, 1u, 3u")
    assert other != text
    server.put(TRIAL, f"export default {json.dumps(other)};")


def assert_right(found: dict[str, Any], usable: bool) -> None:
    assert found["trials"] == 1
    assert found["has"], "Chromium has lost subgroups, and no other browser here has them"
    assert (found["offers"], found["quads"]) == (usable, int(usable))
    np.testing.assert_allclose(np.reshape(found["y"], X.shape), X @ X, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("usable", [True, False])
def test_in_chromium(url: str, server: Served, open_page: Callable[..., Page], usable: bool) -> None:
    if not usable:
        deny(server)
    assert_right(open_page(url).evaluate(SCRIPT), usable)


def test_a_plan_without_such_kernels_waits_for_no_trial(
    bare: Callable[[dict[str, str]], str], open_page: Callable[..., Page]
) -> None:
    found = open_page(bare({"/plan.json": plan(lambda x: 2.0 * x)})).evaluate(SCRIPT)
    assert found["trials"] == 0
    np.testing.assert_allclose(np.reshape(found["y"], X.shape), 2 * X)
