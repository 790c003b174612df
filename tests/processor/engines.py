"""Plans compiled to WebAssembly, and run by Node or by wasmtime, behind the words that every runner has.

In: a plan, as JSON. Out: a runner with `write`, `run` and `read`. One process of Node compiles all plans of a session.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import math
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from site_builder.data import load_data
from site_builder.plan import Plan, PlanModule
from site_builder.project.node import executable
from site_builder.run.buffers import NamedBuffers, dtype_of
from site_builder.run.on_processor import ProcessorRunner

Array = np.ndarray[Any, Any]
SERVER = Path(__file__).with_name("serve.mjs")
POISON = 0x7FC00000  # NaN, which no buffer may hold when it is read


class Refusal(Exception):
    """What the compiler says of a text that it does not know."""


class Node:
    """A process of Node that compiles plans and runs modules, a line of JSON for each request."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [executable(), SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self._ids = itertools.count()
        self._compiled: dict[str, Compiled] = {}

    def ask(self, what: str, **more: Any) -> dict[str, Any]:
        """Raises Refusal where the compiler refuses, and AssertionError where anything else fails."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"ask": what, **more}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        if answer.get("kind") == "ShaderError":
            raise Refusal(answer["error"])
        assert "error" not in answer, answer["stack"]
        return answer

    def compiled(self, text: str) -> Compiled:
        """The module of a plan, compiled once."""
        if text not in self._compiled:
            answer = self.ask("compile", plan=json.loads(text))
            wasm = base64.b64decode(answer["module"])
            module = PlanModule(wasm, tuple(answer["addresses"]), answer["scratch"], answer["pages"], "")
            self._compiled[text] = Compiled(text, module, answer["ms"])
        return self._compiled[text]

    def new(self) -> int:
        """A number for an instance."""
        return next(self._ids)

    def forget(self) -> None:
        """Frees all instances and modules."""
        self._compiled.clear()
        self.ask("forget")

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate(timeout=10)


@dataclass(frozen=True)
class Compiled:
    """A plan's module, and how long that took."""

    text: str
    module: PlanModule
    milliseconds: float


def poison(plan: Plan, module: PlanModule, memory: Array) -> None:
    """Fill with NaN what no one may rely on; the gaps between an arena's members are 0."""
    for buffer, address in zip(plan.buffers, module.addresses, strict=True):
        size = math.prod(buffer.shape)
        inside = range(buffer.offset + 1, buffer.offset + 4 * size)
        arena = any(each.allocation == buffer.allocation and each.offset in inside for each in plan.buffers)
        if buffer.role in ("scratch", "output", "parameter") and not arena:
            memory[address // 4 : address // 4 + size] = POISON


class Runner(Protocol):
    """What tests ask of an engine. Whatever no one may rely on is NaN at first."""

    adapter: str
    plan: Plan

    def __init__(self, plan: Plan, node: Node) -> None: ...

    def write(self, name: str, array: Any) -> None: ...

    def run(self, program: str, times: int = 1) -> None: ...

    def read(self, name: str) -> Array: ...

    def digest(self) -> str: ...


def digest_of(runner: Runner) -> str:
    """Of the bits of every named buffer."""
    named = (runner.read(buffer.name).tobytes() for buffer in runner.plan.buffers if buffer.name)
    return hashlib.sha256(b"".join(named)).hexdigest()


class OnNode:
    """Runs in the process that compiled it."""

    adapter = "processor"

    def __init__(self, plan: Plan, node: Node) -> None:
        self.plan = plan
        self._node, self._id = node, node.new()
        compiled = node.compiled(plan.to_json())
        module = base64.b64encode(compiled.module.wasm).decode()
        node.ask("open", id=self._id, plan=json.loads(compiled.text), module=module)
        memory = np.zeros(compiled.module.pages * 2**14, np.uint32)
        poison(plan, compiled.module, memory)
        node.ask("fill", id=self._id, bytes=base64.b64encode(memory.tobytes()).decode())
        self._named = NamedBuffers(plan)
        for name, value in self._named.initial(load_data).items():
            self.write(name, value)

    def write(self, name: str, array: Any) -> None:
        data = base64.b64encode(self._named.written(name, array).tobytes()).decode()
        self._node.ask("write", id=self._id, name=name, bytes=data)

    def read(self, name: str) -> Array:
        buffer = self._named.get(name)
        found = base64.b64decode(self._node.ask("read", id=self._id, name=name)["bytes"])
        return np.frombuffer(found, dtype_of(buffer)).reshape(buffer.shape)

    def run(self, program: str, times: int = 1) -> None:
        self._node.ask("run", id=self._id, program=program, times=times)

    def digest(self) -> str:
        return digest_of(self)


class OnWasmtime(ProcessorRunner):
    """The build's runner, with the module that Node gave and poisoned buffers."""

    def __init__(self, plan: Plan, node: Node) -> None:
        module = node.compiled(plan.to_json()).module
        super().__init__(plan, module, load_data)
        poison(plan, module, self._bytes.view(np.uint32))
        for name, value in self._named.initial(load_data).items():
            self.write(name, value)

    def digest(self) -> str:
        return digest_of(self)
