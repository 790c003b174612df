"""Every op is a full row: shape rule, NumPy definition, derivative, lowering and case."""

from __future__ import annotations

import inspect
from pkgutil import iter_modules
from types import ModuleType

import pytest

from site_builder import graph as g
from site_builder.graph import ops
from site_builder.graph.derivatives import DERIVATIVES, NOT_DIFFERENTIABLE
from site_builder.graph.ops import FAMILIES, OPS, WITH_KERNELS
from site_builder.plan import anchors, splits
from site_builder.plan.anchors import ANCHORS
from site_builder.plan.expressions import INDEXED
from site_builder.plan.scans import REPEATED
from site_builder.run import definitions
from site_builder.run.definitions import DEFINITIONS
from site_builder.selfcheck import cases
from site_builder.selfcheck.cases import CASES
from tests.op_table import README, readme, table


@pytest.mark.parametrize("op", OPS)
def test_row_is_complete(op: str) -> None:
    assert op in DEFINITIONS, "no NumPy definition: run/definitions/"
    assert (op in DERIVATIVES) != (op in NOT_DIFFERENTIABLE), (
        "one derivative, or a reason for none: graph/derivatives.py"
    )
    homes = [OPS[op].wgsl is not None, op in INDEXED, op in ANCHORS and op not in INDEXED, op in REPEATED]
    assert sum(homes) == 1, "one home of its WGSL: the row, plan/expressions.py, plan/anchors/ or plan/scans.py"
    assert any(case.op == op for case in CASES), "no case: selfcheck/cases/"


def test_no_table_has_a_row_of_its_own() -> None:
    for cells in (DEFINITIONS, DERIVATIVES, NOT_DIFFERENTIABLE, INDEXED, ANCHORS):
        assert set(cells) <= set(OPS)


def test_the_readme_has_every_row_and_no_empty_cell() -> None:
    assert README.read_text(encoding="utf-8") == readme(), "run `python -m tests.op_table`"
    assert [row for row in table().splitlines() if any(not cell.strip() for cell in row.strip("|").split(" | "))] == []


@pytest.mark.parametrize(
    ("package", "names"),
    [(ops, FAMILIES), (definitions, FAMILIES), (cases, FAMILIES), (anchors, WITH_KERNELS), (splits, WITH_KERNELS)],
)
def test_each_package_has_a_file_for_each_family_and_no_other(package: ModuleType, names: tuple[str, ...]) -> None:
    assert {module.name for module in iter_modules(package.__path__)} == {*names, "table"}


@pytest.mark.parametrize("op", [row.name for row in ops.elementwise.ROWS if hasattr(ops.elementwise, row.name)])
def test_the_word_of_a_plain_op_makes_that_op(op: str) -> None:
    word = getattr(g, op)
    x = [g.constant(0.5) for _ in inspect.signature(word).parameters]
    assert word(*x).op == op
    assert OPS[op].meaning == word.__doc__.partition(". ")[0].removesuffix(".")
