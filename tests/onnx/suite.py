"""The node tests of ONNX, a standard of others: for each op, inputs and the outputs that they must give.

In: the package `onnx`, which makes them. Out: those of one node, as plain arrays. It knows no word of ours.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class NodeTest:
    """One op with its attributes; an input or output that is left out is None."""

    name: str
    op: str
    attributes: Mapping[str, Any]
    inputs: tuple[Array | None, ...]
    outputs: tuple[Array | None, ...]

    def __str__(self) -> str:
        return self.name


@cache
def node_tests() -> tuple[NodeTest, ...]:
    """All of one op on arrays. What the suite says a second time, in other ops, or of lists and text, is not here."""
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # it makes what its ops must refuse, too
        cases = collect_testcases(None)
    found = (_of_one_node(case) for case in cases if case.data_sets and len(case.model.graph.node) == 1)
    return tuple(each for each in found if each is not None)


def _of_one_node(case: Any) -> NodeTest | None:
    from onnx import helper

    (node,), (inputs, outputs) = case.model.graph.node, case.data_sets[0]
    arrays = all(isinstance(each, np.ndarray | np.generic) for each in (*inputs, *outputs))
    if not arrays or node.domain not in ("", "ai.onnx") or case.name.endswith("_expanded"):
        return None
    attributes = {each.name: helper.get_attribute_value(each) for each in node.attribute}
    given, wanted = (iter(map(np.asarray, arrays)) for arrays in (inputs, outputs))
    return NodeTest(
        case.name.removeprefix("test_"),
        node.op_type,
        {name: value.decode() if isinstance(value, bytes) else value for name, value in attributes.items()},
        tuple(next(given) if name else None for name in node.input),
        tuple(next(wanted) if name else None for name in node.output),
    )
