"""Who runs a workload: in browsers ours, its peers and the bare kernels; through wgpu ours and the bare kernels.

In: a workload, its plan, what is right. Out: for browsers each one's page, files and settings; through wgpu jobs.
"""

from __future__ import annotations

from site_builder.plan import Plan

from . import native, onnx, roof
from .workloads import SIZE, Array, Workload

PAGES = {
    "ours": "ours",
    "jax-js": "jax",
    "jax-js, WebAssembly": "jax?wasm",
    "borch": "borch",
    "TensorFlow.js": "tensorflow",
    "ONNX Runtime": "onnx",
    "bare kernel": "bare",
    "bare kernel, subgroups": "bare",
}
Engines = dict[str, tuple[dict[str, bytes], dict[str, object]]]


def engines(workload: Workload, right: dict[str, Array], plan: Plan) -> Engines:
    """What runs this workload in a browser: the files and settings of each."""
    found: Engines = {"ours": ({"/plan.json": plan.to_json().encode()}, {})}
    for name in ("jax-js", "borch", "TensorFlow.js", "jax-js, WebAssembly"):
        found[name] = {}, {}
    if workload.kind == "matmul" or workload.name == "conv-forward":
        found["ONNX Runtime"] = {"/model.onnx": onnx.model(workload, right)}, {}
    return found | {name: ({}, {"roof": [vars(k) for k in _bare(workload, name, True)]}) for name in bare(workload)}


def jobs(workload: Workload, plan: Plan, right: dict[str, Array]) -> dict[str, native.Job]:
    """What runs it through wgpu, in one process."""
    found = {"ours": native.ours(workload, plan, right)}
    for name in bare(workload):
        if "subgroups" not in name or native.has_subgroups():
            found[name] = native.bare(workload, _bare(workload, name, False), right)
    return found


def bare(workload: Workload) -> tuple[str, ...]:
    """The names of the bare kernels, which compute products alone."""
    return ("bare kernel", "bare kernel, subgroups") if workload.kind == "matmul" else ()


def _bare(workload: Workload, name: str, directive: bool) -> list[roof.Kernel]:
    return roof.candidates(workload.settings["form"], SIZE, "subgroups" in name, directive)
