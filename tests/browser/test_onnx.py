"""ONNX's node tests in the page, in one plan: the page's runner on WebGPU, in Chromium and in Firefox."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from site_builder.plan import lower
from tests.browser.firefox import Firefox
from tests.onnx import TOLERANCE, WORDS, apart, outputs_of, run_tests
from tests.onnx.node import model_of

Numbers = Mapping[str, list[Any]]
SCRIPT = """(async () => {
    const { createRunner } = await import("/runtime/gpu/runner.js");
    const { openDevice } = await import("/runtime/gpu/device.js");
    const [plan, given, wanted] = await (await fetch("/onnx.json")).json();
    const runner = await createRunner((await openDevice()).device, plan, () => null);
    for (const [name, values] of Object.entries(given)) runner.write(name, values.map(Number));
    const found = {};
    for (const [test, outputs] of Object.entries(wanted)) {
        await runner.run(test);
        for (const name of outputs) found[name] = [...await runner.read(name)].map(String);
    }
    runner.destroy();
    return found;
})()"""


@pytest.fixture
def served(bare: Callable[[dict[str, str]], str]) -> str:
    """The address of a page beside the plan, what its inputs are given, and what is read after which program."""
    model, given = model_of(run_tests(), WORDS)
    # JSON has no infinity.
    numbers = {name: [str(n).replace("inf", "Infinity") for n in a.ravel().tolist()] for name, a in given.items()}
    wanted = {test.name: list(outputs_of(test)) for test in run_tests()}
    plan = json.loads(lower(model).to_json())
    return bare({"/onnx.json": json.dumps([plan, numbers, wanted])})


def test_it_gives_what_onnx_asks_for_in_chromium(served: str, open_page: Callable[..., Page]) -> None:
    assert wrong(open_page(served).evaluate(SCRIPT)) == {}


def test_it_gives_what_onnx_asks_for_in_firefox(served: str, browser: Firefox) -> None:
    browser.open(served)
    assert wrong(browser.evaluate(SCRIPT)) == {}


# What WGSL promises of them, which is all that SwiftShader gives.
LOOSE = {"sin": 2**-11, "cos": 2**-11}


def wrong(found: Numbers) -> dict[str, float]:
    """How far apart they are, of the tests that do not pass."""
    errors = {}
    for test in run_tests():
        given = {
            name: np.array([float(n.replace("Infinity", "inf")) for n in found[name]]).reshape(wanted.shape)
            for name, wanted in outputs_of(test).items()
        }
        errors[test.name] = apart(test, given)
    return {name: e for name, e in errors.items() if e > LOOSE.get(name.removesuffix("_example"), TOLERANCE)}
