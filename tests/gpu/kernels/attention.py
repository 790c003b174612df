"""The kernels of attention against NumPy in float64: sizes around their blocks, operands that lie in one buffer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np

from site_builder.plan.kernels import load

from ..conftest import Array
from .table import Case, Problem, f32, normal, u32

BATCH, HEADS = 2, 3
BEFORE = 8  # numbers that stand before q in the packed buffer


@dataclass(frozen=True)
class Attention:
    """One problem in float64, with everything that its kernels read and write.

    The gradients are given a y of their own: for the true one they are 0 wherever a query sees a single key.
    """

    q: Array
    k: Array
    v: Array
    dy: Array
    given: Array
    sees: Array  # [batch, heads, queries]

    @property
    def scores(self) -> Array:
        scores = np.einsum("bihd,bjhd->bhij", self.q, self.k) / math.sqrt(self.q.shape[3])
        return np.where(np.arange(self.k.shape[1]) < self.sees[..., None], scores, -np.inf)

    @property
    def logsumexp(self) -> Array:
        top = np.maximum(self.scores.max(axis=-1), -1e300)
        total = np.exp(self.scores - top[..., None]).sum(axis=-1)
        return np.where(total > 0, top + np.log(np.maximum(total, 1e-300)), 0)

    @property
    def p(self) -> Array:
        return np.asarray(np.exp(self.scores - self.logsumexp[..., None]))

    @property
    def y(self) -> Array:
        return np.asarray(np.einsum("bhij,bjhd->bihd", self.p, self.v))

    @property
    def statistics(self) -> Array:
        return np.stack([np.moveaxis(self.logsumexp, 1, 2), np.moveaxis(self.sees, 1, 2)], axis=-1)

    @property
    def delta(self) -> Array:
        return np.asarray((self.dy * self.given).sum(axis=-1))

    @property
    def ds(self) -> Array:
        dp = np.einsum("bihd,bjhd->bhij", self.dy, self.v)
        delta = np.moveaxis(self.delta, 1, 2)[..., None]
        return np.asarray(self.p * (dp - delta) / math.sqrt(self.q.shape[3]))


def drawn(
    rng: np.random.Generator, queries: int, keys: int, head_dim: int, value_dim: int, causal: bool, spread: float
) -> tuple[Attention, dict[str, int], dict[str, Array]]:
    """The problem, the overrides, and q, k and v one after the other in each row of a single buffer."""
    rows, parts = max(queries, keys), (head_dim, head_dim, value_dim)
    packed = normal(rng, BATCH, rows, HEADS * sum(parts))
    packed[..., : 2 * HEADS * head_dim] *= spread
    starts = np.cumsum([0, *(HEADS * part for part in parts)])
    q, k, v = (
        packed[:, :length, start : start + HEADS * part].reshape(BATCH, length, HEADS, part).astype(np.float64)
        for length, start, part in zip((queries, keys, keys), starts, parts, strict=False)
    )
    lengths = np.arange(keys, keys - BATCH, -1).clip(0)  # the second batch lacks a key, its only one perhaps
    most = np.arange(queries) + keys - queries + 1 if causal else np.full(queries, keys)
    sees = np.minimum(most, lengths[:, None, None]).clip(0) + np.zeros((BATCH, HEADS, 1), int)
    sizes = {"BATCH": BATCH, "HEADS": HEADS, "QUERIES": queries, "KEYS": keys}
    sizes |= {"HEAD_DIM": head_dim, "VALUE_DIM": value_dim, "SIGHT": keys + (1 if causal else queries)}
    width = int(starts[-1])
    for name, start, part in zip("QKV", starts, parts, strict=False):
        places = {"OFFSET": BEFORE + int(start), "BATCH": rows * width, "ROW": width, "HEAD": part}
        sizes |= {f"{name}_{place}": n for place, n in places.items()}
    buffer = np.concatenate([np.full(BEFORE, np.nan, np.float32), packed.ravel()])
    dy, given = (normal(rng, *q.shape[:3], value_dim).astype(np.float64) for _ in range(2))
    problem = Attention(q, k, v, dy, given, sees)
    return problem, sizes, {"q": buffer, "k": buffer, "v": buffer, "lengths": u32(lengths)}


def problem(
    file: str,
    rng: np.random.Generator,
    queries: int,
    keys: int,
    head_dim: int,
    value_dim: int,
    causal: bool,
    spread: float = 1.0,
) -> Problem:
    a, sizes, inputs = drawn(rng, queries, keys, head_dim, value_dim, causal, spread)
    kernel = load(file)
    known = {"y": a.given, "statistics": a.statistics, "delta": a.delta, "dy": a.dy}
    inputs |= {name: f32(array) for name, array in known.items()}
    expected = {
        "y": a.y,
        "statistics": a.statistics,
        "dq": np.einsum("bhij,bjhd->bihd", a.ds, a.k),
        "delta": a.delta,
        "dk": np.einsum("bhij,bihd->bjhd", a.ds, a.q),
        "dv": np.einsum("bhij,bihd->bjhd", a.p, a.dy),
    }
    written = {b.name for b in kernel.bindings if b.access == "read_write"}
    read = {b.name for b in kernel.bindings} - written
    rows, dims = (keys, max(head_dim, value_dim)) if "dk" in written else (queries, head_dim)
    dims = value_dim if "y" in written else dims
    blocks = math.ceil(rows / kernel.constants["BLOCK_ROWS"]) * math.ceil(dims / kernel.constants["BLOCK_DIMS"])
    return Problem(
        {name: n for name, n in sizes.items() if name in kernel.overrides},
        {name: array for name, array in inputs.items() if name in read},
        {name: f32(array) for name, array in expected.items() if name in written},
        blocks * BATCH * HEADS,
    )


# queries, keys, head_dim, value_dim, causal
ANY = ((1, 1, 1, 1, False), (3, 5, 3, 2, True), (5, 4, 4, 5, True), (7, 6, 17, 8, False), (8, 8, 2, 9, True))
EVEN = (
    (1, 1, 4, 4, False),
    (3, 5, 8, 12, True),
    (4, 4, 16, 16, True),
    (5, 3, 20, 16, True),
    (9, 8, 16, 32, False),
    (8, 9, 36, 8, True),
)
ROUNDING = "sums of up to 36 products of normal numbers, and exp() of differences of such"
FILES = {
    "shaders/attention/attention.wgsl": ANY,
    "shaders/attention/attention_vec4.wgsl": EVEN,
    "shaders/attention/attention_query_gradient.wgsl": ANY,
    "shaders/attention/attention_query_gradient_vec4.wgsl": EVEN,
    "shaders/attention/attention_key_gradient.wgsl": ANY,
    "shaders/attention/attention_key_gradient_vec4.wgsl": EVEN,
}
CASES = [Case(file, sizes, partial(problem, file), 5e-6, ROUNDING) for file, sizes in FILES.items()]
SHARP = "scores of up to 10,000, rounded to a thousandth: where two are near each other, exp() shows it"
EXTREME = [
    Case(file, (sizes[2],), partial(problem, file, spread=100.0), 1e-2, SHARP, tag="extreme")
    for file, sizes in FILES.items()
]
CASES += EXTREME
