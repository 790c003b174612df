"""What executes: the NumPy runner runs a model's graph and defines what is right; the wgpu runner runs its plan.

Both have the browser runtime's three words: `write(name, array)`, `run(program, times)`, `read(name)`.
"""

from .numpy_runner import NumPyRunner


def numpy_runner(model, dtype="float64"):  # type: ignore[no-untyped-def]
    return NumPyRunner(model, dtype)
