"""Infinities, and NaN, go through the ops in Chromium and Firefox as NumPy defines it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from site_builder.plan import lower
from tests.browser.firefox import Firefox
from tests.specials import INPUTS, model, outputs, wrong

RIGHT = outputs()
# JSON has neither infinities nor NaN: numbers cross as text.
SCRIPT = f"""(async () => {{
    const {{ createRunner }} = await import("/runtime/gpu/runner.js");
    const {{ openDevice }} = await import("/runtime/gpu/device.js");
    const plan = await (await fetch("/plan.json")).json();
    const runner = await createRunner((await openDevice()).device, plan, () => null);
    const inputs = {json.dumps({name: [str(float(n)) for n in array.flat] for name, array in INPUTS.items()})};
    const number = (text) => Number(text.replace("inf", "Infinity").replace("nan", "NaN"));
    for (const [name, texts] of Object.entries(inputs)) runner.write(name, texts.map(number));
    await runner.run("run");
    const read = async (name) => [name, [...await runner.read(name)].map(String)];
    const found = Object.fromEntries(await Promise.all({json.dumps(list(RIGHT))}.map(read)));
    runner.destroy();
    return found;
}})()"""


@pytest.fixture
def address(bare: Callable[[dict[str, str]], str]) -> str:
    return bare({"/plan.json": lower(model()).to_json()})


def found(texts: dict[str, list[str]]) -> dict[str, Any]:
    return {name: np.array([float(text) for text in each]) for name, each in texts.items()}


def test_in_chromium(address: str, open_page: Callable[..., Page]) -> None:
    assert wrong(found(open_page(address).evaluate(SCRIPT)), RIGHT) == {}


def test_in_firefox(address: str, browser: Firefox) -> None:
    browser.open(address)
    assert wrong(found(browser.evaluate(SCRIPT)), RIGHT) == {}
