"""Every model of the zoo through its kernels computes what PyTorch computes in double precision."""

from __future__ import annotations

from typing import Any

import pytest

from site_builder.plan import lower
from site_builder.run import wgpu_runner
from tests.zoo import ZOO
from tests.zoo.entry import Entry, walk, walk_twin

TOLERANCE = 1e-3


@pytest.mark.parametrize("entry", ZOO, ids=str)
def test_it_is_its_twin(device: Any, entry: Entry) -> None:
    apart = walk(entry, wgpu_runner(lower(entry.build(watched=True)))).apart(walk_twin(entry))
    assert max(apart.values()) <= TOLERANCE, apart
