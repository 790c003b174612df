"""Attention against PyTorch, and packed projections read where they lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import torch

from site_builder import graph as g
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor
from site_builder.plan import Plan, lower

Array = np.ndarray[Any, Any]
Build = Callable[..., Tensor]


def on_device(build: Callable[..., Mapping[str, Tensor]], *inputs: Array) -> tuple[dict[str, Array], Plan]:
    """What a program gives for these inputs, and its plan."""
    from site_builder.run.on_wgpu import WgpuRunner

    model = Model("attention")
    dtypes = ["u32" if x.dtype == np.uint32 else "f32" for x in inputs]
    given = [model.input(f"x{n}", x.shape, dtype=d) for n, (x, d) in enumerate(zip(inputs, dtypes, strict=True))]
    names: list[str] = []

    @model.program
    def run() -> Mapping[str, Tensor]:
        outputs = build(*given)
        names.extend(outputs)
        return outputs

    plan = lower(model)
    runner = WgpuRunner(plan)
    for n, x in enumerate(inputs):
        runner.write(f"x{n}", x)
    runner.run("run")
    return {name: runner.read(name) for name in names}, plan


def slopes(y: Tensor, w: Tensor, *of: Tensor) -> dict[str, Tensor]:
    """y, and the gradients of Σ w y, as outputs."""
    return {"y": y} | {f"d{n}": d for n, d in enumerate(g.gradients(g.sum(y * w), of))}


def same(actual: Mapping[str, Array], expected: torch.Tensor, w: Array, *of: torch.Tensor, tolerance: float) -> None:
    (expected * torch.tensor(w)).sum().backward()
    wanted = {"y": expected} | {f"d{n}": x.grad for n, x in enumerate(of)}
    for name, value in wanted.items():
        exact = value.detach().numpy()
        largest = max(np.abs(exact).max(), 0.1)
        np.testing.assert_allclose(actual[name], exact, rtol=0, atol=tolerance * largest, err_msg=name)


def drawn(*shapes: tuple[int, ...], spread: float = 1.0) -> list[Array]:
    rng = np.random.default_rng([n for shape in shapes for n in shape])
    return [np.asarray(spread * rng.standard_normal(shape, dtype=np.float32)) for shape in shapes]


def leaves(*arrays: Array) -> list[torch.Tensor]:
    return [torch.tensor(x.astype(np.float64), requires_grad=True) for x in arrays]


def reference(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, causal: bool, lengths: Array | None, scale: float | None = None
) -> torch.Tensor:
    """PyTorch's, of operands in our order of axes, with the mask written out."""
    queries, keys = q.shape[1], k.shape[1]
    mask = torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries if causal else keys)
    if lengths is not None:
        mask = mask & (torch.arange(keys) < torch.tensor(lengths.astype(int))[:, None, None, None])
    turned = (x.transpose(1, 2) for x in (q, k, v))
    y = torch.nn.functional.scaled_dot_product_attention(*turned, attn_mask=mask, scale=scale)
    return y.transpose(1, 2)


# queries, keys, head_dim, value_dim: 1, odd, a block, a block and one; widths that vec4 kernels take and others
SIZES = [
    (1, 1, 1, 1),
    (1, 9, 16, 16),
    (3, 5, 2, 3),
    (5, 8, 8, 8),
    (17, 17, 17, 17),
    (8, 33, 32, 32),
]
MASKED = [*((sizes, masks) for sizes in SIZES for masks in ("none", "both"))]
MASKED += [((16, 16, 16, 16), "causal"), ((16, 16, 16, 16), "lengths"), ((4, 4, 3, 3), "causal")]


@pytest.mark.parametrize(("sizes", "masks"), MASKED, ids=str)
def test_as_in_torch(device: Any, sizes: tuple[int, int, int, int], masks: str) -> None:
    queries, keys, head_dim, value_dim = sizes
    causal, padded = masks in ("causal", "both"), masks in ("lengths", "both")
    q, k, v, w = drawn(
        (2, queries, 3, head_dim), (2, keys, 3, head_dim), (2, keys, 3, value_dim), (2, queries, 3, value_dim)
    )
    lengths = np.array([keys, max(keys - 2, 1)], np.uint32)
    if causal and padded and queries == keys:
        lengths[1] = max(keys // 2, 1)

    def build(q: Tensor, k: Tensor, v: Tensor, w: Tensor, lengths: Tensor) -> Mapping[str, Tensor]:
        return slopes(g.attention(q, k, v, causal, lengths=lengths if padded else None), w, q, k, v)

    actual, plan = on_device(build, q, k, v, w, lengths)
    torches = leaves(q, k, v)
    same(actual, reference(*torches, causal, lengths if padded else None), w, *torches, tolerance=5e-6)
    assert len(plan.programs["run"].steps) == 3


def test_the_scale_is_a_number_or_a_tensor_and_has_a_gradient(device: Any) -> None:
    q, k, v, w = drawn(*[(2, 5, 3, 8)] * 4)
    scale = np.float32(0.7)

    def build(q: Tensor, k: Tensor, v: Tensor, w: Tensor, scale: Tensor) -> Mapping[str, Tensor]:
        fixed = {"fixed": g.attention(q, k, v, scale=0.7)}
        return fixed | slopes(g.attention(q, k, v, scale=scale), w, q, k, v, scale)

    actual, _ = on_device(build, q, k, v, w, np.asarray(scale))
    np.testing.assert_allclose(actual["fixed"], actual["y"], atol=1e-6)
    *torches, factor = leaves(q, k, v, np.asarray(scale))
    y = reference(torches[0] * factor, *torches[1:], False, None, scale=1.0)
    same(actual, y, w, *torches, factor, tolerance=1e-5)


def test_a_packed_projection_is_read_where_it_lies(device: Any) -> None:
    """Four dispatches: forward, two backward, and one that joins the gradients."""
    packed, w = drawn((2, 9, 3 * 4 * 16), (2, 9, 4, 16))

    def build(packed: Tensor, w: Tensor) -> Mapping[str, Tensor]:
        q, k, v = (g.reshape(part, (2, 9, 4, 16)) for part in g.split(packed, 3))
        return slopes(g.attention(q, k, v, causal=True), w, packed)

    actual, plan = on_device(build, packed, w)
    (leaf,) = leaves(packed)
    q, k, v = (part.reshape(2, 9, 4, 16) for part in leaf.split(64, -1))
    same(actual, reference(q, k, v, True, None), w, leaf, tolerance=5e-6)
    files = [plan.sources[plan.kernels[step.kernel].source].file for step in plan.programs["run"].steps]
    assert [file.rpartition("/")[2] for file in files] == [
        "attention_vec4.wgsl",
        "attention_query_gradient_vec4.wgsl",
        "attention_key_gradient_vec4.wgsl",
        "map_vec4.wgsl",
    ]


@pytest.mark.parametrize("head_dim", [3, 16])
def test_scores_of_ten_thousand_are_no_trouble(device: Any, head_dim: int) -> None:
    q, k, v, w = drawn(*[(2, 9, 3, head_dim)] * 4)
    q, k = 100 * q, 100 * k

    def build(q: Tensor, k: Tensor, v: Tensor, w: Tensor) -> Mapping[str, Tensor]:
        return slopes(g.attention(q, k, v, causal=True), w, q, k, v)

    actual, _ = on_device(build, q, k, v, w)
    torches = leaves(q, k, v)
    same(actual, reference(*torches, True, None), w, *torches, tolerance=1e-2)  # a score of 1e4 is rounded to 1e-3


@pytest.mark.parametrize("head_dim", [3, 8])
def test_a_query_without_keys_gives_zeros(device: Any, head_dim: int) -> None:
    q, k, v, w = drawn((2, 5, 3, head_dim), *[(2, 3, 3, head_dim)] * 2, (2, 5, 3, head_dim))
    lengths = np.array([0, 3], np.uint32)

    def build(q: Tensor, k: Tensor, v: Tensor, w: Tensor, lengths: Tensor) -> Mapping[str, Tensor]:
        return slopes(g.attention(q, k, v, causal=True, lengths=lengths), w, q, k, v)

    actual, _ = on_device(build, q, k, v, w, lengths)
    for name in ("y", "d0", "d1", "d2"):
        assert np.all(actual[name][0] == 0)
    assert np.all(actual["y"][1, :2] == 0)
    assert np.all(actual["y"][1, 2:] != 0)
    torches = leaves(q[1:, 2:], k[1:], v[1:])
    rest = {name: x[1:, 2:] if name in ("y", "d0") else x[1:] for name, x in actual.items()}
    same(rest, reference(*torches, True, None), w[1:, 2:], *torches, tolerance=5e-6)


@pytest.mark.parametrize("causal", [False, True])
def test_the_weights_are_those_that_attention_takes(device: Any, causal: bool) -> None:
    q, k, v = drawn((2, 5, 3, 8), (2, 7, 3, 8), (2, 7, 3, 4))
    lengths = np.array([7, 4], np.uint32)

    def build(q: Tensor, k: Tensor, v: Tensor, lengths: Tensor) -> Mapping[str, Tensor]:
        p = g.attention_weights(q, k, causal, 0.3, lengths)
        return {
            "weights": p,
            "by hand": g.transpose(g.matmul(p, g.transpose(v, (0, 2, 1, 3))), (0, 2, 1, 3)),
            "fused": g.attention(q, k, v, causal, 0.3, lengths),
        }

    actual, _ = on_device(build, q, k, v, lengths)
    np.testing.assert_allclose(actual["weights"].sum(axis=-1), 1, atol=1e-6)
    assert np.all(actual["weights"][1, :, :, 4:] == 0)
    np.testing.assert_allclose(actual["by hand"], actual["fused"], atol=2e-6)


def test_additive_attention(device: Any) -> None:
    q, k, v, weights, w = drawn((3, 2, 8), (3, 5, 8), (3, 5, 6), (8,), (3, 2, 6))
    lengths = np.array([5, 1, 3], np.uint32)

    def build(q: Tensor, k: Tensor, v: Tensor, weights: Tensor, w: Tensor, lengths: Tensor) -> Mapping[str, Tensor]:
        context, p = g.additive_attention(q, k, v, weights, lengths)
        return {"p": p} | slopes(context, w, q, k, v, weights)

    actual, _ = on_device(build, q, k, v, weights, w, lengths)
    torches = leaves(q, k, v, weights)
    scores = torch.tanh(torches[0][:, :, None] + torches[1][:, None]) @ torches[3]
    hidden = torch.arange(5) >= torch.tensor(lengths.astype(int))[:, None, None]
    p = torch.softmax(scores.masked_fill(hidden, -torch.inf), -1)
    np.testing.assert_allclose(actual["p"], p.detach().numpy(), atol=1e-6)
    same(actual, p @ torches[2], w, *torches, tolerance=1e-5)


def test_shapes_that_do_not_fit_are_refused() -> None:
    model = Model("refused")
    q, k = model.input("q", (2, 3, 4, 8)), model.input("k", (2, 5, 4, 8))
    with pytest.raises(GraphError, match=r"test_attention.py:\d+: attention: .*found .*f32\[2,5,4\]"):
        g.attention(q, k, model.input("v", (2, 5, 4)))
    with pytest.raises(GraphError, match=r"attention: .*found"):
        g.attention(q, k, model.input("other", (2, 6, 4, 8)))
    with pytest.raises(GraphError, match=r"lengths .* are u32\[2\], found f32\[2\]"):
        g.attention(q, k, k, lengths=model.input("lengths", (2,)))
    with pytest.raises(GraphError, match="even width, found 5"):
        g.sinusoidal_positions(4, 5)
    with pytest.raises(GraphError, match="even head_dim"):
        g.rotary(model.input("odd", (2, 3, 4, 5)))
