"""Programs of many steps, each of which reads the step before at several places: right on wgpu, as in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.gpu.test_programs import both
from tests.steps import EVERY, Steps


@pytest.mark.parametrize("steps", EVERY, ids=lambda steps: f"{steps.name}-{steps.shape[0]}")
def test_many_steps_give_what_numpy_gives(device: Any, steps: Steps) -> None:
    x = steps.example()
    for runner in both(steps.model()):
        runner.run("init")
        runner.write("x", x)
        runner.run("step")
        np.testing.assert_allclose(runner.read("y"), steps.computed(x.astype(np.float32)), rtol=1e-4, atol=1e-5)
