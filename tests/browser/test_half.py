"""A plan with kernels in half precision: Firefox, which has it here, runs these; Chromium on SwiftShader the others.

Tint, the compiler of Chromium, sees them too: on the null device of Dawn, which has every feature and runs nothing.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.plan import lower
from site_builder.plan.kernels import HALF, load
from site_builder.project.node import executable
from site_builder.run import numpy_runner
from site_builder.selfcheck.cases import HALF_TOLERANCE
from tests.browser.conftest import ROOT
from tests.browser.firefox import Firefox
from tests.tools import packages

SHAPES = {"a": (67, 128), "b": (128, 132), "x": (5, 11, 12, 24), "w": (3, 3, 24, 20)}
RNG = np.random.default_rng(0)
GIVEN = {name: RNG.standard_normal(shape).astype(np.float32) for name, shape in SHAPES.items()}
Found = dict[str, Any]
TINT = """
import { createRequire } from "node:module";
const { create } = createRequire(process.argv[1] + "/")("webgpu");
const adapter = await create(["backend=null"]).requestAdapter();
const device = await adapter.requestDevice({ requiredFeatures: ["shader-f16"] });
const said = [];
for (const code of JSON.parse(process.argv[2])) {
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ code });
  device.createComputePipeline({ layout: "auto", compute: { module, entryPoint: "main" } });
  const { messages } = await module.getCompilationInfo();
  const error = await device.popErrorScope();
  said.push([...messages, ...(error ? [error] : [])].map(({ message }) => message));
}
process.stdout.write(JSON.stringify(said), () => process.exit(0));
"""


def model(half: bool) -> Model:
    """A product of matrices and a convolution, both large."""
    model = Model("half", half)
    a, b, x, w = (model.data(name, shape) for name, shape in SHAPES.items())

    @model.program
    def run() -> dict[str, Tensor]:
        return {"product": a @ b, "convolution": g.convolution(x, w)}

    return model


SCRIPT = f"""(async () => {{
    const {{ createRunner }} = await import("/runtime/gpu/runner.js");
    const {{ openDevice }} = await import("/runtime/gpu/device.js");
    const {{ device }} = await openDevice();
    const results = [];
    for (const name of ["full", "half"]) {{
        const plan = await (await fetch(`/${{name}}.json`)).json();
        const runner = await createRunner(device, plan, () => null);
        for (const [name, values] of Object.entries({json.dumps({n: v.ravel().tolist() for n, v in GIVEN.items()})}))
            runner.write(name, values);
        await runner.run("run");
        results.push(await Promise.all(["product", "convolution"].map(async (name) => [...await runner.read(name)])));
        runner.destroy();
    }}
    return {{ has: device.features.has("shader-f16"), results }};
}})()"""


@pytest.fixture
def url(bare: Callable[[dict[str, str]], str]) -> str:
    return bare({f"/{name}.json": lower(model(half)).to_json() for name, half in (("full", False), ("half", True))})


def assert_right(found: Found) -> None:
    """All are near to what NumPy computes; those in half precision are others, and all else is the same to the bit."""
    runner = numpy_runner(model(True))
    for name, value in GIVEN.items():
        runner.write(name, value)
    runner.run("run")
    for name, full, half in zip(("product", "convolution"), *found["results"], strict=True):
        exact = runner.read(name).ravel()
        assert np.abs(np.array(full) - exact).max() < 1e-6 * np.abs(exact).max()
        assert np.abs(np.array(half) - exact).max() < HALF_TOLERANCE * np.abs(exact).max()
        assert (half == full) == (not found["has"])


def test_in_chromium(url: str, open_page: Callable[..., Page]) -> None:
    assert_right(open_page(url).evaluate(SCRIPT))


def test_in_firefox(url: str, browser: Firefox) -> None:
    browser.open(url)
    found = browser.evaluate(SCRIPT)
    assert found["has"], f"Firefox has lost {HALF}, and no other browser here runs kernels that want it"
    assert_right(found)


def compiled(*texts: str) -> list[list[str]]:
    """What Tint says of each text."""
    command = [str(executable()), "--input-type=module", "-e", TINT, str(packages()), json.dumps(texts)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    said: list[list[str]] = json.loads(done.stdout)
    return said


def test_tint_compiles_them() -> None:
    files = [str(file.relative_to(ROOT)) for file in (ROOT / "shaders").glob("*/*_half.wgsl")]
    right = [f"enable f16;\n{load(file).wgsl}" for file in files]
    *silent, (first, *_) = compiled(*right, right[0].replace("sums00 +=", "sums00 *= 1h +"))
    assert silent == [[]] * len(files) != []
    assert "no matching overload" in first
