"""Which kernels of a plan have variants in half precision: large ones on the way forward, of models that ask for it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.plan import Plan, lower
from site_builder.plan.kernels import HALF
from site_builder.plan.plan import PlanKernel, PlanVariant
from site_builder.run.device import FEATURES
from tests.plans import read

BETTER = [HALF, "subgroups"]


def kernels(plan: Plan) -> list[tuple[str, list[str]]]:
    """Of each dispatch the kernel's file, and what its variants want, in order."""
    used = [plan.kernels[step.kernel] for step in plan.programs["run"].steps]
    return [(plan.sources[k.source].file.rpartition("/")[2], [v.feature for v in k.variants]) for k in used]


@pytest.mark.parametrize(
    ("size", "half", "expected"),
    [
        (1, True, ("matmul.wgsl", [])),
        (128, True, ("matmul_vec4.wgsl", BETTER)),
        (128, False, ("matmul_vec4.wgsl", ["subgroups"])),
    ],
)
def test_large_products_of_models_that_ask_for_it(size: int, half: bool, expected: tuple[str, list[str]]) -> None:
    model = Model("product", half)
    a, b = (model.input(name, (size, size)) for name in "ab")

    @model.program
    def run() -> dict[str, Tensor]:
        return {"y": a @ b}

    plan = lower(model)
    assert kernels(plan) == [expected]
    assert read(plan.to_json()).kernels == plan.kernels


def test_a_device_runs_the_first_for_which_it_has_the_feature() -> None:
    half, quad = (PlanVariant(feature, "0" * 12) for feature in BETTER)
    kernel = PlanKernel("1" * 12, "main", {}, (), variants=(half, quad))
    assert [kernel.variant(has) for has in ([], ["subgroups"], [HALF], ["subgroups", HALF])] == [None, 1, 0, 0]


def test_convolutions_on_the_way_forward() -> None:
    model = Model("convolution", half=True)
    x, w = model.input("x", (4, 16, 16, 32)), model.input("w", (3, 3, 32, 32))

    @model.program
    def run() -> dict[str, Tensor]:
        y = g.convolution(x, w, padding="same")
        return {"y": y, "d": g.gradients(g.sum(g.square(y)), [x])[0]}

    assert kernels(lower(model)) == [
        ("convolution_vec4.wgsl", BETTER),
        ("convolution_input_gradient_vec4.wgsl", ["subgroups"]),
    ]


def test_no_gradient_even_of_the_same_form_and_sizes() -> None:
    """That of a table used for both reading and guessing is a product as a layer's is, of rows by columns."""
    model = Model("tied", half=True)
    x, table = model.input("x", (128, 128)), model.input("table", (128, 128))

    @model.program
    def run() -> dict[str, Tensor]:
        guesses = g.matmul(x @ table, table, "nt")
        return {"y": guesses, "d": g.gradients(g.sum(g.square(guesses)), [x])[0]}

    assert kernels(lower(model)) == [
        ("matmul_vec4.wgsl", BETTER),
        ("matmul_nt_vec4.wgsl", ["subgroups"]),
        ("matmul_vec4.wgsl", ["subgroups"]),
        ("matmul_nt_vec4.wgsl", ["subgroups"]),
    ]


def test_features_are_the_same_everywhere() -> None:
    """Those of the schema, of the runner in Python and of the one in JavaScript."""
    root = Path(__file__).parents[3]
    schema = json.loads((root / "site_builder/plan/schema.json").read_text())
    variant = schema["properties"]["kernels"]["items"]["properties"]["variants"]["items"]["properties"]
    listed = re.search(r"export const OPTIONAL = \{(.*)\};", (root / "demos/runtime/common/check.js").read_text())
    assert listed
    in_browser = {name.strip(' "') for name in re.findall(r"([^,]+):", listed[1])}
    assert set(variant["feature"]["enum"]) == set(FEATURES) == in_browser
