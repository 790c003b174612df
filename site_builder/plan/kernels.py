"""Kernels as data: reads WGSL files and reflects what they declare.

In: the path of a file under `shaders/`. Out: a `Kernel`, a complete WGSL text with its bindings, overrides, constants,
workgroup size and ports. Each of its lines has the file and the line from which it came.

A *port* is a one-line function through which the rest of a kernel touches one binding:

    fn load_x(i: u32) -> f32 { return x[i]; }
    fn store_y(i: u32, value: f32) { y[i] = value; }

Where the binding is an array of `vec4<f32>`, the port passes such vectors, and `i` counts them: elements 4i to 4i + 3.
fuse.py replaces what stands between the braces. `// #import scalar` includes `shaders/lib/scalar.wgsl`, once.

It knows nothing of models, graphs and devices, nor which kernel is the right one for a shape. It does not parse WGSL,
which the two compilers do: it reads the style that `shaders/README.md` describes, with regular expressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from ..errors import KernelError
from ..project.paths import find, project

HALF = "shader-f16"  # the feature of devices that compute with numbers of 16 bits


@dataclass(frozen=True)
class Binding:
    """One storage buffer of a kernel: `var<storage, access> name: array<dtype>`."""

    name: str
    access: str  # "read" | "read_write"
    dtype: str  # "f32" | "u32" | "vec4<f32>" | "vec4<u32>"


class Line(NamedTuple):
    """One line of composed WGSL and where it came from."""

    text: str
    file: str
    number: int


@dataclass(frozen=True)
class Kernel:
    """A complete WGSL text and what it declares. Two kernels are equal when their file and their text are."""

    file: str
    wgsl: str
    entry: str = field(compare=False)
    bindings: tuple[Binding, ...] = field(compare=False)  # in order, group 0, from binding 0
    overrides: Mapping[str, int | float] = field(compare=False)  # with their defaults
    constants: Mapping[str, int] = field(compare=False)  # const NAME: u32 = 4u;
    workgroup_size: tuple[int, int, int] = field(compare=False)
    ports: Mapping[str, str] = field(compare=False)  # those not yet fused: {"load_x": "f32", "store_y": "vec4<f32>"}
    requires: str | None = field(compare=False)  # the device feature without which it does not compile
    lines: tuple[Line, ...] = field(compare=False, repr=False)


def load(file: str) -> Kernel:
    """The kernel in `file` ("shaders/matrix/matmul.wgsl") with its imports; each text is read into a `Kernel` once.

    Raises KernelError, with file and line, where it is missing or does not follow `shaders/README.md`.
    """
    return _checked(file, tuple(expand(file, set(), None)))


def lanes(dtype: str) -> int:
    """How many elements of a tensor one element of a binding holds, or a port passes at once: 1, or 4 for vectors."""
    return 4 if dtype.startswith("vec4") else 1


# Reading ----------------------------------------------------------------------------------------------------------

_NAME = r"[A-Za-z_]\w*"
_TYPE = r"f32|u32|vec4<f32>|vec4<u32>"
WORD = re.compile(rf"(?<![.\w]){_NAME}")  # not `y` in `id.y`
IMPORT = re.compile(rf"// #import (?P<name>{_NAME})\s*$")
_REQUIRES = re.compile(r"// #requires (?P<feature>[a-z0-9-]+)\s*$")
BINDING = re.compile(
    r"@group\(0\) @binding\((?P<index>\d+)\)\s+var<storage, (?P<access>read|read_write)>\s+"
    rf"(?P<name>{_NAME}):\s*array<(?P<dtype>{_TYPE})>;$"
)
OVERRIDE = re.compile(rf"override (?P<name>{_NAME}): (?P<type>u32|f32) = (?P<value>[^;]+);$")
_CONSTANT = re.compile(rf"const (?P<name>{_NAME}): u32 = (?P<value>\d+)u;$")
PORT = re.compile(
    rf"fn (?P<port>(?P<verb>load|store)_(?P<name>{_NAME}))"
    rf"(?P<signature>\(i: u32(?:, value: (?P<stored>{_TYPE}))?\)(?: -> (?P<loaded>{_TYPE}))?) \{{(?P<body>.*)\}}$"
)
_STAGE = re.compile(r"@compute @workgroup_size\((?P<sizes>[^)]*)\)")
_ENTRY = re.compile(rf"fn (?P<name>{_NAME})\(")


def bare(text: str) -> str:
    """A line without its comment and the blanks around it."""
    return text.partition("//")[0].strip()


def library(name: str) -> str:
    """The file of a shared fragment."""
    return f"shaders/lib/{name}.wgsl"


def _read(file: str, importer: Line | None) -> str:
    try:
        return find(project(), file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        if importer is None:
            raise KernelError("there is no such kernel", file, hint="Kernels live in shaders/") from problem
        raise KernelError(
            f"imports {file}, which cannot be read",
            importer.file,
            importer.number,
            "Shared fragments live in shaders/lib/",
        ) from problem


def expand(file: str, imported: set[str], importer: Line | None) -> Iterator[Line]:
    """The lines of `file`, and behind each import of a new fragment its lines. Adds the fragments to `imported`."""
    for number, text in enumerate(_read(file, importer).splitlines(), 1):
        line = Line(text, file, number)
        yield line
        found = IMPORT.match(text)
        if found is None and "#import" in text:
            raise KernelError(f"found {text.strip()!r}, expected `// #import name` alone on its line", file, number)
        if found and found["name"] not in imported:
            imported.add(found["name"])
            yield from expand(library(found["name"]), imported, line)


# Reflecting -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def reflect(file: str, lines: tuple[Line, ...]) -> Kernel:
    """The kernel that these lines are. KernelError, with file and line, where they do not follow the house style."""
    bindings: list[Binding] = []
    overrides: dict[str, int | float] = {}
    constants: dict[str, int] = {}
    for line in lines:
        code = bare(line.text)
        if "var<storage" in code or "var<uniform" in code or "@binding" in code:
            bindings.append(_binding(line, code, len(bindings)))
        elif code.startswith("override "):
            name, value = _override(line, code)
            overrides[name] = value
        elif found := _CONSTANT.match(code):
            constants[found["name"]] = int(found["value"])
    entry, size = _entry(file, lines)
    ports = [m for m in (PORT.match(line.text) for line in lines) if m and m["body"].strip() == _plain(m)]
    required = [m["feature"] for m in (_REQUIRES.match(line.text) for line in lines) if m]
    return Kernel(
        file=file,
        wgsl="\n".join(line.text for line in lines) + "\n",
        entry=entry,
        bindings=tuple(bindings),
        overrides=MappingProxyType(overrides),
        constants=MappingProxyType(constants),
        workgroup_size=size,
        ports=MappingProxyType({m["port"]: m["stored"] or m["loaded"] for m in ports}),
        requires=required[0] if required else None,
        lines=lines,
    )


def _plain(port: re.Match[str]) -> str:
    """The body that a port has before anything is spliced into it."""
    return f"return {port['name']}[i];" if port["verb"] == "load" else f"{port['name']}[i] = value;"


def _binding(line: Line, code: str, index: int) -> Binding:
    found = BINDING.match(code)
    if found is None:
        raise KernelError(
            f"found {code!r}, expected `@group(0) @binding({index}) "
            f"var<storage, read|read_write> name: array<{_TYPE}>;`",
            line.file,
            line.number,
        )
    if int(found["index"]) != index:
        raise KernelError(
            f"binding {found['name']!r} has number {found['index']}, expected {index}",
            line.file,
            line.number,
            "Bindings are numbered from 0 in the order in which they stand",
        )
    return Binding(found["name"], found["access"], found["dtype"])


def _override(line: Line, code: str) -> tuple[str, int | float]:
    found = OVERRIDE.match(code)
    try:
        if found is None:
            raise ValueError
        value = found["value"]
        return found["name"], int(value.removesuffix("u")) if found["type"] == "u32" else float(value.removesuffix("f"))
    except ValueError:
        raise KernelError(
            f"found {code!r}, expected `override NAME: u32 = 1u;` (u32 or f32, with a default)", line.file, line.number
        ) from None


def _entry(file: str, lines: Iterable[Line]) -> tuple[str, tuple[int, int, int]]:
    """The one entry point: `@compute @workgroup_size(8, 8)`, then `fn name(` on the same or the next line."""
    code = [(bare(line.text), line) for line in lines]
    stages = [n for n, (text, _) in enumerate(code) if "@compute" in text]
    if len(stages) != 1:
        line = code[stages[1]][1] if stages else Line("", file, 1)
        raise KernelError(f"found {len(stages)} entry points, expected one `@compute`", line.file, line.number)
    text, line = code[stages[0]]
    stage = _STAGE.search(text)
    name = _ENTRY.search(text) or _ENTRY.match(code[stages[0] + 1][0] if stages[0] + 1 < len(code) else "")
    sizes = [size.strip().removesuffix("u") for size in stage["sizes"].split(",")] if stage else []
    if name is None or not 1 <= len(sizes) <= 3 or not all(size.isdecimal() for size in sizes):
        raise KernelError(
            f"found {text!r}, expected `@compute @workgroup_size(x, y)` in numbers, then `fn main(`",
            line.file,
            line.number,
        )
    x, y, z = (*map(int, sizes), 1, 1)[:3]
    return name["name"], (x, y, z)


@lru_cache(maxsize=1024)
def _checked(file: str, lines: tuple[Line, ...]) -> Kernel:
    """The kernel of a source file, whose ports must be as `shaders/README.md` says."""
    kernel = reflect(file, lines)
    declared = {binding.name: binding for binding in kernel.bindings}
    for line in lines:
        if line.text.startswith(("fn load_", "fn store_")):
            _check_port(line, declared)
    behind_ports = {port.partition("_")[2] for port in kernel.ports}
    for line in lines:
        code = bare(line.text)
        if line.file != file or PORT.match(line.text) or BINDING.match(code):
            continue
        for name in behind_ports.intersection(WORD.findall(code)):
            raise KernelError(
                f"touches {name!r} past its port", file, line.number, "Use load_NAME(i) and store_NAME(i, value)"
            )
    return kernel


def _check_port(line: Line, declared: Mapping[str, Binding]) -> None:
    port = PORT.match(line.text)
    if port is None or port["body"].strip() != _plain(port) or bool(port["stored"]) != (port["verb"] == "store"):
        raise KernelError(
            f"found {line.text.strip()!r}, expected `fn load_NAME(i: u32) -> T {{ return NAME[i]; }}` "
            "or `fn store_NAME(i: u32, value: T) { NAME[i] = value; }`",
            line.file,
            line.number,
        )
    name, dtype = port["name"], port["stored"] or port["loaded"]
    if name not in declared or declared[name].dtype != dtype:
        have = f"it is array<{declared[name].dtype}>" if name in declared else "there is none"
        raise KernelError(
            f"port {port['port']} wants a binding {name!r} of array<{dtype}>, {have}", line.file, line.number
        )
