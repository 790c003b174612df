"""The words in which a model is written: functions from tensors to tensors, named as in NumPy and PyTorch.

Every function checks shapes when it is called and raises GraphError naming the author's line.
"""

from __future__ import annotations

from .model import Model
from .tensor import Operand, Tensor, binary, broadcast, caller, common_shape, constant, fail, make

Axis = int | tuple[int, ...] | None


def exp(x: Tensor) -> Tensor:
    """e^x, element by element."""
    return make("exp", (x,))


def log(x: Tensor) -> Tensor:
    """Natural logarithm; of 0 and below, what the device gives."""
    return make("log", (x,))


def sqrt(x: Tensor) -> Tensor:
    """Square root."""
    return make("sqrt", (x,))


def sin(x: Tensor) -> Tensor:
    """Sine; x in radians."""
    return make("sin", (x,))


def cos(x: Tensor) -> Tensor:
    """Cosine; x in radians."""
    return make("cos", (x,))


def tanh(x: Tensor) -> Tensor:
    """Hyperbolic tangent."""
    return make("tanh", (x,))


def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + e^-x)."""
    return make("sigmoid", (x,))


def relu(x: Tensor) -> Tensor:
    """max(x, 0); its derivative at 0 is taken to be 0."""
    return make("relu", (x,))


def gelu(x: Tensor) -> Tensor:
    """x Φ(x) by Hendrycks and Gimpel's tanh formula, which PyTorch calls approximate="tanh"."""
    return make("gelu", (x,))


def identity(x: Tensor) -> Tensor:
    """x: the absence of a non-linearity, for models that can do without."""
    return x


def absolute(x: Tensor) -> Tensor:
    """|x|; its derivative at 0 is taken to be 0."""
    return make("absolute", (x,))


def sign(x: Tensor) -> Tensor:
    """-1, 0 or 1."""
    return make("sign", (x,))


def square(x: Tensor) -> Tensor:
    """x²."""
    return make("square", (x,))


def cast(x: Tensor, dtype: str) -> Tensor:
    """The same numbers as `f32` or `u32`; to u32 truncates towards zero, and negative numbers become 0."""
    return x if x.dtype == dtype else make("cast", (x,), dtype=dtype)


def maximum(a: Operand, b: Operand) -> Tensor:
    """The larger of a and b, element by element; where they are equal each gets half of the gradient."""
    return binary("maximum", a, b)


def minimum(a: Operand, b: Operand) -> Tensor:
    """The smaller of a and b, element by element; where they are equal each gets half of the gradient."""
    return binary("minimum", a, b)


def less(a: Operand, b: Operand) -> Tensor:
    """1.0 where a < b, else 0.0."""
    return binary("less", a, b)


def less_equal(a: Operand, b: Operand) -> Tensor:
    """1.0 where a <= b, else 0.0."""
    return binary("less_equal", a, b)


def equal(a: Operand, b: Operand) -> Tensor:
    """1.0 where a = b, else 0.0."""
    return binary("equal", a, b)


def not_equal(a: Operand, b: Operand) -> Tensor:
    """1.0 where a differs from b, else 0.0."""
    return binary("not_equal", a, b)


def where(condition: Tensor, a: Operand, b: Operand) -> Tensor:
    """a where the condition (f32) is not 0, else b."""
    like = a if isinstance(a, Tensor) else b
    dtype = like.dtype if isinstance(like, Tensor) else "f32"
    a = a if isinstance(a, Tensor) else constant(a, dtype)
    b = b if isinstance(b, Tensor) else constant(b, dtype)
    shape = common_shape("where", condition.shape, a.shape, b.shape)
    return make("where", (broadcast(condition, shape), broadcast(a, shape), broadcast(b, shape)))


def iota(*shape: int) -> Tensor:
    """u32 numbers 0, 1, 2, … filling `shape` in row-major order."""
    return make("iota", (), shape=shape)


def full(shape: tuple[int, ...], value: float, dtype: str = "f32") -> Tensor:
    """`value` everywhere."""
    return broadcast(constant(value, dtype), shape)


def reshape(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The same elements, in row-major order, in another shape; no copy."""
    return x if x.shape == shape else make("reshape", (x,), shape=shape)


def transpose(x: Tensor) -> Tensor:
    """[rows, columns] -> [columns, rows]."""
    return make("transpose", (x,))


def matmul(a: Tensor, b: Tensor, form: str = "nn") -> Tensor:
    """Matrix product. form "nn": a[m,k] b[k,n]; "nt": a[m,k] b[n,k]ᵀ; "tn": a[k,m]ᵀ b[k,n]. Gives [m,n]."""
    return make("matmul", (a, b), form=form)


def sum(x: Tensor, axis: Axis = None) -> Tensor:
    """Sum over one axis, neighbouring axes, or all; those axes go."""
    return _reduce("sum", x, axis)


def mean(x: Tensor, axis: Axis = None) -> Tensor:
    """Mean over one axis, neighbouring axes, or all; those axes go."""
    total = _reduce("sum", x, axis)
    return total * (total.size / x.size)


def max(x: Tensor, axis: Axis = None) -> Tensor:
    """Maximum over one axis, neighbouring axes, or all; equal maxima share the gradient."""
    return _reduce("max", x, axis)


def argmax(x: Tensor, axis: int = -1) -> Tensor:
    """u32 index of the first maximum along one axis, which goes."""
    return _reduce("argmax", x, axis)


def argmin(x: Tensor, axis: int = -1) -> Tensor:
    """u32 index of the first minimum along one axis, which goes."""
    return _reduce("argmin", x, axis)


def _reduce(op: str, x: Tensor, axis: Axis) -> Tensor:
    rank = len(x.shape)
    if axis is None:
        if rank == 0 and op in ("sum", "max"):
            return x
        axes = tuple(range(rank))
    else:
        axes = tuple(n + rank if n < 0 else n for n in ((axis,) if isinstance(axis, int) else axis))
    return make(op, (x,), axes=axes)


def softmax(x: Tensor) -> Tensor:
    """e^x_k / Σ_j e^x_j along the last axis."""
    return make("softmax", (x,))


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """-log softmax(logits)[label] in nats: logits f32[rows, classes], labels u32[rows] -> f32[rows]."""
    return make("cross_entropy", (logits, labels))


def gather(table: Tensor, rows: Tensor) -> Tensor:
    """table[rows]: table [n, …], rows u32[…] -> [*rows, …]; an index past the end takes the last row."""
    return make("gather", (table, rows))


def one_hot(labels: Tensor, classes: int) -> Tensor:
    """1.0 at each label and 0.0 elsewhere: labels u32[…] -> f32[…, classes]; a label past the end gives zeros."""
    shape = (*labels.shape, classes)
    return equal(broadcast(reshape(labels, (*labels.shape, 1)), shape), broadcast(iota(classes), shape))


def update_at(vector: Tensor, index: Tensor, value: Tensor) -> Tensor:
    """`vector` with the element at `index` replaced; to be assigned to the variable that `vector` reads."""
    return make("update_at", (vector, index, value))


def uniform(shape: tuple[int, ...], stream: int, low: float = 0.0, high: float = 1.0) -> Tensor:
    """Independent uniform numbers in [low, high), drawn from (seed, stream, step, index)."""
    drawn = make("uniform", _counter(), shape=shape, stream=stream)
    return drawn if (low, high) == (0.0, 1.0) else drawn * (high - low) + low


def normal(shape: tuple[int, ...], stream: int) -> Tensor:
    """Independent standard normal numbers (Box and Muller's), drawn from (seed, stream, step, index)."""
    return make("normal", _counter(), shape=shape, stream=stream)


def random_index(shape: tuple[int, ...], bound: int, stream: int) -> Tensor:
    """u32 numbers below `bound`, drawn with replacement from (seed, stream, step, index); bias below bound / 2^32."""
    return make("random_index", _counter(), shape=shape, stream=stream, bound=bound)


def _counter() -> tuple[Tensor, Tensor]:
    model = Model.tracing()
    if model is None:
        raise fail("random numbers need a program: they are drawn by its model's seed and step", caller())
    return model.seed, model.step
