"""`update_at`, assigned to what it updates or not, on both runners; its gradients are those of PyTorch's index_copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.plan import lower
from site_builder.run.on_numpy import NumPyRunner

rng = np.random.default_rng(11)


def both(model: Model) -> list[Any]:
    from site_builder.run.on_wgpu import WgpuRunner

    return [NumPyRunner(model), WgpuRunner(lower(model))]


def caches() -> tuple[Model, Tensor, Tensor, Tensor, Tensor]:
    model = Model("caches")
    a, b = model.state("a", (4, 8), 1.0), model.state("b", (4, 8), 2.0)
    return model, a, b, model.input("row", (8,), 5.0), model.input("at", (), 2, "u32")


def results(model: Model, program: str, *names: str) -> list[list[np.ndarray]]:
    found = []
    for runner in both(model):
        runner.run("init")
        runner.run(program)
        found.append([runner.read(name) for name in names])
    return found


def replaced(row: float, others: float = 1.0, at: int = 2) -> np.ndarray:
    array = np.full((4, 8), others)
    array[at] = row
    return array


def test_what_is_updated_need_not_be_assigned(device: Any) -> None:
    model, a, _, row, at = caches()

    @model.program
    def run() -> Mapping[str, Tensor]:
        columns = g.update_at(g.transpose(a), at + 9, row * 2, axis=-1)  # past the end
        return {"twice": g.update_at(a, at, row) * 2, "sum": g.update_at(a + 1, at, row), "columns": columns}

    for twice, total, columns in results(model, "run", "twice", "sum", "columns"):
        assert np.array_equal(twice, replaced(10, 2))
        assert np.array_equal(total, replaced(5, 2))
        assert np.array_equal(columns.T, replaced(10, at=3))


def test_what_is_updated_may_be_assigned_to_several_and_read_before_and_after(device: Any) -> None:
    model, a, b, row, at = caches()

    @model.program
    def run() -> Mapping[str, Tensor]:
        new = g.update_at(a, at, row)
        model.assign(a, new)
        model.assign(b, new)
        return {"new": new, "old": g.sum(a, 0) + g.sum(new, 0)}

    for new, old, *states in results(model, "run", "new", "old", "a", "b"):
        assert all(np.array_equal(each, replaced(5)) for each in (new, *states))
        assert np.array_equal(old, np.full(8, 4 + 8))


def test_two_states_may_give_each_other_rows(device: Any) -> None:
    model, a, b, _, at = caches()

    @model.program
    def run() -> None:
        model.assign(a, g.update_at(a, at, b[1] + 1))
        model.assign(b, g.update_at(b, at, a[2]))

    for first, second in results(model, "run", "a", "b"):
        assert np.array_equal(first, replaced(3))
        assert np.array_equal(second, replaced(1, 2))


def test_a_row_may_be_made_of_another_of_the_same_state(device: Any) -> None:
    model, a, _, row, at = caches()

    @model.program
    def run() -> None:
        model.assign(a, g.update_at(a, at, g.update_at(a, at + 1, row)[3] + a[0]))

    for (first,) in results(model, "run", "a"):
        assert np.array_equal(first, replaced(6))


def test_what_is_assigned_to_its_own_state_is_written_in_place(device: Any) -> None:
    model, a, _, row, at = caches()
    model.program(lambda: model.assign(a, g.update_at(a, at, row)))
    plan = lower(model)
    (step,) = plan.programs["<lambda>"].steps
    assert {plan.buffers[n].name for n in step.bindings} == {"a", "row", "at"}
    assert plan.kernels[step.kernel].constants["COUNT"] == 8  # elements are written, of 32


@pytest.mark.parametrize(("shape", "axis", "at"), [((5,), 0, 3), ((4, 6), 0, 0), ((4, 6), 1, 5), ((2, 3, 4), -2, 7)])
def test_gradients_are_pytorchs(device: Any, shape: tuple[int, ...], axis: int, at: int) -> None:
    row = tuple(np.delete(shape, axis).tolist())
    model = Model("gradients")
    x, value, index = model.input("x", shape), model.input("value", row), model.input("index", (), dtype="u32")

    @model.program
    def run() -> Mapping[str, Tensor]:
        y = g.update_at(x * 2, index, g.square(value), axis)
        dx, dvalue = g.gradients(g.sum(g.square(y)), [x, value])
        return {"y": y, "dx": dx, "dvalue": dvalue}

    arrays = rng.standard_normal(shape).astype(np.float32), rng.standard_normal(row).astype(np.float32)
    ours, new = (torch.tensor(each, requires_grad=True) for each in arrays)
    place = torch.tensor([min(at, shape[axis] - 1)])
    y = (ours * 2).index_copy(axis, place, (new**2).unsqueeze(axis))
    (y**2).sum().backward()
    for runner in both(model):
        for name, written in zip(("x", "value", "index"), (*arrays, at), strict=True):
            runner.write(name, written)
        runner.run("run")
        for name, right in (("y", y.detach()), ("dx", ours.grad), ("dvalue", new.grad)):
            np.testing.assert_allclose(runner.read(name), right, rtol=1e-5, atol=1e-6)


def test_a_step_of_attention_has_the_gradients_of_its_keys_and_values(device: Any) -> None:
    """Over several steps, of which each takes what the ones before it left as it is."""
    features, heads, length, batch = 8, 2, 5, 3
    model = Model("decoder")
    layer = model.add("attention", nn.MultiHeadAttention(features, heads, causal=True))
    sequence = model.input("x", (batch, length, features))

    @model.program(counts=True)
    def step() -> Mapping[str, Tensor]:
        x = g.swapaxes(sequence, 0, 1)[model.step][:, None]
        y = layer.step(x, model.step, length)
        wanted = {name.replace(".", "_"): p for name, p in model.parameters.items()}
        return {"y": y} | dict(zip(wanted, g.gradients(g.sum(g.sin(1 + y)), [*wanted.values()]), strict=True))

    numbers = {name: rng.standard_normal(p.shape).astype(np.float32) for name, p in model.parameters.items()}
    given = rng.standard_normal(sequence.shape).astype(np.float32)
    right = list(steps_of_pytorch({n.removeprefix("attention."): a for n, a in numbers.items()}, given, heads))
    for runner in both(model):
        runner.run("init")
        for name, array in {**numbers, "x": given}.items():
            runner.write(name, array)
        for y, gradients in right:
            runner.run("step")
            np.testing.assert_allclose(runner.read("y"), y, rtol=1e-4, atol=1e-5)
            for name, gradient in gradients.items():
                np.testing.assert_allclose(
                    runner.read(f"attention_{name.replace('.', '_')}"), gradient, rtol=0, atol=2e-3
                )


def steps_of_pytorch(numbers: Mapping[str, np.ndarray], x: np.ndarray, heads: int) -> Any:
    """What each step gives, and the gradients of the sum of its sines."""
    batch, length, features = x.shape
    keys = values = torch.zeros(batch, 0, heads, features // heads)
    for time in range(length):
        p = {name: torch.tensor(array, requires_grad=True) for name, array in numbers.items()}
        projected = torch.tensor(x[:, time]) @ p["in_proj_weight"] + p["in_proj_bias"]
        q, k, v = projected.reshape(batch, 1, 3, heads, -1).unbind(2)
        keys, values = torch.cat([keys.detach(), k], 1), torch.cat([values.detach(), v], 1)
        scores = torch.einsum("bihd,bjhd->bhij", q, keys) / np.sqrt(features // heads)
        mixed = torch.einsum("bhij,bjhd->bihd", scores.softmax(-1), values).reshape(batch, 1, features)
        y = mixed @ p["out_proj.weight"] + p["out_proj.bias"]
        torch.sin(1 + y).sum().backward()
        yield y.detach(), {name: each.grad for name, each in p.items()}
