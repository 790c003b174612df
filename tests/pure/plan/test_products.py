"""Which kernels compute a product, by its lengths alone."""

from __future__ import annotations

import pytest

from site_builder import graph as g
from site_builder.graph import Model
from site_builder.plan import lower


def kernels(a: tuple[int, ...], b: tuple[int, ...], form: str) -> list[str]:
    """The kernel of a product, and its variants."""
    model = Model("product")
    x, y = model.input("a", a), model.input("b", b)
    model.program(lambda: {"y": g.matmul(x, y, form)})
    plan = lower(model)
    (kernel,) = plan.kernels[-1:]
    sources = [kernel.source, *(variant.source for variant in kernel.variants)]
    return [plan.sources[source].file.removeprefix("shaders/matrix/matmul").removesuffix(".wgsl") for source in sources]


@pytest.mark.parametrize(
    ("a", "b", "form", "expected"),
    [
        ((64, 64), (64, 64), "nn", [""]),
        ((128, 128), (128, 128), "nn", ["_vec4", "_quad"]),
        ((512, 512), (512, 512), "nt", ["_nt_vec4", "_nt_wide"]),
        ((128, 127), (127, 128), "nn", ["_batched", "_batched_quad"]),
        ((65_536, 64), (64, 1), "nn", [""]),  # a vector fills no block
        ((65_536, 64), (1, 64), "nt", ["_nt"]),
        ((65_400, 64), (65_400, 1), "tn", ["_tn"]),
        ((65_400, 64), (65_400, 4), "tn", ["_tn_vec4"]),  # few results: of quads most lanes would wait
        ((262_144, 64), (64, 8), "nn", ["_vec4"]),  # narrower than a quad
        ((8, 1024), (1024, 1024), "nn", ["_vec4"]),
        ((262_144, 64), (64, 16), "nn", ["_vec4", "_quad"]),
        ((65_400, 64), (65_400, 5), "tn", ["_batched"]),
        ((4, 65_400, 7), (4, 65_400, 7), "tn", ["_batched"]),
        ((16, 4096, 7), (16, 4096, 7), "tn", ["_batched", "_batched_quad"]),
    ],
)
def test_a_product_has_the_kernels_that_suit_it(
    a: tuple[int, ...], b: tuple[int, ...], form: str, expected: list[str]
) -> None:
    assert kernels(a, b, form) == expected
