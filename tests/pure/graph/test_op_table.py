"""Every op is a full row: shape rule, NumPy definition, derivative, lowering and case."""

from __future__ import annotations

import pytest

from site_builder.graph.derivatives import DERIVATIVES, NOT_DIFFERENTIABLE
from site_builder.graph.ops import OPS
from site_builder.plan.anchors import ANCHORS
from site_builder.plan.expressions import INDEXED
from site_builder.run.definitions import DEFINITIONS
from site_builder.selfcheck.cases import CASES, UPDATE
from tests.op_table import README, readme, table


@pytest.mark.parametrize("op", OPS)
def test_row_is_complete(op: str) -> None:
    assert op in DEFINITIONS or op == "read", "no NumPy definition: run/definitions/"
    assert (op in DERIVATIVES) != (op in NOT_DIFFERENTIABLE), (
        "one derivative, or a reason for none: graph/derivatives.py"
    )
    homes = [OPS[op].wgsl is not None, op in INDEXED, op in ANCHORS and op not in INDEXED, op == UPDATE]
    assert sum(homes) == 1, "one home of its WGSL: the row, plan/expressions.py or plan/anchors/"
    assert any(case.op == op for case in CASES) or op == UPDATE, "no case: selfcheck/cases/"


def test_no_table_has_a_row_of_its_own() -> None:
    for cells in (DEFINITIONS, DERIVATIVES, NOT_DIFFERENTIABLE, INDEXED, ANCHORS):
        assert set(cells) <= set(OPS)


def test_the_readme_has_every_row_and_no_empty_cell() -> None:
    assert README.read_text(encoding="utf-8") == readme(), "run `python -m tests.op_table`"
    assert [row for row in table().splitlines() if any(not cell.strip() for cell in row.strip("|").split(" | "))] == []
