"""Splices elementwise work into a kernel: it replaces the bodies of ports, and adds the buffers that they touch.

In: a kernel, and new bodies for its ports, a few lines of WGSL each. Out: a kernel. It handles texts, which
`expressions.py` writes, and knows nothing of graphs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..errors import KernelError
from .kernels import BINDING, IMPORT, PORT, WORD, Binding, Kernel, Line, bare, expand, library, reflect


@dataclass(frozen=True)
class Body:
    """What a port is to do: WGSL statements that may use `i`, and in a store `value`; what they bind and import."""

    lines: tuple[str, ...]
    bindings: tuple[Binding, ...] = ()
    imports: tuple[str, ...] = ()


def fuse(kernel: Kernel, bodies: Mapping[str, Body]) -> Kernel:
    """`kernel` with the ports named in `bodies` ("load_x", "store_y") doing what the bodies say.

    The bodies' bindings are added behind those of the kernel. Two bindings of one name must have one type; the result
    is read_write if either is. Bindings that no line touches are removed and the others renumbered, so that a store
    with an empty body removes its output. The order of `bodies` does not matter.
    """
    for port in sorted(bodies.keys() - kernel.ports):
        raise KernelError(f"there is no port {port!r}; the ports are {sorted(kernel.ports)}", kernel.file)
    order = [m["port"] for m in (PORT.match(line.text) for line in kernel.lines) if m and m["port"] in bodies]
    wanted = {b.name: b for b in kernel.bindings}
    for binding in (b for port in order for b in bodies[port].bindings):
        wanted[binding.name] = _merge(kernel, wanted.get(binding.name), binding)
    lines = list(_splice(kernel.lines, bodies))
    imported = {m["name"] for m in (IMPORT.match(line.text) for line in lines) if m}
    for name in (name for port in order for name in bodies[port].imports):
        if name not in imported:
            lines.append(Line(f"// #import {name}", kernel.file, lines[-1].number))
            lines += expand(library(name), imported | {name}, None)
            imported |= {m["name"] for m in (IMPORT.match(line.text) for line in lines) if m}
    return reflect(kernel.file, tuple(_rebind(lines, wanted)))


def _merge(kernel: Kernel, old: Binding | None, new: Binding) -> Binding:
    if old is None:
        return new
    if old.dtype != new.dtype:
        raise KernelError(f"binding {new.name!r} cannot be both array<{old.dtype}> and array<{new.dtype}>", kernel.file)
    return new if new.access == "read_write" else old


def _splice(lines: Iterable[Line], bodies: Mapping[str, Body]) -> Iterator[Line]:
    for line in lines:
        found = PORT.match(line.text)
        if found is None or found["port"] not in bodies:
            yield line
            continue
        body = bodies[found["port"]].lines
        head = f"fn {found['port']}{found['signature']} {{"
        if len(body) <= 1:
            yield line._replace(text=head + "".join(f" {text}" for text in body) + (" }" if body else "}"))
            continue
        yield line._replace(text=head)
        for text in body:
            yield line._replace(text="  " + text)
        yield line._replace(text="}")


def _rebind(lines: list[Line], wanted: Mapping[str, Binding]) -> Iterator[Line]:
    """`lines` with renumbered declarations, for those bindings of `wanted` that the kernel's own code mentions."""
    declarations = {m["name"]: n for n, line in enumerate(lines) if (m := BINDING.match(bare(line.text)))}
    # Shared fragments declare no bindings, and their parameters may share a binding's name.
    own = [
        line
        for n, line in enumerate(lines)
        if not line.file.startswith("shaders/lib/") and n not in declarations.values()
    ]
    words = {word for line in own for word in WORD.findall(bare(line.text))}
    kept = [binding for name, binding in wanted.items() if name in words]
    places = {binding.name: declarations.get(binding.name) for binding in kept}
    last = max(declarations.values())
    comments = {name: lines[n].text.partition("//")[2].strip() for name, n in declarations.items()}
    for n, line in enumerate(lines):
        if n not in declarations.values():
            yield line
        for index, binding in enumerate(kept):
            if places[binding.name] == n or (places[binding.name] is None and n == last):
                comment = comments.get(binding.name)
                yield line._replace(text=_declaration(index, binding) + (f" // {comment}" if comment else ""))


def _declaration(index: int, binding: Binding) -> str:
    access = f"var<storage, {binding.access}>"
    return f"@group(0) @binding({index}) {access} {binding.name}: array<{binding.dtype}>;"
