"""What NumPy's arrays and PyTorch's tensors do by methods and by Python's own functions, for tensors of a model.

A method is the word of that name, of which the tensor is the first argument: the words have one home each, and here is
only which of them are methods. What no tensor can do, as to become a number while a model is traced, is a sentence.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from numbers import Integral
from typing import TYPE_CHECKING, Any, NoReturn, cast

from .habits import missing
from .lines import caller, fail
from .other_libraries import OF_TENSORS
from .protocols import Protocols

if TYPE_CHECKING:
    from .tensor import Tensor
    from .types import Type

Method = Callable[..., "Tensor"]

ROWS = 1_024  # of a tensor that Python's `for` goes through
# Methods that are words of that name, as PyTorch's tensors have them too, and those of another.
SAME = """
sum mean max min var std prod any all norm count_nonzero quantile argsort cumsum cumprod
softmax log_softmax logsumexp sigmoid relu erf exp exp2 expm1 log log1p log2 log10 logaddexp
sqrt rsqrt square reciprocal absolute sign round floor ceil trunc floor_divide remainder
sin cos tan asin acos atan atan2 sinh cosh tanh atanh maximum minimum isnan isinf isfinite
matmul dot outer det slogdet cholesky diag diagonal trace tril triu
squeeze flatten flip roll moveaxis swapaxes repeat_interleave
masked_fill logical_and logical_or logical_not
"""
OTHERS = {
    "abs": "absolute",
    "pow": "power",
    "detach": "stop_gradient",
    "unsqueeze": "expand_dims",
    "ravel": "flatten",
}


class Count(int):
    """A number that says what it is when it is called, as PyTorch's `x.size(0)` is."""

    def __call__(self, *_: object) -> NoReturn:
        raise fail(f"size is a number here, {int(self)}", caller(), "x.shape is the shape, and x.shape[0] a length")


class Methods(Protocols):
    """The methods of a tensor. `attach` adds those that are words."""

    if TYPE_CHECKING:
        type: Type
        op: str
        attributes: Mapping[str, Any]
        inputs: tuple[Tensor, ...]

        @property
        def shape(self) -> tuple[int, ...]: ...
        @property
        def dtype(self) -> str: ...

        sum: Method
        mean: Method
        max: Method
        min: Method
        var: Method
        std: Method
        argsort: Method
        cumsum: Method
        softmax: Method
        log_softmax: Method
        logsumexp: Method
        exp: Method
        log: Method
        sqrt: Method
        tanh: Method
        sigmoid: Method
        relu: Method
        abs: Method
        pow: Method
        squeeze: Method
        unsqueeze: Method
        flatten: Method
        detach: Method

    @cached_property
    def size(self) -> int:
        """Number of elements."""
        return Count(self.type.size)

    @property
    def T(self) -> Tensor:
        """The transpose of a matrix."""
        if len(self.shape) > 2:
            hint = "mT exchanges the last two axes, transpose() reverses all"
            raise fail(f"T is the transpose of a matrix, found {self.type}", caller(), hint)
        return _word("transpose")(self)

    @property
    def mT(self) -> Tensor:
        """The transpose of each matrix [..., rows, columns]."""
        return _word("swap_axes")(self, -2, -1)

    def reshape(self, *shape: Any) -> Tensor:
        """`reshape`, of a shape or of lengths: x.reshape(2, -1)."""
        return _word("reshape")(self, _unpacked(shape))

    def transpose(self, *axes: Any) -> Tensor:
        """`transpose`, of all axes in another order; of two axes of several, these exchanged; else all reversed."""
        order = _unpacked(axes)
        if len(order) == 2 and len(self.shape) != 2:
            return _word("swap_axes")(self, *order)
        return _word("transpose")(self, order or None)

    def permute(self, *axes: Any) -> Tensor:
        """`transpose`, of all axes in another order."""
        return _word("transpose")(self, _unpacked(axes))

    def tile(self, *repeats: Any) -> Tensor:
        """`tile`, of numbers or a tuple of them: x.tile(2, 1)."""
        return _word("tile")(self, _unpacked(repeats))

    def argmax(self, axis: Any = None) -> Tensor:
        """`argmax` along one axis; without one, of all elements in row-major order."""
        return _word("argmax")(self.reshape(-1) if axis is None else self, -1 if axis is None else axis)

    def argmin(self, axis: Any = None) -> Tensor:
        """`argmin` along one axis; without one, of all elements in row-major order."""
        return _word("argmin")(self.reshape(-1) if axis is None else self, -1 if axis is None else axis)

    def clip(self, min: Any = None, max: Any = None) -> Tensor:
        """`clip`, of which one bound may be left out."""
        if min is None and max is None:
            raise fail("clip: expected a lower bound, an upper one or both", caller())
        if max is None:
            return _word("maximum")(self, min)
        return _word("minimum")(self, max) if min is None else _word("clip")(self, min, max)

    clamp = clip

    def float(self) -> Tensor:
        """The same numbers as f32."""
        return _word("cast")(self, "f32")

    def astype(self, dtype: Any) -> Tensor:
        """The same numbers as "f32", "u32" or "i32", which NumPy's and Python's own types stand for, too."""
        return _word("cast")(self, dtype)

    def __len__(self) -> int:
        if not self.shape:
            raise fail("a scalar has no length", caller())
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        if not self.shape:
            raise fail("a scalar cannot be iterated over", caller())
        if len(self) > ROWS:
            hint = "Work on whole axes at once, as sum(x, 0), or index it with a tensor of rows"
            raise fail(f"a tensor of {len(self)} rows is not iterated over, at most {ROWS}", caller(), hint)
        return (cast("Tensor", self)[n] for n in range(len(self)))

    def __abs__(self) -> Tensor:
        return _word("absolute")(self)

    def __round__(self, digits: Any = None) -> Tensor:
        if digits is not None:
            raise fail("round: a tensor is rounded to whole numbers", caller(), "round(x * 100) / 100 keeps two digits")
        return _word("round")(self)

    def __rand__(self, other: Any) -> Tensor:
        return _word("logical_and")(other, self)

    def __ror__(self, other: Any) -> Tensor:
        return _word("logical_or")(other, self)

    def __xor__(self, other: Any) -> NoReturn:
        raise fail("a tensor has no ^", caller(), "a != b is 1.0 where of two masks one is 1.0, and x ** 2 a power")

    def __lshift__(self, other: Any) -> NoReturn:
        raise fail("a tensor's bits are not shifted", caller(), "x * 2 ** n, and x // 2 ** n of u32")

    __rxor__ = __xor__
    __rshift__ = __rlshift__ = __rrshift__ = __lshift__

    def __pos__(self) -> Tensor:
        return cast("Tensor", self)

    # What a tensor cannot do while a model is traced.
    def __bool__(self) -> bool:
        raise fail(
            "a tensor has no truth value while a model is traced",
            caller(),
            hint="Use where(condition, a, b) to choose by a tensor's value, and (a < b) & (b < c) for `a < b < c`",
        )

    def _number(self, *_: Any, **__: Any) -> NoReturn:
        hint = (
            "A program returns it by a name, and runner.read(name) reads it when that has run; words as exp(x) take "
            "it, and constant(array)[x] is array[x]"
        )
        raise fail("a tensor is no number while a model is traced", caller(), hint)

    __int__ = __float__ = __complex__ = __index__ = __array__ = _number

    def __format__(self, spec: str) -> str:
        return self._number() if spec else str(self)

    def __setitem__(self, index: Any, value: Any) -> None:
        hint = "x = update_at(x, index, row) is x with a row replaced, where(mask, value, x) with several elements"
        raise fail("a tensor never changes", caller(), hint)

    def __delitem__(self, index: Any) -> None:
        raise fail("a tensor never changes", caller(), "Keep what stays: concatenate([x[:2], x[3:]])")

    def __contains__(self, value: Any) -> bool:
        raise fail("whether a tensor contains a number is not known while a model is traced", caller(), "max(x == a)")

    if not TYPE_CHECKING:  # to type checkers a misspelt name is an error

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            raise missing("a tensor", name, OF_TENSORS, dir(type(self)))


def attach(words: Mapping[str, Any]) -> None:
    """Make words methods."""
    for name, word in {**{each: each for each in SAME.split()}, **OTHERS}.items():
        setattr(Methods, name, words[word])


def _word(name: str) -> Method:
    """A word as authors have it, with checks."""
    word: Method = getattr(sys.modules[__package__], name)
    return word


def _unpacked(given: tuple[Any, ...]) -> tuple[Any, ...]:
    """(2, 3) of ((2, 3),) as of (2, 3), for words that take a tuple; whole numbers as Python's."""
    several = given[0] if len(given) == 1 and isinstance(given[0], tuple | list) else given
    return tuple(int(n) if isinstance(n, Integral) else n for n in several)
