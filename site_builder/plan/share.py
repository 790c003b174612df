"""Kernels that differ in numbers alone become one, which reads those numbers as parameters.

In: the dispatches of all programs. Out: the same dispatches. Where several want one text with different sizes (the
products of a network's layers, the time steps of a recurrence), the text asks `params` for what differs, each dispatch
brings its own, and one pipeline serves them all: compiling is what a reader waits for after the first click. A number
that is the same for all stays a constant, as does every number of a kernel without kin, since compilers use what they
know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ..graph.types import BYTES_PER_ELEMENT
from .dispatch import Dispatch
from .kernels import BINDING, OVERRIDE, WORD, Kernel, Line
from .limits import PROMISED

MOST = PROMISED["minUniformBufferOffsetAlignment"] // BYTES_PER_ELEMENT  # parameters, so that each step has one slot

_NUMBER = re.compile(r"(?<![\w.])\d+u\b")


def share(programs: Mapping[str, Sequence[Dispatch]]) -> dict[str, list[Dispatch]]:
    """The programs, their dispatches sharing as many kernels as they can."""
    families: dict[object, list[Dispatch]] = {}
    for dispatch in dict.fromkeys(d for dispatches in programs.values() for d in dispatches):
        families.setdefault(_pattern(dispatch), []).append(dispatch)
    shared = {old: new for family in families.values() for old, new in zip(family, _shared(family), strict=True)}
    return {name: [shared[d] for d in dispatches] for name, dispatches in programs.items()}


def _kernels(dispatch: Dispatch) -> list[Kernel]:
    return [dispatch.kernel, *(variant.kernel for variant in dispatch.variants)]


def _pattern(dispatch: Dispatch) -> object:
    """What is equal for dispatches that can share: everything but the numbers."""
    return tuple(_NUMBER.sub("#", kernel.wgsl) for kernel in _kernels(dispatch))


def _shared(family: Sequence[Dispatch]) -> list[Dispatch]:
    """Dispatches of one pattern, with kernels that have for parameters what is not the same for all."""
    first = family[0]
    sizes = zip(*(d.constants for d in family), strict=True)
    fields = {column[0][0]: tuple(value for _, value in column) for column in sizes if len(set(column)) > 1}
    written = [[number for kernel in _kernels(d) for number in _numbers(kernel.lines)] for d in family]
    names: list[str | None] = []  # what stands for each number that is written in the texts
    for column in zip(*written, strict=True):
        if len(set(column)) == 1:
            names.append(None)
            continue
        name = next((name for name, known in fields.items() if known == column), f"n{len(fields)}")
        fields[name] = column
        names.append(name)
    if not 0 < len(fields) <= MOST:
        return list(family)
    standing = iter(names)
    kernels = [_with_params(kernel, tuple(fields), standing) for kernel in _kernels(first)]
    return [_sharing(d, kernels, fields, position) for position, d in enumerate(family)]


def _sharing(
    dispatch: Dispatch, kernels: Sequence[Kernel], fields: Mapping[str, Sequence[int]], position: int
) -> Dispatch:
    return replace(
        dispatch,
        kernel=kernels[0],
        variants=tuple(replace(v, kernel=kernel) for v, kernel in zip(dispatch.variants, kernels[1:], strict=True)),
        constants=tuple((name, value) for name, value in dispatch.constants if name not in fields),
        params=tuple((name, values[position]) for name, values in fields.items()),
    )


def _numbers(lines: Iterable[Line]) -> Iterator[int]:
    """The u32 literals of a text, those in comments left out."""
    for line in lines:
        for found in _NUMBER.findall(line.text.partition("//")[0]):
            yield int(found.removesuffix("u"))


def _with_params(kernel: Kernel, fields: Sequence[str], standing: Iterator[str | None]) -> Kernel:
    """The kernel with `params.NAME` in place of overrides of that name, and of literals for which a name stands."""
    taken = kernel.overrides.keys() & set(fields)
    bindings = 0
    lines = []

    def number(found: re.Match[str]) -> str:
        name = next(standing)
        return found[0] if name is None else f"params.{name}"

    def size(found: re.Match[str]) -> str:
        return f"params.{found[0]}" if found[0] in taken else found[0]

    for line in kernel.lines:
        code, slashes, comment = line.text.partition("//")
        override, binding = OVERRIDE.match(code.strip()), BINDING.match(code.strip())
        code = _NUMBER.sub(number, WORD.sub(size, code))
        if override is None or override["name"] not in taken:
            lines.append(line._replace(text=f"{code}{slashes}{comment}"))
        bindings += binding is not None
        if binding is not None and bindings == len(kernel.bindings):
            lines.append(line._replace(text=f"struct Params {{ {', '.join(f'{name}: u32' for name in fields)} }}"))
            lines.append(line._replace(text=f"@group(0) @binding({bindings}) var<uniform> params: Params;"))
    overrides = {name: value for name, value in kernel.overrides.items() if name not in taken}
    return replace(kernel, wgsl="".join(f"{line.text}\n" for line in lines), lines=tuple(lines), overrides=overrides)
