"""What may go wrong on the processor ends in a sentence: at once where nothing can begin, once where something ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import POLICY, ROOT, Served, until
from tests.browser.firefox import Firefox
from tests.processor.engines import Node

Bare = Callable[[dict[str, str]], str]
Opener = Callable[..., Page]

WORKER = "/runtime/processor/worker.js"
OWN = (ROOT / "demos/runtime/processor/worker.js").read_text(encoding="utf-8")
OPEN = """
    const { openBackend } = await import("/runtime/run/processor-backend.js");
    const plan = await (await fetch("/plan.json")).json();
    window.said = [];
    const listener = { lost: (sentence) => said.push(sentence), failed: (error) => said.push(error.message) };
    const data = { "test/patterns": { url: "/patterns.bin", dtype: "u8", scale: 0.0625, shape: [4, 3] } };
    const open = () => openBackend({ plan, module: "/plan.wasm", trial: "", data }, [], listener);
"""
REFUSAL = f"""(async () => {{ {OPEN}
    return open().then(() => "it opened", (error) => error.constructor.name + ": " + error.message);
}})()"""
HOLD = f"""(async () => {{ {OPEN}
    window.backend = await open();
    window.ends = [];
    const hear = (name, promise) =>
      promise.then(() => ends.push(`${{name}} resolved`), (error) => ends.push(`${{name}}: ${{error.message}}`));
    backend.run("init", 1);
    await backend.read("weights");
    hear("run", backend.run("step", 1e9));
    hear("read", backend.read("weights"));
    hear("frame", backend.frame({{ runs: [["step", 1]], show: [], draw: () => {{}} }}));
    return backend.kind + ", " + backend.adapter;
}})()"""
GONE = "The worker that computes has died"
NOT_STARTED = (
    "DemoError: The worker that computes on the processor did not start: its script could not be loaded, or the policy "
    "of this page's host does not allow it."
)
NO_WASM = "DemoError: The policy of this page's host does not allow WebAssembly."


def trapping(*programs: str, pages: int = 1) -> bytes:
    """A module whose programs do nothing but trap, and that wants a memory of so many pages."""

    def section(number: int, *content: int) -> list[int]:
        return [number, len(content), *content]

    def name(text: str) -> list[int]:
        return [len(text), *text.encode()]

    imports = [*name("plan"), *name("memory"), 2, 0, pages, *name("plan"), *name("scratch"), 3, 127, 0]
    exports = [byte for program in programs for byte in (*name(program), 0, 0)]
    head = [*b"\0asm", 1, 0, 0, 0, *section(1, 1, 96, 0, 0), *section(2, 2, *imports), *section(3, 1, 0)]
    return bytes([*head, *section(7, len(programs), *exports), *section(10, 1, 3, 0, 0, 11)])


@pytest.fixture
def address(bare: Bare, server: Served, separator: ModuleType, compiler: Node) -> str:
    """A page, and the hand-written plan with its module and data."""
    text = json.dumps(separator.plan())
    url = bare({"/plan.json": text})
    server.put("/plan.wasm", compiler.compiled(text).module.wasm)
    server.put("/patterns.bin", bytes(range(12)))
    return url


def without(word: str) -> str:
    """The policy but for one directive or source."""
    assert word in POLICY
    return POLICY.replace(word, "")


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "a policy without WebAssembly": ({"policy": without(" 'wasm-unsafe-eval'")}, NO_WASM),
    "a policy without workers": ({"policy": POLICY.replace("worker-src 'self'", "worker-src 'none'")}, NOT_STARTED),
    "no worker": ({WORKER: None}, NOT_STARTED),
    "a worker that does not start": ({WORKER: "throw new Error('no')"}, NOT_STARTED),
    "no module": ({"/plan.wasm": None}, "DemoError: /plan.wasm could not be loaded (404)."),
    "no module in it": ({"/plan.wasm": b"<!doctype html>"}, "DemoError: /plan.wasm is no module that this browser can"),
    "another plan's module": (
        {"/plan.wasm": trapping("init", "step")},
        "DemoError: /plan.wasm does not hold the program look of its plan.",
    ),
    "a module of another size": (
        {"/plan.wasm": trapping("init", "step", "look", pages=99)},
        "DemoError: The module of this demo does not fit its plan: ",
    ),
    "no memory": (
        {WORKER: f"WebAssembly.Memory = class {{ constructor() {{ throw new RangeError('no'); }} }};\n{OWN}"},
        "DemoError: This demo needs 1 MB of memory, and this browser gives it none.",
    ),
}


def spoil(server: Served, changes: dict[str, Any]) -> None:
    for path, content in changes.items():
        if path == "policy":
            server.policy = content
        elif content is None:
            del server.files[path]
        else:
            server.put(path, content)


def assert_no_worker(page: Page) -> None:
    """Soon: a browser is told a moment after its page."""
    for _ in range(100):
        if not page.workers:
            return
        page.wait_for_timeout(20)
    raise AssertionError(page.workers)


every_refusal = pytest.mark.parametrize("what", REFUSALS)


@every_refusal
def test_what_cannot_begin_says_why(address: str, server: Served, open_page: Opener, what: str) -> None:
    changes, sentence = REFUSALS[what]
    spoil(server, changes)
    page = open_page(address, expect_errors=True)
    found = page.evaluate(REFUSAL)
    assert found.startswith(sentence), found
    assert page.evaluate("said") == []
    assert_no_worker(page)


@every_refusal
def test_what_cannot_begin_says_why_in_firefox(address: str, server: Served, plain_firefox: Firefox, what: str) -> None:
    changes, sentence = REFUSALS[what]
    spoil(server, changes)
    plain_firefox.open(address)
    found = plain_firefox.evaluate(REFUSAL)
    assert found.startswith(sentence), found


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("delete window.WebAssembly", "DemoError: This browser has no WebAssembly"),
        ("WebAssembly.validate = () => false", "DemoError: This browser's WebAssembly has no SIMD"),
        ("window.Worker = class { constructor() { throw new Error('no'); } }", NOT_STARTED),
    ],
)
def test_what_a_browser_lacks(address: str, open_page: Opener, script: str, sentence: str) -> None:
    found = open_page(address, script=script).evaluate(REFUSAL)
    assert found.startswith(sentence), found


def test_a_host_that_sends_another_type(address: str, server: Served, open_page: Opener) -> None:
    server.put("/plan.bin", server.files["/plan.wasm"])
    assert open_page(address).evaluate(REFUSAL.replace("/plan.wasm", "/plan.bin")) == "it opened"


def test_another_click_tries_again(address: str, server: Served, open_page: Opener) -> None:
    module = server.files.pop("/plan.wasm")
    page = open_page(address, expect_errors=True)
    assert "404" in page.evaluate(REFUSAL)
    server.put("/plan.wasm", module)
    assert page.evaluate(REFUSAL) == "it opened"


def lost_once(page: Page, sentence: str) -> None:
    """The listener was told, reads and frames were refused, and nothing works any more."""
    until(page, "ends.length === 3")
    (said,) = page.evaluate("said")
    assert said.startswith(sentence), said
    assert page.evaluate("ends.sort()") == [f"frame: {said}", f"read: {said}", "run resolved"]
    assert page.evaluate("backend.read('weights').catch((error) => error.message)") == said
    assert page.evaluate("(backend.write('learning_rate', [1]), backend.run('step', 1).then(() => said.length))") == 1
    assert_no_worker(page)


KEEP = """
    const Own = Worker;
    window.Worker = class extends Own { constructor(...a) { super(...a); window.own = this; } };
"""
DEATHS = {
    "an error": ("setTimeout(() => { throw new Error('out of breath'); }, 300);", f"{GONE}: Uncaught Error: out of b"),
    "an answer that cannot be read": ("", "The worker that computes sent what cannot be read."),
}


@pytest.mark.parametrize("what", DEATHS)
def test_a_worker_that_dies(address: str, server: Served, open_page: Opener, what: str) -> None:
    added, sentence = DEATHS[what]
    server.put(WORKER, OWN + added)
    page = open_page(address, script=KEEP, expect_errors=True)
    assert page.evaluate(HOLD) == "processor, processor"
    if not added:
        page.evaluate("own.dispatchEvent(new MessageEvent('messageerror'))")
    lost_once(page, sentence)


def test_a_program_that_traps(address: str, server: Served, open_page: Opener) -> None:
    server.put("/plan.wasm", trapping("init", "step", "look"))
    page = open_page(address)
    page.evaluate(HOLD.replace('await backend.read("weights");', ""))
    lost_once(page, "The processor stopped in the middle of a program: unreachable.")


def test_what_is_destroyed_ends_at_once(address: str, open_page: Opener) -> None:
    """In the midst of a run that would take minutes: no one is told, who waits is refused, and no worker is left."""
    page = open_page(address)
    page.evaluate(HOLD)
    assert len(page.workers) == 1
    page.wait_for_timeout(300)
    assert page.evaluate("backend.destroy() ?? ends.length") == 0, "it waits for nothing"
    until(page, "ends.length === 3")
    ended = "The run on the processor has ended."
    assert page.evaluate("ends.sort()") == [f"frame: {ended}", f"read: {ended}", "run resolved"]
    assert page.evaluate("said") == []
    assert_no_worker(page)


def test_numbers_and_names_that_are_wrong(address: str, open_page: Opener) -> None:
    calls = {
        "backend.write('count', [-1])": "count holds whole numbers from 0 to 4294967295, not -1.",
        "backend.write('weights', [1, 2])": "weights holds 3 numbers, not 2.",
        "backend.write('nobody', [1])": "The plan separator has no buffer called nobody.",
        "backend.run('nothing', 1)": "The plan separator has no program called nothing.",
        "backend.prepare('nothing')": "The plan separator has no program called nothing.",
        "backend.frame({ runs: [['step', 1]], show: ['nothing'], draw: () => {} })": (
            "The plan separator has no program called nothing."
        ),
        "backend.read('nobody')": "The plan separator has no buffer called nobody.",
        "backend.read('weights', 3)": "weights has no entries from 3 on.",
        "backend.read('weights', 1, 3)": "weights has no entries from 1 on.",
        "backend.frame({ runs: [['step', 1]], show: [], draw: () => { throw new Error('ink'); } })": "ink",
    }
    page = open_page(address)
    page.evaluate(f"(async () => {{ {OPEN} window.backend = await open(); }})()")
    for call, sentence in calls.items():
        assert page.evaluate(f"(async () => {call})().then(() => '', (error) => error.message)") == sentence
    assert page.evaluate("backend.read('patterns', 5, 2).then((a) => [...a])") == [0.3125, 0.375]
    assert page.evaluate("backend.read('learning_rate').then((a) => [...a])") == [0.5]
    assert page.evaluate("[backend.prepared('step'), backend.prepared('nothing')]") == [True, False]
    assert page.evaluate("said") == []
