"""Products so large that they run in the widest blocks, in Chromium and Firefox: no model of the zoo has any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.plan import lower
from site_builder.run import numpy_runner
from tests.browser.firefox import Firefox

FORMS = ("nn", "nt", "tn")
OUTPUTS = [f"{form}.{axis}" for form in FORMS for axis in ("rows", "columns")]


def model() -> Model:
    """Each form of product of random matrices, and what each row and column of it adds up to, with random weights."""
    model = Model("wide")

    @model.program
    def run() -> dict[str, Tensor]:
        a, b, weights = (g.normal((512, 512), stream) for stream in (1, 2, 3))
        products = {form: g.matmul(a, b, form) * weights for form in FORMS}
        return {
            f"{form}.{name}": g.sum(y, n) for form, y in products.items() for n, name in ((1, "rows"), (0, "columns"))
        }

    return model


SCRIPT = f"""(async () => {{
    const {{ createRunner }} = await import("/runtime/gpu/runner.js");
    const {{ openDevice }} = await import("/runtime/gpu/device.js");
    const plan = await (await fetch("/plan.json")).json();
    const runner = await createRunner((await openDevice()).device, plan, () => null);
    await runner.run("run");
    const names = {OUTPUTS};
    const found = await Promise.all(names.map(async (name) => [name, [...await runner.read(name)]]));
    runner.destroy();
    return Object.fromEntries(found);
}})()"""


@pytest.fixture
def url(bare: Callable[[dict[str, str]], str]) -> str:
    plan = lower(model())
    files = {source.file for source in plan.sources.values()}
    assert {f"shaders/matrix/matmul{form}_wide.wgsl" for form in ("", "_nt", "_tn")} <= files
    return bare({"/plan.json": plan.to_json()})


def assert_right(found: dict[str, Any]) -> None:
    runner = numpy_runner(model())
    runner.run("run")
    for name in OUTPUTS:
        np.testing.assert_allclose(found[name], runner.read(name), rtol=1e-3, atol=0.1)  # beside sums of about 500


def test_in_chromium(url: str, open_page: Callable[..., Page]) -> None:
    assert_right(open_page(url).evaluate(SCRIPT))


def test_in_firefox(url: str, browser: Firefox) -> None:
    browser.open(url)
    assert_right(browser.evaluate(SCRIPT))
