"""Six models of the zoo on the processor, in Chromium and in Firefox without WebGPU: wasmtime's bits."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from site_builder.plan import Plan, lower
from tests.browser.conftest import Served
from tests.browser.firefox import Firefox
from tests.processor.engines import Node, OnWasmtime
from tests.zoo import ZOO
from tests.zoo.entry import Entry

Bare = Callable[[dict[str, str]], str]

SIX = ("mlp", "lenet", "resnet", "lstm", "gpt", "discrete-autoencoder")
STEPS = 5
every_entry = pytest.mark.parametrize("entry", [entry for entry in ZOO if entry.name in SIX], ids=str)
OPEN = """
    const { openBackend } = await import("/runtime/run/processor-backend.js");
    const plan = await (await fetch("/plan.json")).json();
    const said = [];
    const listener = { lost: (sentence) => said.push(sentence), failed: (error) => said.push(error.message) };
    const backend = await openBackend({ plan, module: "/plan.wasm", trial: "" }, ["init", "step"], listener);
"""


@cache
def plan_of(name: str) -> Plan:
    return lower(next(entry for entry in ZOO if entry.name == name).build(watched=True))


@pytest.fixture
def zoo(bare: Bare, server: Served, compiler: Node) -> Callable[[Entry], str]:
    """Serves the plan of an entry and its module. Gives the page's address."""

    def serve(entry: Entry) -> str:
        text = plan_of(entry.name).to_json()
        url = bare({"/plan.json": text})
        server.put("/plan.wasm", compiler.compiled(text).module.wasm)
        return url

    return serve


def inputs(entry: Entry) -> dict[str, Any]:
    return {**entry.numbers(), "seed": 1}


def trained(entry: Entry) -> str:
    """JavaScript for a Promise of the hash of all that has a name, after a short training."""
    numbers = {name: np.asarray(value).ravel().tolist() for name, value in inputs(entry).items()}
    return f"""(async () => {{ {OPEN}
        for (const [name, values] of Object.entries({json.dumps(numbers)})) backend.write(name, values);
        backend.run("init", 1);
        backend.run("step", {STEPS});
        const names = plan.buffers.map(({{ name }}) => name).filter(Boolean);
        const arrays = await Promise.all(names.map((name) => backend.read(name)));
        backend.destroy();
        const hash = await crypto.subtle.digest("SHA-256", await new Blob(arrays).arrayBuffer());
        return [said.join(), [...new Uint8Array(hash)].map((each) => each.toString(16).padStart(2, "0")).join("")];
    }})()"""


def bits(entry: Entry, compiler: Node) -> list[str]:
    """The same hash, of what wasmtime computes."""
    runner = OnWasmtime(plan_of(entry.name), compiler)
    for name, values in inputs(entry).items():
        runner.write(name, values)
    runner.run("init")
    runner.run("step", STEPS)
    return ["", runner.digest()]


@every_entry
def test_the_same_bits_in_chromium(
    zoo: Callable[[Entry], str], open_page: Callable[..., Page], compiler: Node, entry: Entry
) -> None:
    assert open_page(zoo(entry)).evaluate(trained(entry)) == bits(entry, compiler)


@every_entry
def test_the_same_bits_in_firefox(
    zoo: Callable[[Entry], str], plain_firefox: Firefox, compiler: Node, entry: Entry
) -> None:
    plain_firefox.open(zoo(entry))
    assert plain_firefox.evaluate("String(navigator.gpu)") == "undefined"
    assert plain_firefox.evaluate(trained(entry)) == bits(entry, compiler)
