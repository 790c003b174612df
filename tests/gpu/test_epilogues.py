"""What is spliced into the stores of kernels that write four numbers at once, against NumPy in float64."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.plan import Plan, lower
from site_builder.run.on_numpy import NumPyRunner

ROWS, INNER, COLUMNS = 132, 128, 64  # 2^20 multiplications: large enough for blocks in registers

Epilogue = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
EPILOGUES: dict[str, Epilogue] = {
    "a bias and an activation": lambda y, row, column, other: g.gelu(y + row),
    "a residual": lambda y, row, column, other: other + g.tanh(y * 0.1),
    "a factor for each row": lambda y, row, column, other: y * g.sigmoid(column) + row,
    "a factor for each column": lambda y, row, column, other: g.rms_norm(other, row) * g.less(y, 0.25),
    "one number": lambda y, row, column, other: y / (1 + g.sum(g.square(row))),
    "a matrix read across": lambda y, row, column, other: y + g.reshape(g.transpose(other), y.shape),
    "one that is read both ways": lambda y, row, column, other: y * other + g.reshape(g.transpose(other), y.shape),
    "a mask that is drawn": lambda y, row, column, other: g.where(g.less(g.uniform(y.shape, 3), 0.5), y, row),
    "numbers looked up by what came out": lambda y, row, column, other: row[g.cast(y * y, "u32")] + y,
    "rows from a window": lambda y, row, column, other: y + g.pad(other[:, 8:40], [(0, 0), (4, 28)]),
    "rows from an odd window": lambda y, row, column, other: y + g.pad(other[:, 7:40], [(0, 0), (3, 28)]),
}
FORMS = ("nn", "nt", "tn")


def plan_and_model(epilogue: Epilogue, form: str) -> tuple[Plan, Model]:
    model = Model("epilogue")
    a = model.input("a", (INNER, ROWS) if form == "tn" else (ROWS, INNER))
    b = model.input("b", (COLUMNS, INNER) if form == "nt" else (INNER, COLUMNS))
    row, column = model.input("row", (COLUMNS,)), model.input("column", (ROWS, 1))
    other = model.input("other", (ROWS, COLUMNS))

    @model.program(counts=True)
    def run() -> Mapping[str, Tensor]:
        y = g.matmul(a, b, form)
        return {"y": y, "z": epilogue(y, row, column, other)}

    return lower(model), model


def product_of(plan: Plan) -> tuple[str, set[str | None]]:
    """The text of the product, and the variables that it is given."""
    for step in plan.programs["run"].steps:
        source = plan.sources[plan.kernels[step.kernel].source]
        if "/matrix/" in source.file:
            return source.wgsl, {plan.buffers[number].name for number in step.bindings}
    raise AssertionError("there is no product")


def agree(plan: Plan, model: Model, names: tuple[str, ...], using: tuple[str, ...]) -> None:
    from site_builder.run.on_wgpu import WgpuRunner

    runners = WgpuRunner(plan, using), NumPyRunner(model)
    rng = np.random.default_rng(0)
    given = {b.name: rng.uniform(-1, 1, b.shape) for b in plan.buffers if b.role == "input" and b.dtype == "f32"}
    for runner in runners:
        for name, array in given.items():
            runner.write(str(name), array)
        runner.run("init")
        runner.run("run")
    for name in names:
        np.testing.assert_allclose(runners[0].read(name), runners[1].read(name), rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("using", [(), ("subgroups",)], ids=["everywhere", "with subgroups"])
@pytest.mark.parametrize("name", EPILOGUES)
def test_epilogues_of_products(device: Any, name: str, using: tuple[str, ...]) -> None:
    form = FORMS[list(EPILOGUES).index(name) % 3]
    plan, model = plan_and_model(EPILOGUES[name], form)
    text, bound = product_of(plan)
    assert "fn store_y(i: u32, value: vec4<f32>) {" in text
    assert {"y", "z"} <= bound, "it writes what the epilogue gives"
    agree(plan, model, ("y", "z"), using)


def test_a_bias_and_an_activation_take_one_load_and_one_store_for_four() -> None:
    text, _ = product_of(plan_and_model(EPILOGUES["a bias and an activation"], "nn")[0])
    lines = text.splitlines()
    start = lines.index("fn store_y(i: u32, value: vec4<f32>) {")
    assert [line.strip() for line in lines[start + 1 : lines.index("}", start)]] == [
        "let t0 = i % 16u;",
        "let t1 = in0[t0];",
        "let t2 = value + t1;",
        "let t3 = gelu_vec4(t2);",
        "out0[i] = value;",
        "out1[i] = t3;",
    ]


@pytest.mark.parametrize("width", [64, 8, 2], ids=["rows", "fours", "pairs"])
def test_a_product_is_written_into_a_part_of_a_variable(device: Any, width: int) -> None:
    """One place along the middle axis is replaced, in rows that are a multiple of four and in others."""
    outer = ROWS * COLUMNS // width
    model = Model("cache")
    a, b = model.input("a", (ROWS, INNER)), model.input("b", (INNER, COLUMNS))
    cache, at = model.state("cache", (outer, 3, width), 0.5), model.input("at", (), dtype="u32")

    @model.program
    def run() -> None:
        model.assign(cache, g.update_at(cache, at, g.reshape(g.tanh(a @ b), (outer, width)), axis=1))

    plan = lower(model)
    assert "cache" in product_of(plan)[1]
    agree(plan, model, ("cache",), ("subgroups",))


@pytest.mark.parametrize("using", [(), ("subgroups",)], ids=["everywhere", "with subgroups"])
def test_epilogues_of_a_convolution_and_of_attention(device: Any, using: tuple[str, ...]) -> None:
    model = Model("others")
    images, weights = model.input("images", (2, 24, 24, 16)), model.input("weights", (3, 3, 16, 64))
    bias, rest = model.input("bias", (64,)), model.input("rest", (2, 24, 24, 64))
    q, k, v = (model.input(name, (2, 9, 4, 8)) for name in "qkv")
    gate, factor = model.input("gate", (2, 9, 4, 8)), model.input("factor", (2, 9, 1, 1))

    @model.program
    def run() -> Mapping[str, Tensor]:
        features = g.relu(g.convolution(images, weights, padding=1) + bias) + rest
        attended = g.attention(q, k, v, causal=True) * g.sigmoid(gate) * factor
        return {"features": features, "attended": attended}

    plan = lower(model)
    sources = [plan.sources[plan.kernels[step.kernel].source] for step in plan.programs["run"].steps]
    assert sorted(source.file for source in sources) == [
        "shaders/attention/attention_vec4.wgsl",
        "shaders/convolution/convolution_vec4.wgsl",
    ]
    assert all("fn store_y(i: u32, value: vec4<f32>) {" in source.wgsl for source in sources)
    agree(plan, model, ("features", "attended"), using)
