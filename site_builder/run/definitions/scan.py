"""Repetition over time, as a loop in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from ...graph import Tensor
from ...graph.scans import ScanBody, depending, repetitions, result_of, within
from ..arrays import Array
from .table import Definition

Evaluate = Callable[[Tensor, Sequence[Array]], Array]


def evaluated(order: Iterable[Tensor], known: Mapping[int, Array], evaluate: Evaluate) -> dict[int, Array]:
    """Number -> value of each node of the order, inputs first; `known` holds those that are given."""
    order = list(order)
    values, repeated = dict(known), {node.number: results for results in repetitions(order) for node in results}
    for node in order:
        if node.number in values:
            continue
        given = [values[x.number] for x in node.inputs]
        if node.op == "scan":
            results = repeated[node.number]
            values.update(zip((n.number for n in results), results_of(results, given, evaluate), strict=True))
        else:
            values[node.number] = evaluate(node, given)
    return values


def results_of(results: Sequence[Tensor], given: Sequence[Array], evaluate: Evaluate) -> list[Array]:
    """The results of one repetition."""
    body: ScanBody = results[0].attributes["body"]
    first, of_all_times, captured = body.divided(given)
    carries = list(first)
    leaves, wanted = body.leaves, [result_of(node) for node in results]
    order = within((*body.next, *wanted), leaves)
    changing = depending(order, leaves, leaves.keys() - {x.number for x in body.captured})
    always = dict(zip((x.number for x in body.captured), captured, strict=True))
    always = evaluated((node for node in order if node.number not in changing), always, evaluate)
    rows: list[list[Array]] = [[] for _ in results]
    for time in body.times():
        known = always | {body.time.number: np.asarray(time, np.uint32)}
        known |= dict(zip((x.number for x in body.carries), carries, strict=True))
        known |= {x.number: each[time] for x, each in zip(body.elements, of_all_times, strict=True)}
        values = evaluated(order, known, evaluate)
        carries = [values[x.number] for x in body.next]
        for x, row in zip(wanted, rows, strict=True):
            row.append(values[x.number])
    return [
        carries[node.attributes["last"]] if "last" in node.attributes else np.stack(row[::-1] if body.reverse else row)
        for node, row in zip(results, rows, strict=True)
    ]


def _alone(y: Tensor, *given: Array) -> Array:
    from . import DEFINITIONS  # of which this is one

    return results_of([y], given, lambda node, inputs: np.asarray(DEFINITIONS[node.op](node, *inputs)))[0]


DEFINITIONS: dict[str, Definition] = {"scan": _alone, "time": lambda y: 0}
