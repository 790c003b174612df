"""Plans compiled to WebAssembly, and run by Node or by wasmtime, behind the words that every runner has.

In: a plan, as JSON. Out: a runner with `write`, `run` and `read`. One process of Node compiles all plans of a session.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import wasmtime

from site_builder.plan import Plan
from site_builder.plan.plan import Buffer
from site_builder.project.node import executable

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
            module = base64.b64decode(answer["module"])
            self._compiled[text] = Compiled(
                text, module, answer["addresses"], answer["scratch"], answer["pages"], answer["ms"]
            )
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
    """A plan's module, and how its memory is arranged."""

    text: str
    module: bytes
    addresses: list[int]
    scratch: int
    pages: int
    milliseconds: float


def contents(buffer: Buffer, array: Any) -> bytes:
    """What `array` is in a buffer."""
    dtype = np.uint32 if buffer.dtype == "u32" else np.float32
    return np.broadcast_to(np.asarray(array, dtype), buffer.shape).tobytes()


class Runner:
    """The plan's words over bytes of memory, which an engine reads and writes. Whatever no one may rely on is NaN."""

    adapter = "processor"

    def __init__(self, plan: Plan, node: Node) -> None:
        self.plan = plan
        self.compiled = node.compiled(plan.to_json())
        self._node = node
        self._open()
        memory = np.zeros(self.compiled.pages * 2**14, np.uint32)
        for buffer, address in zip(plan.buffers, self.compiled.addresses, strict=True):
            if buffer.role in ("scratch", "output", "parameter"):
                start = address // 4
                memory[start : start + int(np.prod(buffer.shape))] = POISON
        self._fill(memory.tobytes())
        for buffer in plan.buffers:
            if buffer.name and buffer.initial is not None:
                self.write(buffer.name, buffer.initial)

    def write(self, name: str, array: Any) -> None:
        """Set a variable."""
        self._write(name, contents(self.plan.buffer(name), array))

    def read(self, name: str) -> Array:
        """A copy of a variable's value."""
        buffer = self.plan.buffer(name)
        return np.frombuffer(self._read(name), np.uint32 if buffer.dtype == "u32" else np.float32).reshape(buffer.shape)

    def digest(self) -> str:
        """Of the bits of every named buffer."""
        named = (self._read(buffer.name) for buffer in self.plan.buffers if buffer.name)
        return hashlib.sha256(b"".join(named)).hexdigest()

    def run(self, program: str, times: int = 1) -> None:
        """Run a program."""
        raise NotImplementedError

    def _open(self) -> None:
        raise NotImplementedError

    def _fill(self, memory: bytes) -> None:
        raise NotImplementedError

    def _write(self, name: str, data: bytes) -> None:
        raise NotImplementedError

    def _read(self, name: str) -> bytes:
        raise NotImplementedError


class OnNode(Runner):
    """Runs in the process that compiled it."""

    def _open(self) -> None:
        self._id = self._node.new()
        module = base64.b64encode(self.compiled.module).decode()
        self._node.ask("open", id=self._id, plan=json.loads(self.compiled.text), module=module)

    def run(self, program: str, times: int = 1) -> None:
        self._node.ask("run", id=self._id, program=program, times=times)

    def _fill(self, memory: bytes) -> None:
        self._node.ask("fill", id=self._id, bytes=base64.b64encode(memory).decode())

    def _write(self, name: str, data: bytes) -> None:
        self._node.ask("write", id=self._id, name=name, bytes=base64.b64encode(data).decode())

    def _read(self, name: str) -> bytes:
        return base64.b64decode(self._node.ask("read", id=self._id, name=name)["bytes"])


ENGINE = wasmtime.Engine()


class OnWasmtime(Runner):
    """Runs in this process."""

    def _open(self) -> None:
        self._store = wasmtime.Store(ENGINE)
        self._memory = wasmtime.Memory(self._store, wasmtime.MemoryType(wasmtime.Limits(self.compiled.pages, None)))
        kind = wasmtime.GlobalType(wasmtime.ValType.i32(), False)
        scratch = wasmtime.Global(self._store, kind, wasmtime.Val.i32(self.compiled.scratch))
        module = wasmtime.Module(ENGINE, self.compiled.module)
        self._instance = wasmtime.Instance(self._store, module, [self._memory, scratch])

    def run(self, program: str, times: int = 1) -> None:
        function = self._instance.exports(self._store)[program]
        for _ in range(times):
            function(self._store)

    def _place(self, name: str) -> tuple[int, int]:
        index = next(n for n, buffer in enumerate(self.plan.buffers) if buffer.name == name)
        return self.compiled.addresses[index], 4 * int(np.prod(self.plan.buffers[index].shape))

    def _fill(self, memory: bytes) -> None:
        self._memory.write(self._store, memory, 0)

    def _write(self, name: str, data: bytes) -> None:
        self._memory.write(self._store, data, self._place(name)[0])

    def _read(self, name: str) -> bytes:
        start, length = self._place(name)
        return bytes(self._memory.read(self._store, start, start + length))
