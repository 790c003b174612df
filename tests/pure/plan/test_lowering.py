"""What lowering promises without a device: few dispatches, little memory, texts shared between layers, valid plans."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Sequence
from typing import Any

import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import PlanError
from site_builder.graph import Model, Tensor
from site_builder.plan import dispatches_per_run, lower
from tests.plans import read


def classifier(widths: list[int], optimiser: Any, activation: Any = g.relu) -> Model:
    model = Model("classifier")
    images = model.data("images", (1437, 64), source="digits/train-images")
    labels = model.data("labels", (1437,), dtype="u32", source="digits/train-labels")
    net = model.add("net", nn.MLP(widths, activation))

    @model.program(counts=True)
    def step() -> None:
        rows = g.random_index((64,), 1437, stream=1)
        loss = g.mean(g.cross_entropy(net(images[rows]), labels[rows]))
        optimiser(0.01).minimise(loss, model)
        model.record("loss", loss)

    return model


@pytest.mark.parametrize(
    ("widths", "optimiser", "most"),
    [
        ([64, 10], nn.SGD, 6),
        ([64, 32, 16, 10], nn.Adam, 12),
        ([64, 32, 16, 10], lambda rate: nn.SGD(rate, momentum=0.9), 12),
        ([64, *[32] * 8, 10], nn.Adam, 30),
    ],
    ids=["softmax regression", "mlp with adam", "mlp with momentum", "eight hidden layers"],
)
def test_a_training_step_takes_few_dispatches(widths: list[int], optimiser: Any, most: int) -> None:
    assert dispatches_per_run(lower(classifier(widths, optimiser)))["step"] <= most


def test_an_input_that_a_program_gives_back_is_copied() -> None:
    model = Model("copy")
    x = model.input("x", (4,))
    model.program(lambda: {"y": x})
    assert dispatches_per_run(lower(model))["<lambda>"] == 1


def test_a_circle_costs_one_copy_of_what_is_on_it() -> None:
    """The weights' sum is computed with `step + 1`, which must wait for the history, which waits for that sum."""
    model = Model("hidden words")
    words, lengths = (model.data(name, shape, dtype="u32") for name, shape in (("words", (64, 8)), ("n", (64,))))
    linears = (nn.Linear(16, 16) for _ in range(4))
    network = model.add("network", nn.Sequential(nn.Embedding(12, 16), *linears, nn.Linear(16, 12)))

    @model.program(counts=True)
    def step() -> None:
        rows = g.random_index((16,), 64, stream=1)
        there = g.less(g.iota(8), g.reshape(lengths[rows], (16, 1)))
        hidden = g.less(g.uniform((16, 8), 2), 0.2) * there
        logits = network(g.where(hidden, 0, words[rows]))
        loss = g.mean(g.cross_entropy(logits, words[rows]), weights=hidden)
        nn.Adam(nn.schedules.linear_warmup(model.step, 100)).minimise(loss, model)
        model.record("loss", loss)

    assert dispatches_per_run(lower(model))["step"] <= 24, "parameters and their averages are written in place"


def reader(kind: type[nn.Recurrent], last: bool) -> Model:
    """A sequence of 32 times, named by its last state or at each."""
    model = Model("reader")
    x, labels = model.data("x", (16, 32, 8)), model.data("labels", (16, 1 if last else 32), dtype="u32")
    recurrent, head = model.add("recurrent", kind(8, 32)), model.add("head", nn.Linear(32, 10))

    @model.program(counts=True)
    def step() -> None:
        states = recurrent(x)
        loss = g.mean(g.cross_entropy(head(states[:, -1:] if last else states), labels))
        nn.Adam(0.01).minimise(loss, model)
        model.record("loss", loss)

    return model


@pytest.mark.parametrize(
    ("kind", "last", "most"),
    [
        (nn.RNN, True, 83),
        (nn.RNN, False, 82),
        (nn.LSTM, True, 148),
        (nn.LSTM, False, 147),
        (nn.GRU, True, 148),
        (nn.GRU, False, 147),
    ],
)
def test_a_recurrence_takes_few_dispatches_a_time(kind: type[nn.Recurrent], last: bool, most: int) -> None:
    plan = lower(reader(kind, last))
    assert dispatches_per_run(plan)["step"] <= most
    assert len(plan.kernels) <= 27, "all times share their kernels"


def test_an_optimiser_updates_all_parameters_in_one_dispatch() -> None:
    plan = lower(classifier([64, 32, 16, 10], nn.Adam))
    parameters = [b for b in plan.buffers if b.role == "parameter"]
    assert len({b.allocation for b in parameters}) == 1, "parameters lie in one arena"
    offsets = [b.offset for b in parameters]
    assert offsets == sorted(offsets)
    assert all(offset % 256 == 0 for offset in offsets)


def test_layers_of_equal_form_share_one_text() -> None:
    two, eight = (lower(classifier([64, *[32] * n, 10], nn.Adam)) for n in (2, 8))
    steps = [{plan.kernels[s.kernel].source for s in plan.programs["step"].steps} for plan in (two, eight)]
    assert len(steps[1]) <= len(steps[0]) + 1


def test_scratch_buffers_take_turns() -> None:
    plan = lower(classifier([64, *[32] * 8, 10], nn.SGD))
    scratch = [b for b in plan.buffers if b.role == "scratch" and b.offset == 0]
    slots = {b.allocation for b in scratch}
    assert plan.saved > 0
    assert len(slots) <= 14 < len(scratch), "one for each activation that the backward pass needs, and a few"


def test_a_plan_is_small_and_the_same_every_time() -> None:
    texts = {lower(classifier([64, 32, 16, 10], nn.Adam)).to_json() for _ in range(2)}
    assert len(texts) == 1
    assert len(gzip.compress(texts.pop().encode())) <= 20_000


def test_a_plan_survives_json() -> None:
    plan = lower(classifier([64, 32, 16, 10], nn.Adam))
    again = read(plan.to_json())
    assert again.to_json() == plan.to_json()
    assert again.programs == plan.programs


def test_what_is_watched_is_kept() -> None:
    model = Model("watched")
    x = model.input("x", (4, 3))

    @model.program
    def look() -> None:
        hidden = model.watch("hidden", g.tanh(x))
        model.watch("slope", g.gradients(g.sum(g.square(hidden)), [x])[0])

    plan = lower(model)
    assert {b.name for b in plan.buffers if b.role == "output"} == {"hidden", "slope"}
    assert plan.programs["look"].outputs == ("hidden", "slope")


def test_more_buffers_than_webgpu_promises_take_more_dispatches() -> None:
    model = Model("wide")
    inputs = [model.input(f"x{n}", (5,)) for n in range(20)]

    @model.program
    def total() -> dict[str, Tensor]:
        result = inputs[0]
        for x in inputs[1:]:
            result = result + x
        return {"y": result}

    steps = lower(model).programs["total"].steps
    assert 3 <= len(steps) <= 4
    assert all(len(step.bindings) <= 8 for step in steps)


def with_variant(document: Any, workgroups: Sequence[int] = (1, 1, 1), **changes: str) -> None:
    """Give a step's kernel one variant, spoilt."""
    step = document["programs"]["step"]["steps"][0]
    kernel = document["kernels"][step["kernel"]]
    kernel["variants"] = [{"feature": "subgroups", "source": kernel["source"]} | changes]
    step["variants"] = [list(workgroups)]


def written_twice(document: Any) -> None:
    """Let a step write to a buffer, and to another that begins where that one does."""
    step = document["programs"]["step"]["steps"][0]
    written = document["kernels"][step["kernel"]]["access"].index("read_write")
    document["buffers"].append(document["buffers"][step["bindings"][written]] | {"name": None, "shape": []})
    document["kernels"].append(document["kernels"][step["kernel"]] | {"access": ["read_write"] * 2})
    step |= {"kernel": len(document["kernels"]) - 1}
    step["bindings"] = [step["bindings"][written], len(document["buffers"]) - 1]


def buffer(document: Any, name: str) -> Any:
    return next(buffer for buffer in document["buffers"] if buffer["name"] == name)


def broken(change: Any) -> str:
    document = json.loads(lower(classifier([64, 10], nn.SGD)).to_json())
    change(document)
    return json.dumps(document)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(format=2), r"\$\.format: 1 was expected"),
        (lambda d: d.pop("kernels"), "'kernels' is a required property"),
        (lambda d: d["allocations"].__setitem__(0, -4), "is less than the minimum"),
        (lambda d: d["buffers"][0].update(allocation=99), "allocation 99, of which there are"),
        (lambda d: d["buffers"][2].update(shape=[9999999]), "its allocation at"),
        (lambda d: d["buffers"][2].update(offset=4), "is not a multiple of 256"),
        (lambda d: d["buffers"][1].update(name="seed"), "two buffers of this name"),
        (lambda d: d["programs"]["step"]["steps"][0].update(kernel=99), "program step, step 0: there is no kernel 99"),
        (lambda d: d["programs"]["step"]["steps"][0].update(workgroups=[70000, 1, 1]), "greater than the maximum"),
        (lambda d: d["programs"]["step"]["steps"][0]["bindings"].pop(), "step 0 binds"),
        (lambda d: d["programs"]["step"]["steps"][0]["bindings"].__setitem__(0, 999), "there is no buffer 999"),
        (lambda d: d["kernels"][0].update(source="0" * 12), "kernel 0: there is no source 000000000000"),
        (lambda d: d["kernels"].append(d["kernels"][0] | {"source": "0" * 12}), "there is no source 000000000000"),
        (lambda d: d["buffers"][0].update(allocation=0.0), r"allocation: 0\.0 is not of type 'integer'"),
        (lambda d: d["programs"]["step"]["steps"][0].update(kernel=1.0), r"kernel: 1\.0 is not of type 'integer'"),
        (lambda d: d["buffers"][0].update(initial=math.nan), "a plan is JSON, found: Out of range float"),
        (lambda d: d["buffers"][0].update(bound=2**33), "greater than the maximum"),
        (lambda d: buffer(d, "seed").update(initial=-1), "whole numbers from 0 to 4294967295, not -1 at first"),
        (lambda d: buffer(d, "seed").update(initial=0.5), "whole numbers from 0 to 4294967295, not 0.5 at first"),
        (lambda d: buffer(d, "seed").update(initial=7, bound=7), "whole numbers from 0 to 6, not 7 at first"),
        (lambda d: d["programs"]["step"].update(inputs=["x"]), "program step: there is no buffer 'x'"),
        (lambda d: d["programs"]["step"].update(outputs=["y"]), "program step: there is no buffer 'y'"),
        (lambda d: d.update(name="\ud800"), "a plan is JSON, found: 'utf-8' codec can't encode"),
        (lambda d: d["allocations"].extend([2**28] * 4), "takes 1073741824 bytes of memory at most, found 1074"),
        (lambda d: written_twice(d), "step 0 writes twice to one place"),
        (lambda d: d["kernels"][0].update(params=["ROWS"]), "step 0 brings 0 parameters, its kernel wants 1"),
        (lambda d: d["programs"]["step"]["steps"][0].update(params=[]), "should be non-empty"),
        (lambda d: d["programs"]["step"]["steps"][0].update(params=[-1]), "-1 is less than the minimum"),
        (lambda d: d["programs"]["step"]["steps"][0].update(variants=[[1, 1, 1]]), "for 1 variants, its kernel has 0"),
        (lambda d: with_variant(d, [0, 1, 1]), "0 is less than the minimum"),
        (lambda d: with_variant(d, source="1" * 12), "there is no source 111111111111"),
        (lambda d: with_variant(d, feature="timestamp-query"), r"'timestamp-query' is not one of \['shader-f16', "),
        (
            lambda d: [
                b.update(allocation=b["allocation"]) or b.update(allocation=0, offset=0, shape=[1])
                for b in d["buffers"]
            ],
            "reads and writes one allocation",
        ),
    ],
)
def test_a_plan_that_lies_is_refused(change: Any, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        read(broken(change))


def test_a_plan_that_is_no_json_is_refused() -> None:
    for text in ("{", "[" * 100_000, "9" * 5_000, "\0"):
        with pytest.raises(PlanError, match="a plan is JSON, found"):
            read(text)


def test_what_is_said_of_a_plan_is_not_the_plan() -> None:
    with pytest.raises(PlanError) as said:
        read(json.dumps([json.loads(broken(lambda d: None))]))
    assert len(str(said.value)) < 300
