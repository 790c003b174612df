"""What programs cost: by hand, and as the plan says."""

from __future__ import annotations

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.plan import counts, lower

BATCH, INPUTS, HIDDEN, CLASSES = 32, 64, 16, 10


def test_a_perceptron_of_two_layers() -> None:
    """The gradient by the weights costs as much as the way forward; that by the inputs is not wanted of the first."""
    model = Model("two")
    images = model.data("images", (BATCH, INPUTS))
    labels = model.data("labels", (BATCH,), dtype="u32")
    network = model.add("network", nn.MLP([INPUTS, HIDDEN, CLASSES], g.relu))

    @model.program
    def predict() -> dict[str, Tensor]:
        return {"logits": network(images)}

    @model.program(counts=True)
    def step() -> None:
        nn.SGD(0.1).minimise(g.mean(g.cross_entropy(network(images), labels)), model)

    plan = lower(model)
    found = counts(plan)
    first, second = 2 * BATCH * INPUTS * HIDDEN, 2 * BATCH * HIDDEN * CLASSES
    assert found["predict"]["flops"] == first + second
    assert found["step"]["flops"] == 2 * first + 3 * second
    assert found["init"]["flops"] == 0
    assert found["step"]["dispatches"] == len(plan.programs["step"].steps)


def test_a_convolution() -> None:
    model = Model("window")
    images = model.data("images", (BATCH, 8, 8, 3))
    convolution = model.add("convolution", nn.Conv2d(3, 5, 3))

    @model.program
    def look() -> dict[str, Tensor]:
        return {"seen": convolution(images)}

    assert counts(lower(model))["look"]["flops"] == 2 * BATCH * 6 * 6 * (3 * 3 * 3) * 5
