"""What NumPy and PyTorch ask a tensor of a model that is handed to one of their functions or operators.

In: their function, and its operands. Out: for operators, as in `array * tensor`, what the tensor's own give; for the
others a sentence: those libraries compute with numbers, and a tensor of a model has none while it is traced.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from .lines import caller, fail
from .other_libraries import OF_WORDS

# NumPy's functions that are operators: `array * tensor` asks for them.
OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "floor_divide": operator.floordiv,
    "remainder": operator.mod,
    "power": operator.pow,
    "matmul": operator.matmul,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "equal": operator.eq,
    "not_equal": operator.ne,
    "bitwise_and": operator.and_,
    "bitwise_or": operator.or_,
}
OF_TORCH = frozenset({*OPERATORS, "mul", "sub", "div", "true_divide", "eq", "ne", "lt", "le", "gt", "ge"})


class Protocols:
    """The methods by which both libraries ask."""

    if TYPE_CHECKING:

        @property
        def dtype(self) -> str: ...

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **named: Any) -> Any:
        from .tensor import constant

        found = OPERATORS.get(function.__name__)
        if found is None or method != "__call__" or named:
            raise _refusal("numpy", function.__name__)
        a, b = (each if isinstance(each, Protocols) else constant(each, self.dtype) for each in inputs)
        return found(a, b)

    @classmethod
    def __torch_function__(cls, function: Any, *_: Any) -> Any:
        name = function.__name__
        if name.startswith("__") or name in OF_TORCH:
            return NotImplemented  # so that the tensor's own operator is asked
        raise _refusal("torch", name)

    def __array_function__(self, function: Any, *_: Any) -> NoReturn:
        raise _refusal("numpy", function.__name__)


def _refusal(library: str, name: str) -> Exception:
    """A function of another library computes with arrays, and was given a tensor."""
    words = vars(sys.modules[__package__])
    here = name if name in words else OF_WORDS.get(name, "")
    hint = f"A word of site_builder.graph does it for tensors: {here}" if here else None
    return fail(f"{library}.{name} computes with arrays, and was given a tensor of a model", caller(), hint)
