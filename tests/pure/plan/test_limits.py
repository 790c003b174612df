"""WebGPU's limits stand in one file; nobody writes its numbers again; what needs more is refused at its line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import PlanError
from site_builder.graph import Model
from site_builder.plan import lower
from site_builder.plan.limits import MEMORY, PROMISED

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = "site_builder/plan/schema.json"
# 8, 128 and 256 stand for much else, too; these are long enough to be told.
LONG = [n for n in (*PROMISED.values(), MEMORY) if n > 1_000]


def test_they_are_what_the_specification_promises() -> None:
    """W3C, WebGPU, section 3.6.2: the smaller of its two columns of defaults, that of the compatibility mode."""
    assert PROMISED == {
        "maxStorageBuffersPerShaderStage": 8,
        "maxComputeWorkgroupStorageSize": 2**14,
        "maxComputeInvocationsPerWorkgroup": 2**7,
        "maxComputeWorkgroupSizeX": 2**7,
        "maxComputeWorkgroupsPerDimension": 2**16 - 1,
        "maxStorageBufferBindingSize": 2**27,
        "maxBufferSize": 2**28,
        "minStorageBufferOffsetAlignment": 2**8,
        "minUniformBufferOffsetAlignment": 2**8,
    }


def test_the_schema_of_plans_has_them() -> None:
    counts = json.loads((ROOT / SCHEMA).read_text())["$defs"]["workgroups"]["items"]
    assert counts["maximum"] == PROMISED["maxComputeWorkgroupsPerDimension"]


def test_nobody_writes_them_again() -> None:
    forms = [
        form for n in LONG for form in (f"{n}", f"{n:_}", *([f"2 ?\\*\\* ?{n.bit_length() - 1}"] if n % 2 == 0 else []))
    ]
    written = re.compile(rf"(?<![\w.])({'|'.join(forms)})(?![\w.])")
    files = [*(ROOT / "site_builder").rglob("*.py"), *(ROOT / "demos" / "runtime").rglob("*.js")]
    found = [f"{file.relative_to(ROOT)}: {m[0]}" for file in files for m in written.finditer(file.read_text("utf-8"))]
    assert found == []


def test_graph_and_layers_know_none_of_them() -> None:
    files = [file for part in ("graph", "nn") for file in (ROOT / "site_builder" / part).rglob("*.py")]
    said = re.compile(r"WebGPU|GPU|\bbuffers?\b|\bdispatch(es)?\b", re.IGNORECASE)
    found = [
        f"{file.relative_to(ROOT)}: {line}"
        for file in files
        for line in file.read_text("utf-8").splitlines()
        if said.search(line)
    ]
    assert found == []


def a_data_set(model: Model) -> None:
    images = model.data("images", (33_554_433,))  # here
    model.program(lambda: {"total": g.sum(images)})


def an_intermediate_result(model: Model) -> None:
    x = model.input("x", (8192, 1))

    @model.program
    def run() -> None:
        scores = g.matmul(x, x, "nt")  # here
        model.watch("probabilities", g.softmax(scores)[0])


def a_parameter(model: Model) -> None:
    layer = nn.Linear(8192, 8192)  # here
    model.add("layer", layer)
    model.program(lambda: {"y": layer(g.full((1, 8192), 1.0))})


def many_parameters(model: Model) -> None:
    layers = [model.add(f"layers.{n}", nn.Linear(5000, 5000)) for n in range(11)]  # here
    model.program(lambda: {"y": nn.Sequential(*layers)(g.full((1, 5000), 1.0))})


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (
            a_data_set,
            r"maxStorageBufferBindingSize of 134217732 for images \[33554433\], and the device offers 134217728",
        ),
        (an_intermediate_result, r"maxStorageBufferBindingSize of 268435456 for an intermediate result \[8192, 8192\]"),
        (a_parameter, r"maxStorageBufferBindingSize of 268435456 for layer.weight \[8192, 8192\]"),
        (many_parameters, r"11002\d{5} bytes of memory, and the page gives no demo more than 1073741824"),
    ],
)
def test_what_is_too_large_is_refused_at_the_author_s_line(build: Callable[[Model], None], said: str) -> None:
    model = Model("huge")
    build(model)
    with pytest.raises(PlanError, match=f": huge needs {said}") as caught:
        lower(model)
    assert caught.value.file is not None
    assert Path(caught.value.file).name == Path(__file__).name
    line = caught.value.line or 0
    assert line > build.__code__.co_firstlineno
    assert Path(__file__).read_text(encoding="utf-8").splitlines()[line - 1].endswith("# here")
