"""Checks that what an author hands to a function, a layer or a model is what its annotation says.

In: a public function or class. Out: the same with a check. It raises a GraphError of one sentence with the author's
line where Python would fail somewhere inside, as for a number in place of a tensor or a shape, or a missing argument.
Only authors' calls are checked; `graph` calls its own functions without.
"""

from __future__ import annotations

import collections.abc
import functools
import inspect
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from ..errors import GraphError
from .arrays import HasNumbers, array_constant, is_array
from .habits import renamed
from .program import HasParameters
from .tensor import Tensor, caller, fail
from .types import element_type

NAMES = {
    Tensor: "a tensor",
    HasParameters: "a Module",
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    str: "text",
    HasNumbers: "an array",
    NoneType: "None",
}
# What an annotation of numbers takes: NumPy's numbers too.
TAKES: dict[Any, type] = {bool: Integral, int: Integral, float: Real}


def guard(namespace: MutableMapping[str, Any], *classes: type) -> None:
    """Check the arguments of all functions in a package's namespace, and of the public methods of some classes."""
    for name, value in list(namespace.items()):
        own = inspect.isfunction(value) and value.__module__.startswith(namespace["__name__"])
        if own and not name.startswith("_"):
            namespace[name] = guarded(value, name)
    for each in classes:
        for name in dir(each):
            method = inspect.getattr_static(each, name)
            if inspect.isfunction(method) and (not name.startswith("_") or name in ("__init__", "__call__")):
                where = each.__name__ if name.startswith("_") else f"{each.__name__}.{name}"
                setattr(each, name, guarded(method, where))


def guarded(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The function, which raises GraphError when an argument is not what its annotation says."""
    signature = inspect.signature(function)
    kinds = {p.name: p.kind for p in signature.parameters.values()}

    @functools.cache
    def hints() -> dict[str, Any]:
        return get_type_hints(function)

    @functools.wraps(function)
    def called(*operands: Any, **named: Any) -> Any:
        try:
            bound = signature.bind(*operands, **named)
        except TypeError as error:
            raise _refused(name, str(error), [each for each in named if each not in kinds], hints(), kinds) from None
        given = bound.arguments
        for parameter, value in given.items():
            hint = hints().get(parameter, Any)
            value = element_type(value) if parameter == "dtype" else value
            what, several = _several(parameter, value, kinds[parameter])
            if kinds[parameter] is inspect.Parameter.POSITIONAL_OR_KEYWORD:
                given[parameter] = taken(value, hint, f"{name}: {what}", _dtype(given, hints()))
                several = (given[parameter],)
            elif kinds[parameter] is inspect.Parameter.VAR_POSITIONAL and hint is Tensor:
                each_of = collections.abc.Sequence[Tensor]
                several = given[parameter] = tuple(taken([*value], each_of, f"{name}: {what}", None))
            for each in several:
                if not fits(each, hint):
                    raise fail(
                        f"{name}: {what} is {described(hint)}, found {_shown(each)}", caller(), _advice(each, hint)
                    )
        return function(*bound.args, **bound.kwargs)

    return called


def _refused(
    name: str, said: str, unknown: Sequence[str], hints: Mapping[str, Any], kinds: Iterable[str]
) -> GraphError:
    """What to say of a call that Python would refuse: of the first unknown keyword, or of what is missing."""
    if not unknown:
        return fail(f"{name}: {said}", caller(), _missing(said, hints))
    hint = renamed(unknown[0], [each for each in kinds if each != "self"])
    return fail(f"{name}: got an unexpected keyword argument {unknown[0]!r}", caller(), hint)


def _missing(said: str, hints: Mapping[str, Any]) -> str | None:
    """What an argument may be that Python's sentence finds missing, where its name alone does not say so."""
    name = said.rpartition("argument: ")[2].strip("'")
    if name == "stream":
        return "Give each draw of a program a number of its own, as stream=1"
    return f"It is {described(hints[name])}" if get_origin(hints.get(name)) is Literal else None


def _several(name: str, value: Any, kind: Any) -> tuple[str, Iterable[Any]]:
    """What to call a parameter, and its values: several of them for *parameters and **parameters."""
    match kind:
        case inspect.Parameter.VAR_POSITIONAL:
            return f"each of {name}", value
        case inspect.Parameter.VAR_KEYWORD:
            return f"each of {name}", value.values()
    return name, (value,)


def _dtype(given: Mapping[str, Any], hints: Mapping[str, Any]) -> str | None:
    """The element type of the tensors that a word is given, for arrays beside them; those of operands come first."""
    tensors = [(hints.get(name) is Tensor, value) for name, value in given.items() if isinstance(value, Tensor)]
    return min(tensors, key=lambda found: found[0])[1].dtype if tensors else None


def taken(value: Any, hint: Any, what: str, dtype: str | None) -> Any:
    """The value as a word takes it: an array as a constant where a tensor may be, a list as a tuple of numbers.

    A length is a shape where one is asked for. Operands take `dtype`; where only a tensor may be, as labels or rows, an
    array's numbers say what they are.
    """
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    if isinstance(value, collections.abc.Iterator) and get_origin(hint) is collections.abc.Sequence:
        value = list(value)
    if isinstance(value, list) and get_origin(hint) is tuple:
        value = tuple(value)
    if isinstance(value, list | tuple) and get_origin(hint) is collections.abc.Sequence:
        value = [tuple(v) if isinstance(v, list) and get_origin(get_args(hint)[0]) is tuple else v for v in value]
    if tuple[int, ...] in parts and isinstance(value, list | tuple) and all(isinstance(n, Integral) for n in value):
        return tuple(map(int, value))
    if hint == tuple[int, ...] and what.endswith(" shape") and _is_length(value):
        return (int(value),)
    if get_origin(hint) is collections.abc.Sequence and get_args(hint) == (Tensor,) and isinstance(value, list | tuple):
        like = next((each.dtype for each in value if isinstance(each, Tensor)), None)
        return [array_constant(each, like, what) if is_array(each) else each for each in value]
    if Tensor not in parts or not is_array(value) or fits(value, hint):
        return value
    return array_constant(value, dtype if float in parts else None, what)


def _is_length(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def fits(value: object, hint: Any) -> bool:
    """Whether a value is what an annotation says; True for annotations that are not known here."""
    parts = get_args(hint)
    match get_origin(hint):
        case origin if origin in (Union, UnionType):
            return any(fits(value, part) for part in parts)
        case origin if origin is Literal:
            return any(type(value) is type(part) and value == part for part in parts)
        case origin if origin is tuple and parts[-1] is Ellipsis:
            return isinstance(value, tuple) and all(fits(each, parts[0]) for each in value)
        case origin if origin is tuple:
            return isinstance(value, tuple) and len(value) == len(parts) and all(map(fits, value, parts))
        case collections.abc.Sequence:
            text = isinstance(value, str)
            return isinstance(value, collections.abc.Sequence) and not text and all(fits(v, parts[0]) for v in value)
        case collections.abc.Mapping:
            pairs = value.items() if isinstance(value, collections.abc.Mapping) else ((None, value),)
            return all(fits(name, parts[0]) and fits(each, parts[1]) for name, each in pairs)
        case collections.abc.Callable:
            return callable(value)
    if isinstance(hint, TypeVar):
        return hint.__bound__ is None or fits(value, hint.__bound__)
    if hint is HasParameters and isinstance(value, type):  # a class has the methods, but no parameters
        return False
    return hint is Any or not isinstance(hint, type) or isinstance(value, TAKES.get(hint, hint))


def described(hint: Any) -> str:
    """What an annotation says, in words."""
    parts = get_args(hint)
    match get_origin(hint):
        case origin if origin in (Union, UnionType):
            return " or ".join(dict.fromkeys(described(p) for p in parts if not (p is int and float in parts)))
        case origin if origin is Literal:
            return " or ".join(map(repr, parts))
        case origin if origin is tuple and parts[-1] is Ellipsis:
            return f"a tuple of {described(parts[0]).removeprefix('a ')}s"
        case origin if origin is tuple:
            return f"({', '.join(map(described, parts))})"
        case collections.abc.Sequence if parts == (Any,):
            return "a list"
        case collections.abc.Sequence:
            return f"a list, of which each is {described(parts[0])}"
        case collections.abc.Mapping:
            return f"a dict from {described(parts[0])} to {described(parts[1])}"
        case collections.abc.Callable:
            return "a function"
    if isinstance(hint, TypeVar):
        return described(hint.__bound__)
    return NAMES.get(hint) or f"a {hint.__name__}"


def _advice(value: object, hint: Any) -> str | None:
    """What to do instead, where that is known."""
    if getattr(hint, "__bound__", hint) is not HasParameters or not callable(value):
        return None
    return "Give it an instance" if isinstance(value, type) else "What has no parameters is called, and not added"


def _shown(value: object) -> str:
    """The value, if it is short, else its type."""
    shown = str(value.type) if isinstance(value, Tensor) else repr(value)
    if inspect.isfunction(value) or inspect.isclass(value):  # and not where in memory it lies
        shown = f"the {'class' if inspect.isclass(value) else 'function'} {value.__name__}"
    return shown if len(shown) <= 60 else f"a {type(value).__name__}"
