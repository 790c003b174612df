"""A plan as a WebAssembly module, which the processor runs: plain data, like the plan.

It does not know who compiled it or who runs it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlanModule:
    """`wasm` imports a memory of at least `pages` times 64 KiB, and exports a function for each program.

    `addresses` says where in it each of the plan's buffers begins, in bytes, `scratch` from where on it is a thread's
    own. `trial`: JSON of what each kernel of the plan gives for known input, by which a device is checked.
    """

    wasm: bytes
    addresses: tuple[int, ...]
    scratch: int
    pages: int
    trial: str
