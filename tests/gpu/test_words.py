"""Words that everyone knows from NumPy, against NumPy, and their gradients against finite differences.

What is made of other ops needs no row in the op table, so that no case holds it to a definition: here one does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor
from site_builder.plan import lower
from site_builder.run import numpy_runner

Array = np.ndarray[Any, Any]
Word = tuple[Callable[..., Tensor], Callable[..., Any], tuple[Array, ...]]  # ours, NumPy's, and what both are given

H = 1e-5  # central differences in float64: error about H² + 1e-16 / H
rng = np.random.default_rng(3)


def numbers(*shape: int) -> Array:
    """Distinct, between -2 and 2, none near 0: so that no nudge changes an order or a sign."""
    spread = np.linspace(-2, 2, int(np.prod(shape)) + 2)[1:-1]
    return np.asarray(rng.permutation(spread).reshape(shape) + 1e-3)


def choices(bound: int, *shape: int) -> Array:
    return rng.integers(0, bound, shape).astype(np.uint32)


CUBE, WIDE = numbers(3, 5, 7), numbers(2, 65)


def both(name: str, *inputs: Array, **options: Any) -> Word:
    """The same function of both, with the same options."""
    return partial(getattr(g, name), **options), partial(getattr(np, name), **options), inputs


def shares(x: Array, axis: int) -> Array:
    """Softmax, as it is defined."""
    return np.asarray(np.exp(x) / np.exp(x).sum(axis, keepdims=True))


AXES = (None, 0, -1, (0, 1), (0, 2), (2, 0), (-1, -3))
WORDS: dict[str, Word] = {
    f"{name} over {axis}, {keepdims}": both(name, CUBE, axis=axis, keepdims=keepdims)
    for axis in AXES
    for keepdims in (False, True)
    for name in ("sum", "mean", "max", "min", "var", "std")
}
WORDS |= {
    "mean of what counts": (
        lambda x, w: g.mean(x, (0, 2), weights=w, keepdims=True),
        lambda x, w: np.average(x, (0, 2), w, keepdims=True),
        (CUBE, np.abs(CUBE)),
    ),
    "products": (lambda x: x**3 + x**1 + x**2.0, lambda x: x**3 + x + x**2, (CUBE,)),
    "quotients": (lambda x: x**-1 - x**-4 + 3 * x**0, lambda x: x**-1 - x**-4 + 3, (np.abs(CUBE) + 0.5,)),
    "roots": (lambda x: x**0.5 - x**-0.5, lambda x: x**0.5 - x**-0.5, (np.abs(CUBE) + 0.5,)),
    "powers of a number": (lambda x: 2**x + 0.5**x, lambda x: 2**x + 0.5**x, (CUBE,)),
    "layer_norm of a vector": (g.layer_norm, lambda x: (x - x.mean()) / np.sqrt(x.var() + 1e-5), (numbers(6),)),
    "rms_norm of a vector": (g.rms_norm, lambda x, w: x / np.sqrt((x * x).mean() + 1e-6) * w, (numbers(5), numbers(5))),
    "tril": both("tril", numbers(2, 5, 7)),
    "tril, further up": (lambda x: g.tril(x, 2), lambda x: np.tril(x, 2), (numbers(5, 7),)),
    "triu, further down": (lambda x: g.triu(x, -1), lambda x: np.triu(x, -1), (numbers(7, 4),)),
    "both": (lambda x: x * ((x > -1) & (x < 1)), lambda x: x * ((x > -1) & (x < 1)), (CUBE,)),
    "either": (lambda x: x * ((x < -1) | (x > 1)), lambda x: x * ((x < -1) | (x > 1)), (CUBE,)),
    "neither": (lambda x: x * ~((x < -1) | (x > 1)), lambda x: x * ~((x < -1) | (x > 1)), (CUBE,)),
    "masks of any numbers": (
        lambda x, y: 2 * (x & y) + (x | y) + 4 * ~x,
        lambda x, y: 2.0 * np.logical_and(x, y) + np.logical_or(x, y) + 4 * np.logical_not(x),
        (np.array([0, 0, 0.5, -2]), np.array([0, 3.0, 0, -1])),
    ),
    "min of a scalar": (g.min, np.min, (np.array(0.7),)),
    "sum of four axes": (lambda x: g.sum(x, (3, 1)), lambda x: x.sum((3, 1)), (numbers(2, 3, 4, 5),)),
}
BOX = numbers(4, 9, 8)
STEPS: dict[str, Callable[[Any], Any]] = {  # the same text is an index of both
    "[::2]": lambda x: x[::2],
    "[1::2]": lambda x: x[1::2],
    "[:, ::2]": lambda x: x[:, ::2],
    "[:, 1::2]": lambda x: x[:, 1::2],
    "[:, 2:-1:3]": lambda x: x[:, 2:-1:3],
    "[..., ::4]": lambda x: x[..., ::4],
    "[-3:, ::5, 1:7:2]": lambda x: x[-3:, ::5, 1:7:2],
    "[-1, None, ::9, -2]": lambda x: x[-1, None, ::9, -2],
    "of a sum": lambda x: (x + x[:1])[:, ::2] + x[:, 1:6],
    "of parts": lambda x: x[..., ::2] * x[..., 1::2],
}
WORDS |= {f"x{name}": (index, index, (BOX,)) for name, index in STEPS.items()}
PLACES = choices(9, 3, 2)
GATHERED: dict[str, Callable[..., Any]] = {
    "[:, i]": lambda x, i: x[:, i],
    "[..., i]": lambda x, i: x[..., i % 8],
    "[i % 4, 1:3]": lambda x, i: x[i % 4, 1:3],
    "[::2, i, None, ::3]": lambda x, i: x[::2, i, None, ::3],
    "[1, i]": lambda x, i: x[1, i],
    "[:, i, -1]": lambda x, i: x[:, i, -1],
    "[1, i, -1]": lambda x, i: x[1, i, -1],
    "turned round": lambda x, i: x[:, 8 - i],
}
WORDS |= {f"x{name}": (index, index, (BOX, PLACES)) for name, index in GATHERED.items()}
for shape in ((1,), (3,), (16,), (17,), (65,), (301,), (5, 33), (2, 18, 3)):
    for axis in range(len(shape)):
        WORDS[f"cumsum of {shape} along {axis}"] = both("cumsum", numbers(*shape), axis=axis)
for shape, axis in (((1,), 0), ((65,), -1), ((3, 7), 0), ((2, 5, 3), 1)):
    WORDS[f"sort of {shape} along {axis}"] = both("sort", numbers(*shape), axis=axis)
    WORDS[f"sort of {shape} along {axis}, descending"] = (
        partial(g.sort, axis=axis, descending=True),
        lambda x, axis=axis: np.flip(np.sort(x, axis), axis),
        (numbers(*shape),),
    )
for axis in (-1, 0, 1, -3):
    for keepdims in (False, True):
        WORDS[f"logsumexp along {axis}, {keepdims}"] = (
            partial(g.logsumexp, axis=axis, keepdims=keepdims),
            lambda x, axis=axis, keepdims=keepdims: np.log(np.exp(x).sum(axis, keepdims=keepdims)),
            (CUBE,),
        )
    WORDS[f"softmax along {axis}"] = partial(g.softmax, axis=axis), partial(shares, axis=axis), (CUBE,)
    WORDS[f"log_softmax along {axis}"] = (
        partial(g.log_softmax, axis=axis),
        lambda x, axis=axis: np.log(shares(x, axis)),
        (CUBE,),
    )


def model_of(build: Callable[..., Tensor], inputs: tuple[Array, ...]) -> Model:
    """Inputs x0, x1, …; program `run` gives y, and with floats among the inputs a loss and its gradients d0, d1, …"""
    model = Model("words")
    given = [
        model.input(f"x{n}", x.shape, dtype={"u": "u32", "i": "i32"}.get(x.dtype.kind, "f32"))
        for n, x in enumerate(inputs)
    ]

    @model.program
    def run() -> Mapping[str, Tensor]:
        y = build(*given)
        floats = [n for n, x in enumerate(inputs) if x.dtype.kind == "f"]
        if y.dtype != "f32" or not floats:
            return {"y": y}
        weights = 1 + g.cast(g.iota(*y.shape), "f32") / y.size  # so that no gradient is right by symmetry
        loss = g.sum(y * weights)
        gradients = g.gradients(loss, [given[n] for n in floats])
        return {"y": y, "loss": loss} | {f"d{n}": d for n, d in zip(floats, gradients, strict=True)}

    return model


def on_device(build: Callable[..., Tensor], *inputs: Array) -> dict[str, Array]:
    """All that `model_of` gives, as the device computes it."""
    from site_builder.run.on_wgpu import WgpuRunner

    model = model_of(build, inputs)
    runner = WgpuRunner(lower(model))
    for n, x in enumerate(inputs):
        runner.write(f"x{n}", x)
    runner.run("run")
    return {v.name: runner.read(v.name) for v in model.variables.values() if v.role == "output"}


@pytest.mark.parametrize("name", WORDS)
def test_word_is_numpys(device: Any, name: str) -> None:
    agree(*WORDS[name])


@pytest.mark.parametrize("name", WORDS)
def test_gradient_is_the_slope(name: str) -> None:
    slopes(*WORDS[name])


def agree(ours: Callable[..., Tensor], theirs: Callable[..., Any], inputs: tuple[Array, ...]) -> None:
    """Ours, on the host and on the device, are theirs."""
    model, found = model_of(ours, inputs), on_device(ours, *inputs)
    exact = numpy_runner(model)
    for n, x in enumerate(inputs):
        exact.write(f"x{n}", x)
    exact.run("run")
    expected = np.asarray(theirs(*inputs))
    assert exact.read("y").shape == expected.shape
    np.testing.assert_allclose(exact.read("y"), expected, rtol=1e-12, atol=1e-12)
    for variable, value in found.items():
        largest = max(float(np.abs(exact.read(variable)).max()), 0.5)  # of sums of a hundred f32 numbers
        np.testing.assert_allclose(value, exact.read(variable), rtol=0, atol=1e-5 * largest)


def slopes(ours: Callable[..., Tensor], _: object, inputs: tuple[Array, ...]) -> None:
    """Our gradients are how the loss changes."""
    model = model_of(ours, inputs)
    runner = numpy_runner(model)

    def loss(changed: int, value: Array) -> float:
        for n, x in enumerate(inputs):
            runner.write(f"x{n}", value if n == changed else x)
        runner.run("run")
        return float(runner.read("loss"))

    for n, x in enumerate(inputs):
        if f"d{n}" not in model.variables:
            continue
        for flat in rng.permutation(x.size)[:5]:
            nudge = np.zeros(x.size)
            nudge[flat] = H
            nudge = nudge.reshape(x.shape)
            slope = (loss(n, x + nudge) - loss(n, x - nudge)) / (2 * H)
            loss(n, x)
            assert runner.read(f"d{n}").flat[flat] == pytest.approx(slope, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("descending", [False, True])
def test_argsort_leaves_equal_ones_in_their_order(device: Any, descending: bool) -> None:
    x = np.round(numbers(3, 40, 2) * 2)
    expected = np.argsort(-x if descending else x, axis=1, kind="stable")
    found = on_device(lambda x: g.argsort(x, 1, descending), x)["y"]
    np.testing.assert_array_equal(found, expected)


def test_a_causal_mask_hides_what_comes_later(device: Any) -> None:
    scores = numbers(2, 5, 5)
    found = on_device(lambda x: g.softmax(g.where(g.tril(g.full((5, 5), 1.0)), x, -1e30)), scores)["y"]
    np.testing.assert_allclose(found, shares(np.where(np.tri(5) > 0, scores, -np.inf), -1), atol=1e-6)


def test_places_are_drawn_below_a_bound_that_the_device_knows(device: Any) -> None:
    model = Model("drawn")
    lengths = model.input("lengths", (4, 1), dtype="u32")

    @model.program
    def run() -> Mapping[str, Tensor]:
        return {"y": g.random_index((4, 999), lengths, 3)}

    @model.program
    def known() -> Mapping[str, Tensor]:
        return {"seven": g.random_index((4, 999), 7, 3)}

    bounds, drawn = np.array([[1], [7], [1000], [0]]), {}
    from site_builder.run.on_wgpu import WgpuRunner

    for name, runner in (("NumPy", numpy_runner(model)), ("wgpu", WgpuRunner(lower(model)))):
        runner.write("lengths", bounds)
        runner.run("run")
        runner.run("known")
        drawn[name] = runner.read("y")
        np.testing.assert_array_equal(drawn[name][1], runner.read("seven")[1])
    np.testing.assert_array_equal(drawn["NumPy"], drawn["wgpu"])
    np.testing.assert_array_equal(drawn["wgpu"].max(1), [0, 6, drawn["wgpu"][2].max(), 0])
    assert 990 < drawn["wgpu"][2].max() < 1000
    assert (np.bincount(drawn["wgpu"][1]) > 100).all()


def x(*shape: int, dtype: str = "f32") -> Tensor:
    return Model("m").input("x", shape, dtype=dtype)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: g.sum(x(3, 4), (0, 2)), r"sum: f32\[3,4\] has no axes \[0, 2\]"),
        (lambda: g.max(x(3, 4), (0, -2)), r"max: an axis of f32\[3,4\] is named twice in \[0, -2\]"),
        (lambda: g.mean(x(3, dtype="u32")), r"sum: expected f32, found u32\[3\]: cast it, as cast\(x, \"f32\"\)"),
        (lambda: x(3, dtype="u32") ** -1, r"u32 is raised to whole powers from 0 to 16, found -1: cast it"),
        (lambda: x(3, dtype="u32") ** x(3, dtype="u32"), r"power: expected f32, found u32\[3\]: cast it"),
        (lambda: g.sort(x(3), None), "sort: axis is a whole number, found None"),  # type: ignore[arg-type]
        (lambda: x(3, 4)[:, x(2)], r"gather: rows are chosen by u32, found f32\[2\]"),
        (
            lambda: x(3, 4, 5)[0, :, x(2, dtype="u32")],
            r"a number stands apart from the tensor in an index. Index twice",
        ),
        (lambda: g.tril(x(3)), r"tril: expected \[\.\.\., rows, columns\], found f32\[3\]"),
        (lambda: g.argsort(x(3, dtype="u32")), r"argsort: expected f32, found u32\[3\]: cast it"),
        (lambda: x(3, dtype="u32") & x(3), r"logical_and: masks are f32, as x > 0 gives them, found u32\[3\]"),
        (lambda: x(3) | 1, r"logical_or: masks are f32, as x > 0 gives them, found 1"),  # type: ignore[operator]
        (lambda: 0 < x(3) < 1, r"a tensor has no truth value .* \(a < b\) & \(b < c\) for `a < b < c`"),
        (lambda: g.cumsum(x(3), 1), r"cumsum: f32\[3\] has no axes \[1\]"),
        (lambda: g.softmax(x(3, 4), 2), r"softmax: f32\[3,4\] has no axes \[2\]"),
        (lambda: g.logsumexp(x(3, 4), (0, 2)), r"logsumexp: f32\[3,4\] has no axes \[0, 2\]"),
    ],
)
def test_a_mistake_is_refused_with_what_to_do(build: Callable[[], object], message: str) -> None:
    with pytest.raises(GraphError, match=message):
        build()
