"""Who runs a workload, where, and with what.

In: a workload, its plan, what is right. Out: for scripts of pages/ the files and settings of each; for what runs in
this process, jobs. Contenders of one table stand beside each other in it, the first few in every summary.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from site_builder.plan import Plan

from . import native, onnx, roof
from .workloads import SIZE, Array, Workload


@dataclass(frozen=True)
class Contender:
    """`page`: its script in pages/, perhaps with a query; none for what runs in this process."""

    name: str
    table: str
    place: str = "Python"
    page: str = ""


TABLES = {
    "webgpu": "WebGPU in browsers, Chromium on SwiftShader unless it says otherwise",
    "wgpu": "through wgpu",
    "processor": "on the processor",
}
CONTENDERS = {
    each.name: each
    for each in (
        Contender("ours", "webgpu", "Chromium", "ours"),
        Contender("jax-js", "webgpu", "Chromium", "jax"),
        Contender("borch", "webgpu", "Chromium", "borch"),
        Contender("TensorFlow.js", "webgpu", "Chromium", "tensorflow"),
        Contender("ONNX Runtime", "webgpu", "Chromium", "onnx"),
        Contender("bare kernel", "webgpu", "Chromium", "bare"),
        Contender("bare kernel, subgroups", "webgpu", "Chromium", "bare"),
        Contender("ours, Firefox on lavapipe", "webgpu", "Firefox", "ours"),
        Contender("ours, lavapipe", "wgpu"),
        Contender("bare kernel, lavapipe", "wgpu"),
        Contender("bare kernel, subgroups, lavapipe", "wgpu"),
        Contender("ours, Chromium", "processor", "Chromium", "processor"),
        Contender("ours, Firefox", "processor", "Firefox", "processor"),
        Contender("ours, Node", "processor", "Node", "processor"),
        Contender("ours, wasmtime", "processor"),
        Contender("jax-js, WebAssembly", "processor", "Chromium", "jax?wasm"),
        Contender("PyTorch, one thread", "processor"),
        Contender("PyTorch, two threads", "processor"),
    )
}


def of(workload: Workload) -> list[Contender]:
    """Those that can run it here."""
    return [each for each in CONTENDERS.values() if _can(each, workload)]


def wanted(names: list[str]) -> list[str]:
    """Names of contenders, from those of them and of tables; all when there are none. KeyError says what is neither."""
    for name in names:
        if name not in CONTENDERS and name not in TABLES:
            raise KeyError(name)
    return [each.name for each in CONTENDERS.values() if not names or {each.name, each.table} & {*names}]


def _can(contender: Contender, workload: Workload) -> bool:
    if contender.page == "onnx":
        return workload.kind == "matmul" or workload.name == "conv-forward"
    if "subgroups" in contender.name and contender.table == "wgpu" and not native.has_subgroups():
        return False
    return "bare" not in contender.name or workload.kind == "matmul"


def files(contender: Contender, workload: Workload, plan: Plan, right: dict[str, Array]) -> dict[str, bytes]:
    """What its page fetches besides the work."""
    if contender.page in ("ours", "processor"):
        return {"/plan.json": plan.to_json().encode()}
    return {"/model.onnx": onnx.model(workload, right)} if contender.page == "onnx" else {}


def settings(contender: Contender, workload: Workload) -> dict[str, object]:
    """What its page is told besides the work."""
    if contender.page != "bare":
        return {}
    return {"roof": [vars(kernel) for kernel in _bare(workload, contender.name, True)]}


def job(contender: Contender, workload: Workload, plan: Plan, right: dict[str, Array]) -> native.Job:
    """What runs in this process."""
    made: dict[str, Callable[[], native.Job]] = {
        "ours, lavapipe": partial(native.ours, workload, plan, right),
        "ours, wasmtime": partial(native.ours_on_processor, workload, plan, right),
        "PyTorch, one thread": partial(native.torch_cpu, workload, right, 1),
        "PyTorch, two threads": partial(native.torch_cpu, workload, right, 2),
    }
    if contender.name in made:
        return made[contender.name]()
    return native.bare(workload, _bare(workload, contender.name, False), right)


def _bare(workload: Workload, name: str, directive: bool) -> list[roof.Kernel]:
    return roof.candidates(workload.settings["form"], SIZE, "subgroups" in name, directive)
