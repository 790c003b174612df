"""Ten models of the zoo, which run every kernel, in Chromium and Firefox: they compute what PyTorch computes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from site_builder.plan import lower
from tests.browser.firefox import Firefox
from tests.zoo import EVERY_KERNEL, ZOO
from tests.zoo.entry import STEPS, Entry, Result, gradient_names, walk_twin

TOLERANCE = 1e-3
ENTRIES = [entry for entry in ZOO if entry.name in EVERY_KERNEL]
every_entry = pytest.mark.parametrize("entry", ENTRIES, ids=str)


@pytest.fixture
def zoo(bare: Callable[[dict[str, str]], str]) -> Callable[[Entry], str]:
    """Serves the plan of an entry. Gives the page's address."""
    return lambda entry: bare({"/plan.json": lower(entry.build(watched=True)).to_json()})


def script(entry: Entry) -> str:
    """JavaScript for a Promise of what is compared, by name."""
    inputs = {name: np.asarray(value).ravel().tolist() for name, value in entry.numbers().items()}
    first = ["output", *entry.objective.measures, *gradient_names(entry)]
    return f"""(async () => {{
        const {{ createRunner }} = await import("/runtime/gpu/runner.js");
        const {{ openDevice }} = await import("/runtime/gpu/device.js");
        const plan = await (await fetch("/plan.json")).json();
        const runner = await createRunner((await openDevice()).device, plan, () => null);
        for (const [name, values] of Object.entries({json.dumps(inputs | {"seed": [1]})})) runner.write(name, values);
        const read = async (names) => Promise.all(names.map(async (name) => [name, [...await runner.read(name)]]));
        await runner.run("init");
        await runner.run("step");
        const values = await read({json.dumps(first)});
        await runner.run("step", {STEPS - 1});
        const found = Object.fromEntries([...values, ...await read(["loss.history"])]);
        runner.destroy();
        return found;
    }})()"""


def assert_right(entry: Entry, found: dict[str, Any]) -> None:
    """Compare what a browser computed with the twin."""
    right = walk_twin(entry)
    losses = np.array(found["loss.history"][:STEPS], np.float64)
    values, gradients = (
        {name: np.array(found[name], np.float64).reshape(known.shape) for name, known in part.items()}
        for part in (right.values, right.gradients)
    )
    apart = Result(values, gradients, losses).apart(right)
    assert max(apart.values()) <= TOLERANCE, apart


@every_entry
def test_it_is_its_twin_in_chromium(zoo: Callable[[Entry], str], open_page: Callable[..., Page], entry: Entry) -> None:
    assert_right(entry, open_page(zoo(entry)).evaluate(script(entry)))


@every_entry
def test_it_is_its_twin_in_firefox(zoo: Callable[[Entry], str], browser: Firefox, entry: Entry) -> None:
    browser.open(zoo(entry))
    assert_right(entry, browser.evaluate(script(entry)))
