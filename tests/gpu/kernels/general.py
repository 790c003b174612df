"""Cases of the kernels that products, reductions, softmax and indices are made of, and of what is spliced into maps."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from site_builder.plan.fuse import Body
from site_builder.plan.kernels import Binding
from site_builder.selfcheck.cases import HALF_TOLERANCE

from ..conftest import Array
from .table import HALF, Case, Problem, f32, normal, softmax, u32

Pair = tuple[int, int]  # rows and columns of a block


def copy(rng: np.random.Generator, count: int, lanes: int = 1) -> Problem:
    x = normal(rng, count)
    return Problem({"COUNT": count}, {"x": x}, {"y": x}, count // lanes)


def quads(rng: np.random.Generator) -> Problem:
    return Problem({}, {}, {"found": np.ones(256, np.uint32)}, 256)


def sequence(rng: np.random.Generator, first: int, outer: int, inner: int) -> Problem:
    x = 0
    for _ in range(first + outer * inner):
        x = (x * 1664525 + 1013904223) % 2**32
    return Problem({"FIRST": first, "OUTER": outer, "INNER": inner}, {}, {"found": u32([x])}, 1)


def product(
    form: str, block: Pair = (1, 4), lanes: int = 1, draw: Callable[..., Array] = normal
) -> Callable[..., Problem]:
    def problem(rng: np.random.Generator, m: int, n: int, k: int) -> Problem:
        a, b = draw(rng, m, k), draw(rng, k, n)
        y = f32(a.astype(np.float64) @ b.astype(np.float64))
        inputs = {"a": a.T.copy() if form == "tn" else a, "b": b.T.copy() if form == "nt" else b}
        blocks = math.ceil(m / block[0]) * math.ceil(n / block[1])
        return Problem({"ROWS": m, "COLUMNS": n, "INNER": k}, inputs, {"y": y}, lanes * blocks)

    return problem


def whole(rng: np.random.Generator, *shape: int) -> Array:
    return f32(rng.integers(0, 9, shape))


def linear_gradient(rng: np.random.Generator, k: int, n: int, r: int, block: Pair = (1, 4), lanes: int = 1) -> Problem:
    x, d = normal(rng, r, k), normal(rng, r, n)
    expected = {"w": f32(x.T.astype(np.float64) @ d), "b": f32(d.sum(axis=0, dtype=np.float64))}
    sizes = {"ROWS": k, "COLUMNS": n, "INNER": r}
    return Problem(sizes, {"x": x, "d": d}, expected, lanes * math.ceil(k / block[0]) * math.ceil(n / block[1]))


def reduction(function: Callable[..., Any], shared: bool = False) -> Callable[..., Problem]:
    def problem(rng: np.random.Generator, outer: int, length: int, inner: int) -> Problem:
        x = normal(rng, outer, length, inner)
        if function in (np.argmax, np.argmin):
            x = np.round(x)  # so that there are ties, of which the first must win
        y = function(x.astype(np.float64), axis=1)
        y = u32(y) if function in (np.argmax, np.argmin) else f32(y)
        sizes = {"OUTER": outer, "LENGTH": length, "INNER": inner}
        outputs = outer * inner
        return Problem(sizes, {"x": x}, {"y": y}, None if shared else outputs, outputs if shared else None)

    return problem


def softmax_rows(rng: np.random.Generator, rows: int, classes: int) -> Problem:
    x = 30 * normal(rng, rows, classes)
    return Problem({"ROWS": rows, "CLASSES": classes}, {"x": x}, {"y": f32(softmax(x))}, rows)


def softmax_gradient(rng: np.random.Generator, rows: int, classes: int) -> Problem:
    y, dy = f32(softmax(normal(rng, rows, classes))), normal(rng, rows, classes)
    dx = y * (dy - (y.astype(np.float64) * dy).sum(axis=1, keepdims=True))
    return Problem({"ROWS": rows, "CLASSES": classes}, {"y": y, "dy": dy}, {"dx": f32(dx)}, rows)


def cross_entropy(rng: np.random.Generator, rows: int, classes: int) -> Problem:
    logits, upstream = 5 * normal(rng, rows, classes), normal(rng, rows)
    labels = u32(rng.integers(0, classes, rows))
    p = softmax(logits)
    chosen = np.arange(rows), labels
    loss = -np.log(p[chosen])
    p[chosen] -= 1
    inputs = {"logits": logits, "labels": labels, "upstream": upstream}
    expected = {"loss": f32(loss), "gradient": f32(p * upstream[:, None])}
    return Problem({"ROWS": rows, "CLASSES": classes}, inputs, expected, rows)


def logsumexp(rng: np.random.Generator, rows: int, classes: int) -> Problem:
    x = 30 * normal(rng, rows, classes)
    y = np.log(np.exp(x.astype(np.float64)).sum(axis=1))
    return Problem({"ROWS": rows, "CLASSES": classes}, {"x": x}, {"y": f32(y)}, rows)


def global_norm(rng: np.random.Generator, *counts: int) -> Problem:
    tensors = {f"x{n}": normal(rng, count) for n, count in enumerate(counts)}
    y = math.sqrt(sum((x.astype(np.float64) ** 2).sum() for x in tensors.values()))
    return Problem({f"COUNT{n}": count for n, count in enumerate(counts)}, tensors, {"y": f32([y])}, 1)


def rank(rng: np.random.Generator, rows: int, columns: int) -> Problem:
    x = np.round(normal(rng, rows, columns))  # so that there are ties, which keep their order
    y = u32([[sorted(range(columns), key=lambda c: (-row[c], c)).index(c) for c in range(columns)] for row in x])
    return Problem({"ROWS": rows, "COLUMNS": columns}, {"x": x}, {"y": y}, rows * columns)


def rank_part(rng: np.random.Generator, rows: int, columns: int, begin: int, end: int) -> Problem:
    x = np.round(normal(rng, rows, columns))
    y = [[sum((-row[o], o) < (-row[c], c) for o in range(begin, end)) for c in range(columns)] for row in x]
    sizes = {"ROWS": rows, "COLUMNS": columns, "BEGIN": begin, "END": end}
    return Problem(sizes, {"x": x}, {"y": u32(y)}, rows * columns)


def indices(rng: np.random.Generator, count: int, bound: int) -> Array:
    rows = u32(rng.integers(0, bound, count))
    rows[-1] = bound + 3  # past the end, counts as the last
    return rows


def gather(rng: np.random.Generator, rows: int, columns: int, table: int) -> Problem:
    values, at = normal(rng, table, columns), indices(rng, rows, table)
    sizes = {"ROWS": rows, "COLUMNS": columns, "TABLE": table}
    y = values[np.minimum(at, table - 1)]
    return Problem(sizes, {"table": values, "rows": at}, {"y": y}, rows * columns)


def scatter_add(rng: np.random.Generator, table: int, columns: int, rows: int) -> Problem:
    g, at = normal(rng, rows, columns), indices(rng, rows, table)
    y = np.zeros((table, columns))
    np.add.at(y, np.minimum(at, table - 1), g)
    sizes = {"ROWS": table, "COLUMNS": columns, "INNER": rows}
    return Problem(sizes, {"rows": at, "g": g}, {"y": f32(y)}, math.ceil(table / 8) * math.ceil(columns / 4))


def batched(
    rng: np.random.Generator, outer: int, heads: int, m: int, n: int, k: int, block: Pair = (4, 4), lanes: int = 1
) -> Problem:
    """b is a view: heads side by side in rows that are one longer, after a first number that belongs to nobody."""
    a, b = normal(rng, outer, heads, m, k), normal(rng, 1 + outer * k * (heads * n + 1))
    width = heads * n + 1
    seen = b[1:].reshape(outer, k, width)[:, :, : heads * n].reshape(outer, k, heads, n).transpose(0, 2, 1, 3)
    sizes = {"OUTER": outer, "HEADS": heads, "ROWS": m, "COLUMNS": n, "INNER": k}
    sizes |= {"A_OFFSET": 0, "A_OUTER": heads * m * k, "A_HEAD": m * k, "A_ROW": k, "A_INNER": 1}
    sizes |= {"B_OFFSET": 1, "B_OUTER": k * width, "B_HEAD": n, "B_INNER": width, "B_COLUMN": 1}
    y = a.astype(np.float64) @ seen
    blocks = outer * heads * math.ceil(m / block[0]) * math.ceil(n / block[1])
    return Problem(sizes, {"a": a, "b": b}, {"y": f32(y)}, lanes * blocks)


ELEMENTS = ((1,), (7,), (63,), (64,), (65,))
FOURS = ((4,), (28,), (252,), (256,), (260,))
ROWS = ((1, 1), (7, 3), (63, 10), (64, 5), (65, 2), (2, 65))
PRODUCTS = ((1, 1, 1), (3, 5, 7), (7, 7, 7), (8, 8, 8), (9, 9, 9), (65, 10, 64), (2, 67, 3))
REDUCTIONS = ((1, 1, 1), (3, 7, 5), (63, 4, 1), (1, 3, 64), (5, 5, 13))
LONG = ((1, 1, 1), (2, 63, 3), (1, 64, 1), (3, 65, 1), (1, 5001, 2))
EXACT = "numbers are moved, or compared, and not computed with"
ROUNDING = "f32 sums of up to 65 products of normal numbers: some 10 roundings of 6e-8, in another order than NumPy's"
EXPONENTIAL = "WGSL allows exp(x) an error of 3 + 2|x| units in the last place, and x reaches -100 here"

CASES = [
    Case("shaders/elementwise/map.wgsl", ELEMENTS, copy, 0, EXACT),
    Case("shaders/elementwise/map_vec4.wgsl", FOURS, partial(copy, lanes=4), 0, EXACT),
    Case("shaders/device/quads.wgsl", ((),), quads, 0, EXACT),
    Case("shaders/device/loops.wgsl", ((1, 0, 0), (3, 5, 7), (30_000, 100, 353)), sequence, 0, EXACT),
    Case("shaders/matrix/matmul.wgsl", PRODUCTS, product("nn"), 2e-6, ROUNDING),
    Case("shaders/matrix/matmul_nt.wgsl", PRODUCTS, product("nt"), 2e-6, ROUNDING),
    Case("shaders/matrix/matmul_tn.wgsl", PRODUCTS, product("tn"), 2e-6, ROUNDING),
    Case(
        "shaders/matrix/matmul_vec4.wgsl",
        ((1, 4, 4), (7, 8, 12), (8, 12, 8), (9, 16, 4), (64, 36, 20)),
        product("nn", (8, 8)),
        2e-6,
        ROUNDING,
    ),
    Case(
        "shaders/matrix/matmul_half.wgsl",
        ((1, 4, 4), (7, 8, 12), (8, 12, 8), (9, 16, 4), (67, 36, 20)),
        product("nn", (8, 8)),
        HALF_TOLERANCE,
        HALF,
    ),
    Case(
        "shaders/matrix/matmul_half.wgsl",
        ((9, 12, 512),),
        product("nn", (8, 8), draw=whole),
        0,
        "sums of four products are at most 256, which 11 bits hold, and their sums, about 8,000, are taken in f32",
        tag="long",
    ),
    Case(
        "shaders/matrix/matmul_nt_vec4.wgsl",
        ((1, 4, 4), (7, 8, 12), (8, 12, 8), (9, 16, 4), (64, 36, 20)),
        product("nt", (8, 8)),
        2e-6,
        ROUNDING,
    ),
    Case(
        "shaders/matrix/matmul_tn_vec4.wgsl",
        ((4, 4, 1), (12, 8, 7), (8, 12, 8), (4, 16, 9), (64, 36, 21)),
        product("tn", (8, 8)),
        2e-6,
        ROUNDING,
    ),
    Case(
        "shaders/matrix/matmul_batched.wgsl",
        ((1, 1, 1, 1, 1), (2, 3, 3, 5, 7), (1, 2, 4, 4, 4), (2, 1, 5, 3, 65), (3, 2, 8, 9, 2)),
        batched,
        2e-6,
        ROUNDING,
    ),
    Case(
        "shaders/matrix/matmul_quad.wgsl",
        ((1, 4, 4), (15, 8, 12), (16, 16, 8), (17, 20, 4), (64, 68, 20)),
        product("nn", (16, 16), 4),
        2e-6,
        ROUNDING,
    ),
    Case(
        "shaders/matrix/matmul_nt_quad.wgsl",
        ((1, 4, 4), (15, 8, 12), (16, 16, 8), (17, 20, 4), (64, 68, 20)),
        product("nt", (16, 16), 4),
        2e-6,
        ROUNDING,
    ),
    Case(
        "shaders/matrix/matmul_tn_quad.wgsl",
        ((4, 4, 1), (12, 16, 8), (16, 20, 7), (8, 12, 9), (64, 68, 21)),
        product("tn", (16, 16), 4),
        2e-6,
        ROUNDING,
    ),
    Case(
        "shaders/matrix/matmul_wide.wgsl",
        ((1, 4, 4), (15, 28, 12), (16, 32, 8), (17, 36, 4), (64, 68, 20)),
        product("nn", (16, 32), 4),
        2e-6,
        ROUNDING,
    ),
    Case(
        "shaders/matrix/matmul_nt_wide.wgsl",
        ((1, 4, 4), (15, 28, 12), (16, 32, 8), (17, 36, 4), (64, 68, 20)),
        product("nt", (16, 32), 4),
        2e-6,
        ROUNDING,
    ),
    Case(
        "shaders/matrix/matmul_tn_wide.wgsl",
        ((4, 4, 1), (12, 28, 8), (16, 32, 7), (20, 36, 9), (64, 68, 21)),
        product("tn", (16, 32), 4),
        2e-6,
        ROUNDING,
    ),
    Case(
        "shaders/matrix/matmul_batched_quad.wgsl",
        ((1, 1, 1, 1, 1), (2, 3, 15, 17, 7), (1, 2, 16, 16, 4), (2, 1, 17, 15, 65), (3, 2, 33, 3, 2)),
        partial(batched, block=(16, 16), lanes=4),
        2e-6,
        ROUNDING,
    ),
    Case("shaders/matrix/linear_gradient.wgsl", PRODUCTS, linear_gradient, 2e-6, ROUNDING),
    Case(
        "shaders/matrix/linear_gradient_quad.wgsl",
        ((4, 4, 1), (12, 16, 8), (16, 20, 7), (8, 12, 9), (64, 68, 21)),
        partial(linear_gradient, block=(16, 16), lanes=4),
        2e-6,
        ROUNDING,
    ),
    Case(
        "shaders/matrix/linear_gradient_vec4.wgsl",
        ((4, 4, 1), (12, 8, 7), (8, 12, 8), (4, 16, 9), (64, 36, 21)),
        partial(linear_gradient, block=(8, 8)),
        2e-6,
        ROUNDING,
    ),
    Case("shaders/reduce/sum.wgsl", REDUCTIONS, reduction(np.sum), 1e-6, "f32 sums of up to 7 numbers"),
    Case("shaders/reduce/prod.wgsl", REDUCTIONS, reduction(np.prod), 2e-6, "f32 products of up to 64 numbers"),
    Case("shaders/reduce/max.wgsl", REDUCTIONS, reduction(np.max), 0, EXACT),
    Case("shaders/reduce/argmax.wgsl", REDUCTIONS, reduction(np.argmax), 0, EXACT),
    Case("shaders/reduce/argmin.wgsl", REDUCTIONS, reduction(np.argmin), 0, EXACT),
    Case(
        "shaders/reduce/sum_long.wgsl",
        LONG,
        reduction(np.sum, shared=True),
        5e-6,
        "f32 sums of 5,001 normal numbers in 64 parts; the sum, about 70, is small beside its terms",
    ),
    Case("shaders/reduce/max_long.wgsl", LONG, reduction(np.max, shared=True), 0, EXACT),
    Case(
        "shaders/reduce/global_norm.wgsl",
        ((1, 1, 1, 1, 1, 1), (1, 255, 256, 257, 3, 5001)),
        global_norm,
        1e-6,
        "f32 sums of some 20 squares, in 256 parts",
    ),
    Case("shaders/reduce/rank.wgsl", ROWS, rank, 0, EXACT),
    Case("shaders/reduce/rank_part.wgsl", ((1, 1, 0, 1), (7, 5, 1, 4), (63, 10, 0, 10)), rank_part, 0, EXACT),
    Case("shaders/softmax/logsumexp.wgsl", ROWS, logsumexp, 3e-6, EXPONENTIAL),
    Case("shaders/softmax/softmax.wgsl", ROWS, softmax_rows, 3e-6, EXPONENTIAL),
    Case("shaders/softmax/softmax_gradient.wgsl", ROWS, softmax_gradient, 2e-6, "f32 sums of up to 65 products"),
    Case("shaders/softmax/cross_entropy.wgsl", ROWS, cross_entropy, 3e-6, EXPONENTIAL),
    Case("shaders/index/gather.wgsl", ((1, 1, 1), (7, 9, 3), (5, 13, 6), (64, 1, 9)), gather, 0, EXACT),
    Case(
        "shaders/index/scatter_add.wgsl",
        ((1, 1, 1), (3, 3, 7), (8, 4, 9), (17, 5, 65), (65, 1, 9)),
        scatter_add,
        1e-6,
        "f32 sums of a few numbers",
    ),
]


# What fusion makes ------------------------------------------------------------------------------------------------


def dense(rng: np.random.Generator, m: int, n: int, k: int) -> Problem:
    problem = product("nn")(rng, m, n, k)
    bias = normal(rng, n)
    pre = problem.expected["y"] + bias
    expected = {"pre": pre, "y": np.maximum(pre, 0)}
    return Problem(problem.overrides, {**problem.inputs, "bias": bias}, expected, problem.invocations)


def loss_alone(rng: np.random.Generator, rows: int, classes: int) -> Problem:
    problem = cross_entropy(rng, rows, classes)
    inputs = {name: problem.inputs[name] for name in ("logits", "labels")}
    return Problem(problem.overrides, inputs, {"loss": problem.expected["loss"]}, rows)


def pcg4d(seed: int, stream: int, step: int, index: Array) -> Array:
    """The reference: [count, 4], as in Jarzynski and Olano 2020, listing of pcg4d."""
    v = [np.full_like(index, n) for n in (seed, stream, step)] + [index]
    x, y, z, w = (part * np.uint32(1664525) + np.uint32(1013904223) for part in v)
    for last in (False, True):
        x = x + y * w
        y = y + z * x
        z = z + x * y
        w = w + y * z
        if not last:
            x, y, z, w = (part ^ (part >> np.uint32(16)) for part in (x, y, z, w))
    return np.stack([x, y, z, w], axis=1)


def random_numbers(rng: np.random.Generator, count: int) -> Problem:
    bits = pcg4d(7, 1, 2, np.arange(count, dtype=np.uint32))
    u, v = (bits[:, n] // 256 / 2.0**24 for n in (0, 1))
    expected = {
        "bits": bits[:, 0],
        "index": bits[:, 0] % np.uint32(10),
        "uniform": f32(u),
        "y": f32(np.sqrt(-2 * np.log(1 - u)) * np.cos(2 * np.pi * (v - 0.5))),
    }
    return Problem({"COUNT": count}, {}, expected, count)


def scalars(rng: np.random.Generator, count: int) -> Problem:
    x = f32(np.concatenate([[0.0, -1e-7, 100.0, -100.0, 15.5, 1e30, -1e30], 3 * normal(rng, count)])[:count])
    wide = x.astype(np.float64)
    inner = np.sqrt(2 / np.pi) * np.clip(wide + 0.044715 * wide**3, -1e4, 1e4)
    t = np.tanh(inner)
    with np.errstate(over="ignore"):
        sigmoid = 1 / (1 + np.exp(-wide))
    narrow = np.abs(wide) < 1e3  # beyond, x^3 leaves f32; there gelu is x or 0, and is tried on its own
    slope = 0.5 * (1 + t) + 0.5 * wide * (1 - t * t) * np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * wide**2)
    return Problem(
        {"COUNT": count},
        {"x": np.where(narrow, x, 0).astype(np.float32), "raw": x},
        {
            "tanh_y": f32(np.tanh(wide)),
            "sigmoid_y": f32(sigmoid),
            "softplus_y": f32(np.logaddexp(0, np.where(narrow, wide, 0))),
            "gelu_y": f32(np.where(narrow, 0.5 * wide * (1 + t), 0)),
            "y": f32(np.where(narrow, slope, 0.5)),
        },
        count,
    )


def outputs(dtype: str = "f32", **statements: str) -> tuple[tuple[str, ...], tuple[Binding, ...]]:
    lines = tuple(f"{name}[i] = {statement};" for name, statement in statements.items())
    return lines, tuple(
        Binding(name, "read_write", "u32" if name in ("bits", "index") else dtype) for name in statements
    )


RANDOM_LINES, RANDOM_BINDINGS = outputs(
    bits="random_bits(7u, 1u, 2u, i).x",
    index="random_index(7u, 1u, 2u, i, 10u)",
    uniform="random_uniform(7u, 1u, 2u, i)",
    y="random_normal(7u, 1u, 2u, i)",
)
SCALAR_LINES, SCALAR_BINDINGS = outputs(
    tanh_y="tanh_clamped(raw[i])",
    sigmoid_y="sigmoid(raw[i])",
    softplus_y="softplus(value)",
    gelu_y="gelu(value)",
    y="gelu_derivative(value)",
)
VECTOR_LINES, VECTOR_BINDINGS = outputs(
    "vec4<f32>",
    tanh_y="tanh_clamped_vec4(raw[i])",
    sigmoid_y="sigmoid_vec4(raw[i])",
    softplus_y="softplus_vec4(value)",
    gelu_y="gelu_vec4(value)",
    y="gelu_derivative_vec4(value)",
)
FUSED = [
    Case(
        "shaders/matrix/matmul.wgsl",
        PRODUCTS,
        dense,
        2e-6,
        ROUNDING,
        {
            "store_y": Body(
                ("let v = value + bias[i % COLUMNS];", "pre[i] = v;", "y[i] = max(v, 0.0);"),
                (Binding("bias", "read", "f32"), Binding("pre", "read_write", "f32")),
            )
        },
    ),
    Case(
        "shaders/softmax/cross_entropy.wgsl",
        ROWS,
        loss_alone,
        3e-6,
        EXPONENTIAL,
        {"store_gradient": Body(()), "load_upstream": Body(("return 1.0;",))},
    ),
    Case(
        "shaders/elementwise/map.wgsl",
        ((1,), (65,), (4096,)),
        random_numbers,
        3e-6,
        "bits, indices and uniforms are exact; the log() of the normal ones is the driver's, to 5e-7",
        {"load_x": Body(("return 0.0;",)), "store_y": Body(RANDOM_LINES, RANDOM_BINDINGS, ("random",))},
        tag="random",
    ),
    Case(
        "shaders/elementwise/map.wgsl",
        ((1,), (65,), (4096,)),
        scalars,
        3e-6,
        "tanh() and exp() are the driver's",
        {"store_y": Body(SCALAR_LINES, (Binding("raw", "read", "f32"), *SCALAR_BINDINGS), ("scalar",))},
        tag="scalar",
    ),
    Case(
        "shaders/elementwise/map_vec4.wgsl",
        ((4,), (68,), (4096,)),
        scalars,
        3e-6,
        "tanh() and exp() are the driver's",
        {"store_y": Body(VECTOR_LINES, (Binding("raw", "read", "vec4<f32>"), *VECTOR_BINDINGS), ("vector",))},
        tag="vector",
    ),
]
