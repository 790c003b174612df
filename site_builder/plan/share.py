"""Kernels that differ in numbers alone become one, which reads those numbers as parameters.

In: the dispatches of all programs. Out: the same dispatches. For example, the products of a network's layers have one
text with different sizes. It becomes a text that reads the sizes from a uniform buffer `params`, and each dispatch
brings its own numbers. So one pipeline serves all of them: after the first click readers mostly wait for pipelines to
be compiled. A number that is the same for all dispatches stays a constant, since compilers make faster code with it,
and so do all numbers of a kernel that has no other like it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from ..graph.types import BYTES_PER_ELEMENT
from .dispatch import Dispatch
from .kernels import BINDING, OVERRIDE, WORD, Kernel
from .limits import PROMISED

# How many parameters a step may bring: its slot in the uniform buffer is as long as offsets there must be multiples of.
MOST = PROMISED["minUniformBufferOffsetAlignment"] // BYTES_PER_ELEMENT

_NUMBER = re.compile(r"(?<![\w.])\d+u\b")


def share(programs: Mapping[str, Sequence[Dispatch]]) -> dict[str, list[Dispatch]]:
    """The same programs, in which dispatches share kernels wherever they can."""
    families: dict[object, list[Dispatch]] = {}
    for dispatch in dict.fromkeys(d for dispatches in programs.values() for d in dispatches):
        families.setdefault(_pattern(dispatch), []).append(dispatch)
    shared = {old: new for family in families.values() for old, new in zip(family, _shared(family), strict=True)}
    return {name: [shared[d] for d in dispatches] for name, dispatches in programs.items()}


def _kernels(dispatch: Dispatch) -> list[Kernel]:
    return [dispatch.kernel, *(variant.kernel for variant in dispatch.variants)]


def _pattern(dispatch: Dispatch) -> object:
    """The texts of the dispatch without their numbers: dispatches can share a kernel if these are equal."""
    return tuple(_without_numbers(kernel.wgsl) for kernel in _kernels(dispatch))


@lru_cache(maxsize=1024)
def _without_numbers(text: str) -> str:
    return _NUMBER.sub("#", text)


def _shared(family: Sequence[Dispatch]) -> list[Dispatch]:
    """Dispatches of one pattern, with a kernel whose parameters are the numbers in which they differ."""
    first = family[0]
    sizes = zip(*(d.constants for d in family), strict=True)
    fields = {column[0][0]: tuple(value for _, value in column) for column in sizes if len(set(column)) > 1}
    written = [_written(tuple(_kernels(d))) for d in family]
    names: list[str | None] = []  # for each number in the texts: the parameter that replaces it, if any
    for column in zip(*written, strict=True):
        if len(set(column)) == 1:
            names.append(None)
            continue
        name = next((name for name, known in fields.items() if known == column), f"n{len(fields)}")
        fields[name] = column
        names.append(name)
    if not 0 < len(fields) <= MOST:
        return list(family)
    replacements = iter(names)
    kernels = [_with_params(kernel, tuple(fields), replacements) for kernel in _kernels(first)]
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


@lru_cache(maxsize=1024)
def _written(kernels: tuple[Kernel, ...]) -> tuple[int, ...]:
    """The u32 literals of the texts, those in comments left out."""
    lines = (line.text.partition("//")[0] for kernel in kernels for line in kernel.lines)
    return tuple(int(found.removesuffix("u")) for line in lines for found in _NUMBER.findall(line))


def _with_params(kernel: Kernel, fields: Sequence[str], replacements: Iterator[str | None]) -> Kernel:
    """The kernel with `params.NAME` in place of each override of that name, and of each literal with a replacement."""
    taken = kernel.overrides.keys() & set(fields)
    bindings = 0
    lines = []

    def number(found: re.Match[str]) -> str:
        name = next(replacements)
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
