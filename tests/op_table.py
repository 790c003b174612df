"""The table of ops in shaders/README.md, generated from the rooms in which the cells of each row stand.

`python -m tests.op_table` writes it anew; a test holds the file to it.
"""

from __future__ import annotations

import inspect
from pathlib import Path

from site_builder.graph import Tensor
from site_builder.graph.derivatives import DERIVATIVES, NOT_DIFFERENTIABLE
from site_builder.graph.ops import OPS
from site_builder.graph.program import topological
from site_builder.plan.anchors import ANCHORS
from site_builder.plan.expressions import WORDS
from site_builder.run.definitions import DEFINITIONS
from site_builder.selfcheck.cases import CASES, model_of

README = Path(__file__).resolve().parents[1] / "shaders" / "README.md"
START, END = "<!-- ops -->\n", "<!-- end of ops -->\n"
HEAD = "| op | what it gives | NumPy | derivative | WGSL | cases |\n|---|---|---|---|---|---|\n"
SPLICED = {  # what the expression emitter writes itself
    "constant": "a literal",
    "read": "`in0[i]`",
    "iota": "`i`",
    "cast": "`f32({0})`, `u32(max({0}, 0.0))`, with i32 `float_of({0})` and others",
    "scale": "`{0} * {1}`, the factor's index being the last coordinate",
    "pad": "`select(0.0, {0}, inside)`",
    "concatenate": "`select({0}, {1}, further)`",
    "scan": "the kernels of its body, dispatched once for each time",
    "update_at": "`out0[place] = {2}` where a state is updated, else `select({0}, {2}, replaced)`",
}


def table() -> str:
    """The rows, a family after the other."""
    nodes = _nodes()
    rows = [
        f"| `{row.name}` | {row.meaning} | {_numpy(row.name)} | {_derivative(row.name)} "
        f"| {_wgsl(row.name, nodes.get(row.name, []))} | {_cases(row.name)} |\n"
        for row in OPS.values()
    ]
    return HEAD + "".join(rows).replace("|x|", "abs(x)")


def readme() -> str:
    """shaders/README.md with the table as it should be."""
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return before + START + table() + END + after


def _nodes() -> dict[str, list[Tensor]]:
    """Every node of each op in the cases."""
    found: dict[str, list[Tensor]] = {}
    for case in CASES:
        for node in topological(a.value for a in model_of(case).programs["run"].assignments):
            found.setdefault(node.op, []).append(node)
    return found


def _numpy(op: str) -> str:
    return f"`definitions/{Path(inspect.getfile(DEFINITIONS[op])).name}`"


def _derivative(op: str) -> str:
    return "yes" if op in DERIVATIVES else f"none: {NOT_DIFFERENTIABLE[op]}"


def _wgsl(op: str, nodes: list[Tensor]) -> str:
    row = OPS[op]
    if row.wgsl is not None:
        others = [f"of {dtype} `{_written(wgsl)}`" for dtype, (wgsl, _) in row.others.items()]
        return ", ".join([f"`{_written(row.wgsl)}`", *others])
    if op not in ANCHORS:
        return SPLICED.get(op, "arithmetic on `i`")
    files = {file for node in nodes for file in (ANCHORS[op].file(node), *ANCHORS[op].variants(node))}
    return ", ".join(f"`{file.removeprefix('shaders/')}`" for file in sorted(files))


def _written(template: str) -> str:
    for word, text in WORDS[1].items():
        template = template.replace(f"{{{word}}}", text)
    return template


def _cases(op: str) -> str:
    return str(sum(case.op == op for case in CASES))


if __name__ == "__main__":
    README.write_text(readme(), encoding="utf-8")
