"""A backend does what it is told in the order in which it was told, and a checkpoint is of one moment."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Served, until
from tests.browser.test_runtime import RUN, start

Opener = Callable[..., Page]
LOSE = f"{RUN}.backend.runner.device.destroy()"
REST = f"!{RUN}.playing && {RUN}.lookedAt === {RUN}.step"
COUNTED = f"{RUN}.read('step').then(([counted]) => counted)"

RUNS = f"""(async () => {{
    const {{ backend }} = {RUN};
    const read = async () => (await backend.read("step"))[0];
    const found = [read()];
    for (const times of [1, 2, 1]) {{
        backend.run("step", times);
        found.push(read());
    }}
    const [first, ...more] = await Promise.all(found);
    return more.map((each) => each - first);
}})()"""

FRAMES = f"""(async () => {{
    const {{ backend }} = {RUN};
    const read = async () => (await backend.read("step"))[0];
    const frame = (steps) => backend.frame({{ runs: [["step", steps]], show: [], draw() {{}} }});
    const found = [read()];
    for (const steps of [1, 2]) {{
        frame(steps);
        found.push(read());
    }}
    const [first, ...more] = await Promise.all(found);
    return more.map((each) => each - first);
}})()"""

WRITES = f"""(async () => {{
    const {{ backend }} = {RUN};
    const read = async () => (await backend.read("learning_rate"))[0];
    const found = [read()];
    backend.write("learning_rate", [2]);
    found.push(read());
    backend.run("step", 2).then(() => backend.write("learning_rate", [3]));
    found.push(read());
    const before = await Promise.all(found);
    return [...before.slice(1), await read()];
}})()"""


@pytest.mark.parametrize("on", ["gpu", "processor"])
@pytest.mark.parametrize(
    ("script", "found"), [(RUNS, [1, 3, 4]), (FRAMES, [1, 3]), (WRITES, [2, 2, 3])], ids=["run", "frame", "write"]
)
def test_a_read_sees_what_came_before_and_nothing_else(
    site: Served, open_page: Opener, on: str, script: str, found: list[int]
) -> None:
    page = open_page(site.url, on=on)
    start(page)
    page.click(".play")
    until(page, REST)
    assert page.evaluate(script) == found


def lose(page: Page) -> None:
    """The device goes, and the run goes on with another one."""
    page.evaluate(f"window.gone = {RUN}.backend; {LOSE}")
    until(page, f"{RUN}.backend && {RUN}.backend !== window.gone")


def test_a_run_in_the_handler_that_pauses_is_done_once(site: Served, open_page: Opener) -> None:
    """The checkpoint is asked for by the pause, and the run comes after it: a loss repeats just that."""
    page = open_page(site.url)
    start(page)
    page.evaluate(f"window.before = {RUN}.step; {RUN}.pause(); {RUN}.run('step')")
    until(page, REST)
    step = page.evaluate(f"{RUN}.step")
    assert step == page.evaluate("before") + 1
    assert page.evaluate(COUNTED) == step
    lose(page)
    assert page.evaluate(COUNTED) == step


def test_a_checkpoint_between_long_frames_is_of_one_moment(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    start(page)
    page.evaluate(f"void ({RUN}.backend.runner.isLong = () => true)")
    until(page, f"{RUN}.lookedAt > 60")
    page.wait_for_timeout(1500)  # a checkpoint a second
    lose(page)
    page.click(".play")
    until(page, REST)
    assert page.evaluate(COUNTED) == page.evaluate(f"{RUN}.step")


def test_what_waits_for_its_turn_is_not_done_on_what_is_gone(site: Served, open_page: Opener) -> None:
    """A browser would warn of destroyed buffers, which fails any test."""
    page = open_page(site.url, on="gpu")
    start(page)
    page.click(".play")
    until(page, REST)
    late = f"""(() => {{
        const {{ backend }} = {RUN};
        backend.run("step", 50);
        const frame = backend.frame({{ runs: [["step", 1]], show: [], draw() {{}} }});
        backend.write("learning_rate", [2]);
        backend.destroy();
        return frame.then(() => "computed", (error) => error.message);
    }})()"""
    assert page.evaluate(late) == "The run on the GPU has ended."
    page.wait_for_timeout(200)
