"""Every model of the zoo in NumPy, in double precision, computes what PyTorch computes."""

from __future__ import annotations

import pytest

from site_builder.run import numpy_runner
from tests.zoo import ZOO
from tests.zoo.entry import Entry, walk, walk_twin

TOLERANCE = 1e-6


@pytest.mark.parametrize("entry", ZOO, ids=str)
def test_it_is_its_twin_in_double_precision(entry: Entry) -> None:
    apart = walk(entry, numpy_runner(entry.build(watched=True))).apart(walk_twin(entry))
    assert max(apart.values()) <= TOLERANCE, apart
