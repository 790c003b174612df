"""The roof: the fastest kernels that we could write by hand for one product of square matrices, and nothing else.

They know their sizes, have no edges and fuse nothing. What bounds them is not arithmetic but loads: on a software
adapter each costs some fifteen to thirty multiply-adds, wherever it reads from. So a block of R rows and C columns is
held in registers, which takes R + C loads for R C multiply-adds; and where the adapter has subgroups, the four lanes of
a quad share R rows, of which each lane loads a quarter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

GROUP = 8  # invocations of a workgroup


@dataclass(frozen=True)
class Kernel:
    """A text, its grid, and whether it needs subgroups."""

    name: str
    wgsl: str
    workgroups: tuple[int, int, int]
    subgroups: bool


def candidates(form: str, size: int, subgroups: bool, directive: bool) -> list[Kernel]:
    """Those that are tried; `directive`: whether the compiler wants subgroups to be enabled in the text."""
    shapes = [(8, 8), (16, 8)] if subgroups else [(8, 8), (8, 16), (16, 8), (16, 16)]
    return [_kernel(form, size, rows, columns, subgroups, directive) for rows, columns in shapes]


def _kernel(form: str, size: int, rows: int, columns: int, shared: bool, directive: bool) -> Kernel:
    quarter, across = size // 4, size // columns
    accumulators = [(r, c) for r in range(rows) for c in range(columns // 4)]
    lines = [
        "enable subgroups;" if shared and directive else "",
        "@group(0) @binding(0) var<storage, read> a: array<vec4<f32>>;",
        "@group(0) @binding(1) var<storage, read> b: array<vec4<f32>>;",
        "@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;",
        f"@compute @workgroup_size({GROUP})",
        "fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {",
        f"let row = group.y * {rows}u; let column = (group.x * {GROUP}u + local) * {columns // 4}u;",
        "let lane = local & 3u;",
        *(f"var s{r}_{c} = vec4<f32>();" for r, c in accumulators),
        f"for (var k = 0u; k < {quarter}u; k++) {{",
        *(_shared_rows(form, quarter, rows) if shared else _rows(form, quarter, rows)),
        *_columns(form, quarter, columns // 4),
        *(
            f"s{r}_{c} += " + " + ".join(f"{_element(form, r, j)} * b{j}_{c}" for j in range(4)) + ";"
            for r, c in accumulators
        ),
        "}",
        *(f"y[(row + {r}u) * {quarter}u + column + {c}u] = s{r}_{c};" for r, c in accumulators),
        "}",
    ]
    name = f"{rows}×{columns}{', subgroups' if shared else ''}"
    return Kernel(name, "\n".join(lines), (math.ceil(across / GROUP), size // rows, 1), shared)


def _element(form: str, row: int, j: int) -> str:
    """a[row, k + j] among what was loaded."""
    return f"a{j}_{row // 4}.{'xyzw'[row % 4]}" if form[0] == "t" else f"a{row}.{'xyzw'[j]}"


def _rows(form: str, quarter: int, rows: int) -> list[str]:
    """Every lane loads the whole block of a: rows by 4."""
    if form[0] == "t":
        return [
            f"let a{j}_{i} = a[(4u * k + {j}u) * {quarter}u + row / 4u + {i}u];"
            for j in range(4)
            for i in range(rows // 4)
        ]
    return [f"let a{r} = a[(row + {r}u) * {quarter}u + k];" for r in range(rows)]


def _shared_rows(form: str, quarter: int, rows: int) -> list[str]:
    """Every lane of a quad loads a quarter of it and gets the rest from its neighbours."""
    if form[0] == "t":
        lines = [f"let p{i} = a[(4u * k + lane) * {quarter}u + row / 4u + {i}u];" for i in range(rows // 4)]
        return lines + [f"let a{j}_{i} = quadBroadcast(p{i}, {j}u);" for j in range(4) for i in range(rows // 4)]
    lines = [f"let p{i} = a[(row + {4 * i}u + lane) * {quarter}u + k];" for i in range(rows // 4)]
    return lines + [f"let a{r} = quadBroadcast(p{r // 4}, {r % 4}u);" for r in range(rows)]


def _columns(form: str, quarter: int, columns: int) -> list[str]:
    """The block of b: 4 by columns; transposed in registers where b is."""
    if form[1] == "n":
        return [
            f"let b{j}_{c} = b[(4u * k + {j}u) * {quarter}u + column + {c}u];" for j in range(4) for c in range(columns)
        ]
    lines = [
        f"let t{c}_{n} = b[((column + {c}u) * 4u + {n}u) * {quarter}u + k];" for c in range(columns) for n in range(4)
    ]
    return lines + [
        f"let b{j}_{c} = vec4<f32>(" + ", ".join(f"t{c}_{n}.{'xyzw'[j]}" for n in range(4)) + ");"
        for j in range(4)
        for c in range(columns)
    ]
