"""Every worked example through its kernels finds what PyTorch finds in double precision."""

from __future__ import annotations

from typing import Any

import pytest

from site_builder.plan import lower
from site_builder.run import wgpu_runner
from tests.zoo.worked import apart, names

TOLERANCE = 1e-3


@pytest.mark.parametrize("name", names())
def test_it_is_its_twin(device: Any, name: str) -> None:
    found = apart(name, lambda model: wgpu_runner(lower(model)))
    assert max(found.values()) <= TOLERANCE, found
