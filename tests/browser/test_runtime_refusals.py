"""The figure before the run, links, and what is refused: always a sentence, never a blank box."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Served, until
from tests.browser.test_runtime import ELEMENT, RUN, ready, start

Opener = Callable[..., Page]
CHOSEN = f"[{RUN}.experiment.seed, {RUN}.control('learning_rate'), {RUN}.control('pace')]"


def test_without_scripts_the_figure_stays(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, java_script_enabled=False)
    assert page.locator("live-demo svg").is_visible()
    assert page.locator("figcaption").is_visible()


@pytest.mark.parametrize("on", ["gpu", "processor"])
def test_before_play_the_figure_is_shown_and_then_the_run(site: Served, open_page: Opener, on: str) -> None:
    page = open_page(site.url, on=on)
    ready(page)
    assert page.locator(".demo-poster").is_visible()
    assert page.inner_text(".demo-status") == "Not started"
    start(page)
    assert page.locator(".demo-poster").is_hidden()
    assert page.locator("[data-view=loss] canvas").is_visible()
    assert page.locator("figcaption").is_visible()


Spoil = Callable[[dict[str, Any]], object]


def first(plan: dict[str, Any]) -> dict[str, Any]:
    """The first dispatch of a step."""
    dispatch: dict[str, Any] = plan["programs"]["step"]["steps"][0]
    return dispatch


def any_source(plan: dict[str, Any]) -> dict[str, Any]:
    """One of the kernels' texts."""
    source: dict[str, Any] = next(iter(plan["sources"].values()))
    return source


def with_variant(plan: dict[str, Any], workgroups: Sequence[int] = (1, 1, 1), **changes: str) -> None:
    """Give a step's kernel one variant, spoilt."""
    step = plan["programs"]["step"]["steps"][0]
    kernel = plan["kernels"][step["kernel"]]
    kernel["variants"] = [{"feature": "subgroups", "source": kernel["source"]} | changes]
    step["variants"] = [list(workgroups)]


def written_twice(plan: dict[str, Any]) -> None:
    """Let a step write to a buffer, and to another that begins where that one does."""
    step = plan["programs"]["step"]["steps"][0]
    written = plan["kernels"][step["kernel"]]["access"].index("read_write")
    plan["buffers"].append({**plan["buffers"][step["bindings"][written]], "name": None, "shape": []})
    plan["kernels"].append({**plan["kernels"][step["kernel"]], "access": ["read_write"] * 2})
    step["kernel"] = len(plan["kernels"]) - 1
    step["bindings"] = [step["bindings"][written], len(plan["buffers"]) - 1]


SPOILT: list[tuple[str, Spoil, str]] = [
    ("format", lambda p: p.update(format=2), "its format is 2, this page reads format 1"),
    ("source", lambda p: p["sources"].clear(), "kernel 0 has no source"),
    ("allocation", lambda p: p["allocations"].__setitem__(0, 2**40), "it needs a buffer of 1099511627776 bytes"),
    ("outside", lambda p: p["buffers"][0].update(offset=256), "points does not lie within its allocation"),
    ("shape", lambda p: p["buffers"][0].update(shape=[-1]), "points has no proper shape"),
    ("binding", lambda p: first(p)["bindings"].__setitem__(0, 99), "step 0 of step binds"),
    ("workgroups", lambda p: first(p).update(workgroups=[1e6, 1, 1]), "workgroup counts"),
    ("null", lambda p: p["kernels"].__setitem__(0, None), "a part of it is not what it should be"),
    ("names", lambda p: p["buffers"][1].update(name="points"), "two of its buffers have one name"),
    ("constants", lambda p: p["kernels"][0].update(constants={"COUNT": 0.5}), "a constant that is no u32"),
    (
        "no constants",
        lambda p: p["kernels"][0].update(constants=5),
        "kernel 0 has no entry or a constant that is no u32",
    ),
    ("name", lambda p: p["buffers"][1].update(name=5), "has no proper name or source"),
    ("role", lambda p: p["buffers"][1].update(role="labels"), "labels has the unknown role labels"),
    ("hash", lambda p: any_source(p).update(hash=5), "lacks its file, its text or its hash"),
    ("file", lambda p: any_source(p).pop("file"), "lacks its file, its text or its hash"),
    ("plan's name", lambda p: p.update(name=None), "it has no name"),
    ("inputs", lambda p: p["programs"]["step"].update(inputs=["nothing"]), "program step has inputs or outputs that"),
    ("outputs", lambda p: p["programs"]["step"].update(outputs=["nothing"]), "program step has inputs or outputs that"),
    ("no outputs", lambda p: p["programs"]["step"].pop("outputs"), "program step has inputs or outputs that"),
    ("u32 below 0", lambda p: p["buffers"][2].update(initial=-1), "count has no proper initial value or bound"),
    (
        "half an i32",
        lambda p: p["buffers"][2].update(dtype="i32", initial=-0.5),
        "count has no proper initial value or",
    ),
    (
        "i32 past 2^31",
        lambda p: p["buffers"][2].update(dtype="i32", initial=2**31),
        "count has no proper initial value",
    ),
    ("half a u32", lambda p: p["buffers"][2].update(initial=0.5), "count has no proper initial value or bound"),
    (
        "initial at its bound",
        lambda p: p["buffers"][2].update(initial=4, bound=4),
        "count has no proper initial value or bound",
    ),
    ("input without end", lambda p: p["buffers"][6].update(shape=[2**40]), "sketch has no proper shape"),
    ("initial", lambda p: p["buffers"][1].update(initial="1"), "has no proper initial value or bound"),
    ("bound", lambda p: p["buffers"][1].update(bound="1"), "has no proper initial value or bound"),
    ("programs", lambda p: p.update(programs=[]), "a part of it is missing"),
    ("overlap", lambda p: written_twice(p), "step 0 of step writes twice to one place"),
    ("parameters", lambda p: first(p).update(params=[1]), "step 0 of step brings improper parameters"),
    ("no variant", lambda p: first(p).update(variants=[[1, 1, 1]]), "step 0 of step has improper workgroup counts"),
    ("variant", lambda p: with_variant(p, [0, 1, 1]), "step 0 of step has improper workgroup counts"),
    (
        "variant's feature",
        lambda p: with_variant(p, feature="timestamp-query"),
        "kernel 0 wants the unknown feature ",
    ),
    ("variant's source", lambda p: with_variant(p, source="0" * 12), "kernel 0 has no source"),
    ("alias", lambda p: p["buffers"][10].update(allocation=0, shape=[1]), "step 0 of step writes where it also reads"),
]


@pytest.mark.parametrize(("spoil", "sentence"), [each[1:] for each in SPOILT], ids=[each[0] for each in SPOILT])
def test_invalid_plans_are_refused(
    site: Served, separator: ModuleType, open_page: Opener, spoil: Spoil, sentence: str
) -> None:
    plan = separator.plan()
    spoil(plan)
    site.put("/assets/plan-calm.json", plan)
    page = open_page(site.url)
    ready(page)
    page.click(".play")
    page.wait_for_selector(".demo-error.bad:not([hidden])")
    said = page.inner_text(".demo-error")
    assert sentence in said
    assert said.startswith("The plan of this demo cannot be run: ")
    assert page.inner_text(".play") == "Play"


def test_what_cannot_be_loaded_is_named(site: Served, open_page: Opener) -> None:
    del site.files["/assets/patterns.bin"]
    page = open_page(site.url, expect_errors=True)
    ready(page)
    page.click(".play")
    page.wait_for_selector(".demo-error.bad:not([hidden])")
    assert "/assets/patterns.bin could not be loaded (404)" in page.inner_text(".demo-error")
    site.put("/assets/patterns.bin", bytes(range(12)))
    start(page)
    assert page.locator(".demo-error").is_hidden()


def test_links_are_experiments(site: Served, open_page: Opener) -> None:
    page = open_page(f"{site.url}/#demo-separator?seed=3&learning_rate=2&pace=brisk&labels=1,1,1,-1,-1,-1")
    ready(page)
    assert page.evaluate(CHOSEN) == [3, 2, "brisk"]
    assert page.evaluate(f"[...{RUN}.input('labels')].slice(0, 7)") == [1, 1, 1, -1, -1, -1, 0]
    start(page)
    page.click(".play")
    page.fill(".seed input", "8")
    page.press(".seed input", "Enter")
    until(page, "location.hash.includes('seed=8')")
    assert "learning_rate=2" in page.evaluate("location.hash")
    link = page.evaluate("location.hash")
    again = open_page(f"{site.url}/{link}")
    ready(again)
    assert again.evaluate(f"{RUN}.link()") == link
    again.evaluate("location.hash = '#demo-separator?seed=5'")
    until(again, f"{RUN}.experiment.seed === 5 && {RUN}.control('learning_rate') === 0.5 && {RUN}.awake")
    assert not again.evaluate(f"{RUN}.playing"), "nothing plays but what the reader has play"


def test_a_mad_link_does_no_harm(site: Served, open_page: Opener) -> None:
    page = open_page(f"{site.url}/#demo-separator?seed=-1&learning_rate=1e99&pace=%3Cb%3E&points=1,x&count=,,,&q=1")
    ready(page)
    assert page.evaluate(CHOSEN) == [1, 0.5, "calm"]
    start(page)


def test_the_element_is_found_by_any_number_of_pages(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    ready(page)
    assert page.evaluate(f"{ELEMENT}.querySelectorAll('.demo-panel').length") == 1
