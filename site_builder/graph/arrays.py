"""Numbers that an author has already: NumPy's arrays, PyTorch's tensors and nested lists, as constants of a model.

In: anything that has such numbers, met by what it can do (`tolist`, `__array__`), since NumPy is not imported here.
Out: a tensor. Equal numbers are one constant, repeated; others are a variable of the role `constant`, named by what it
holds, whose numbers are part of the plan. Whichever model reads it owns it.
"""

from __future__ import annotations

import hashlib
import math
import operator
from collections.abc import Sequence
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable
from weakref import WeakValueDictionary

from .lines import caller, fail
from .methods import Methods
from .types import DTYPES, Type

if TYPE_CHECKING:
    from .program import Variable
    from .tensor import Tensor

MOST = 4_096  # different numbers that a plan holds of one array: its JSON takes about 10 bytes for each
MOST_LOOKED_AT = 2**20  # of which it is asked whether they are all equal
SEQUENCES = (list, tuple, range)
_known: WeakValueDictionary[str, Variable] = WeakValueDictionary()


@runtime_checkable
class HasNumbers(Protocol):
    """What NumPy's arrays, PyTorch's tensors and their kin have in common."""

    def tolist(self) -> Any: ...


Numbers = float | HasNumbers | Sequence[Any]


def is_array(value: object) -> bool:
    """Whether it holds numbers of its own: an array, a list; not so one number, and not a model's tensor."""
    if isinstance(value, Real | Methods):
        return False
    return isinstance(value, SEQUENCES) or hasattr(value, "tolist") or hasattr(type(value), "__array__")


def array_type(value: Any, dtype: str | None = None, what: str = "an array") -> tuple[Type, list[float]]:
    """The type of an array's numbers and, in row-major order, these; a GraphError where a tensor cannot hold them.

    Without `dtype`, whole numbers are u32, or i32 where one is negative, others f32, and masks (True and False) 1.0 and
    0.0.
    """
    if dtype is not None and dtype not in DTYPES:
        raise fail(f"there is no element type {dtype!r}, expected one of {DTYPES}", caller())
    shape = getattr(value, "shape", ())
    if isinstance(shape, tuple) and math.prod(shape) > MOST_LOOKED_AT:
        raise _too_long(what, shape)
    shape, numbers = _flattened(value, what)
    if not numbers:
        raise fail(f"{what} has at least one number, found none", caller())
    for n in numbers:
        if not isinstance(n, Real):
            hint = "Tensors become one by stack([a, b]) or concatenate([a, b])" if isinstance(n, Methods) else None
            raise fail(f"{what} holds real numbers, found {_shown(n)} in it", caller(), hint)
    whole = all(isinstance(n, Integral) for n in numbers) and not all(isinstance(n, bool) for n in numbers)
    signed = whole and min(numbers) < 0
    dtype = dtype or ("i32" if signed else "u32" if whole else "f32")
    from .ops.sources import expect_held  # whose words make tensors

    try:
        for n in dict.fromkeys(numbers):
            expect_held(n, dtype)
    except ValueError as error:
        raise fail(f"{what} holds {n}: {error}", caller()) from None
    return Type(shape, dtype), [int(n) if dtype != "f32" else float(n) for n in numbers]  # type: ignore[arg-type]


def array_constant(value: Any, dtype: str | None = None, what: str = "an array") -> Tensor:
    """An array as a tensor that is known when the model is traced."""
    return held(*array_type(value, dtype, what), what)


def held(type: Type, numbers: Sequence[float], what: str = "an array") -> Tensor:
    """A tensor of these numbers, in row-major order."""
    from .program import Variable
    from .tensor import broadcast, constant, make

    if len(set(numbers)) == 1:
        return broadcast(constant(numbers[0], type.dtype), type.shape)
    if len(numbers) > MOST:
        raise _too_long(what, type.shape)
    name = f"constant.{hashlib.sha256(repr((str(type), numbers)).encode()).hexdigest()[:12]}"
    variable = _known.get(name)
    if variable is None:
        bound = int(max(numbers)) + 1 if type.dtype == "u32" else None
        variable = _known[name] = Variable(name, type, "constant", tuple(numbers), line=caller(), bound=bound)
    return make("read", (), variable=variable)


def at_first(name: str, type: Type, value: Numbers) -> float | tuple[float, ...]:
    """What a variable holds at first: a number everywhere, or those of an array of its shape."""
    if not is_array(value):
        return value  # type: ignore[return-value]
    what = f"what {name} holds at first"
    found, numbers = array_type(value, type.dtype, what)
    if found != type:
        raise fail(f"{name} is {type}, and {what} is {found}", caller())
    if len(set(numbers)) == 1:
        return numbers[0]
    if len(numbers) > MOST:
        raise _too_long(what, type.shape)
    return tuple(numbers)


def places(x: Tensor, index: tuple[Any, ...]) -> tuple[Any, ...]:
    """The index with lists and arrays as u32 tensors, counted from the start of their axes, and NumPy's numbers as
    Python's. An array of True and False stands for the places where it is True.
    """
    taken = sum(part is not None and part is not ... for part in index)
    axis, parts = 0, []
    for part in index:
        length = x.shape[axis] if axis < len(x.shape) else 0
        if part is ...:
            axis = len(x.shape) - taken + axis
        elif part is not None:
            axis += 1
        parts.append(_places(x, part, length))
    return tuple(parts)


def _places(x: Tensor, part: Any, length: int) -> Any:
    """One part of an index, along an axis of this length."""
    if isinstance(part, Methods):
        if _is_mask(part):
            hint = "A shape is known before numbers are: keep it, as where(mask, x, 0.0) or mean(x, weights=mask)"
            raise fail(f"{x.type} is indexed with a mask, {part.type}, and an index is places", caller(), hint)
        constant = part.attributes.get("variable")
        if constant is not None and constant.role == "constant" and (constant.bound or 0) > length:
            raise fail(f"{x.type} has no {constant.bound - 1} along an axis of length {length}", caller())
        return part
    if isinstance(part, slice):
        ends = [getattr(n, "__index__", n) for n in (part.start, part.stop, part.step)]
        if not all(n is None or callable(n) for n in ends):
            raise fail(f"{x.type} has no {part!r}: its ends and its step are whole numbers", caller())
        return part
    if isinstance(part, bool):
        raise fail(f"{x.type} is indexed with {part}, and an index is a whole number", caller())
    if not is_array(part):
        return operator.index(part) if isinstance(part, Integral) else part
    shape, numbers = _flattened(part, "an index")
    if not numbers or not all(isinstance(n, Integral) for n in numbers):
        if any(isinstance(n, Methods) for n in numbers):
            raise fail("an index is no list of tensors", caller(), "stack([a, b]) is one tensor of places")
        raise fail(f"an index is an array of whole numbers, found {_shown(part)}", caller())
    if all(isinstance(n, bool) for n in numbers):
        if shape != (length,):
            found = f"{list(shape)} for an axis of length {length}"
            raise fail(f"an index of True and False is as long as its axis, found {found}", caller())
        numbers = [n for n, kept in enumerate(numbers) if kept]
        shape = (len(numbers),)
    outside = next((n for n in numbers if not -length <= n < length), None)
    if outside is not None or not numbers:
        raise fail(f"{x.type} has no {outside} along an axis of length {length}", caller())
    return held(Type(shape, "u32"), [int(n) % length for n in numbers], "an index")


def _is_mask(x: Any) -> bool:
    """Whether it is a comparison, or made of some as `&`, `|` and `~` make it."""
    if x.op in ("broadcast", "reshape", "multiply", "maximum"):
        return all(map(_is_mask, x.inputs))
    return x.op in ("less", "less_equal", "equal", "not_equal") or (x.op == "subtract" and _is_mask(x.inputs[1]))


def _flattened(value: Any, what: str) -> tuple[tuple[int, ...], list[Any]]:
    """The shape of nested lists and arrays, and what is in them, in row-major order."""
    if isinstance(value, Methods):
        return (), [value]
    if hasattr(value, "reshape") and hasattr(value, "tolist"):
        return tuple(map(int, value.shape)), value.reshape(-1).tolist()
    if hasattr(value, "tolist"):
        value = value.tolist()
    elif hasattr(type(value), "__array__"):
        value = value.__array__().tolist()
    if not isinstance(value, SEQUENCES):
        return (), [value]
    parts = [_flattened(each, what) for each in value]
    shapes = list(dict.fromkeys(shape for shape, _ in parts)) or [()]
    if len(shapes) > 1:
        raise fail(f"{what} has rows of one shape, found {list(shapes[0])} and {list(shapes[1])}", caller())
    return (len(parts), *shapes[0]), [n for _, numbers in parts for n in numbers]


def _too_long(what: str, shape: tuple[int, ...]) -> Exception:
    function = f'model.data("name", {shape}, source="demos/NAME/FUNCTION")'
    hint = f"Let it be data: {function}, where FUNCTION() of demos/NAME/data.py returns the array"
    return fail(f"{what} of {math.prod(shape)} numbers is too long: a plan holds {MOST} of one array", caller(), hint)


def _shown(value: object) -> str:
    shown = str(getattr(value, "type", None) or repr(value))
    return shown if len(shown) <= 40 else f"a {type(value).__name__}"
