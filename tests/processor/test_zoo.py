"""Every model of the zoo, compiled to WebAssembly, computes what PyTorch computes in double precision; twice alike."""

from __future__ import annotations

import pytest

from site_builder.plan import lower
from site_builder.run import numpy_runner
from tests.chance import assert_alike, chances
from tests.processor.engines import Node, OnNode, OnWasmtime
from tests.zoo import ZOO
from tests.zoo.entry import Entry, walk, walk_twin

TOLERANCE = 1e-3  # as on wgpu


@pytest.mark.parametrize("entry", ZOO, ids=str)
def test_it_is_its_twin(node: Node, entry: Entry) -> None:
    plan = lower(entry.build(watched=True))
    runners = OnNode(plan, node), OnWasmtime(plan, node)
    walks = [walk(entry, runner) for runner in runners]
    apart = walks[0].apart(walk_twin(entry))
    assert max(apart.values()) <= TOLERANCE, apart
    assert runners[0].digest() == runners[1].digest(), "after 20 steps, every named buffer"


def test_orders_and_choices_are_those_of_numpy(node: Node) -> None:
    model = chances()
    for engine in (OnNode, OnWasmtime):
        assert_alike(engine(lower(model), node), numpy_runner(model))
