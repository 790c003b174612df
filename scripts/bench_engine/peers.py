"""The other engines: installed by npm and pip into .cache, each by the hash of its lock, and bundled by esbuild.

In: package-lock.json and requirements.lock beside this file, scripts in pages/. Out: files for a server in memory, by
their paths.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from site_builder.bundle.node import NodePackages
from tests import tools

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WHEELS = HERE / "requirements.lock"
WORKER = ROOT / "demos" / "runtime" / "processor" / "worker.js"  # which the backend finds beside its own script
WASM = "ort-wasm-simd-threaded.asyncify"  # what ONNX Runtime's WebGPU provider loads


@cache
def packages() -> Path:
    """The folder `node_modules`, installed when first asked for. Raises RuntimeError with npm's last words."""
    return tools.packages(HERE, "bench-peers")


@cache
def wheels() -> Path:
    """The folder of the Python packages, installed when first asked for. Raises RuntimeError with pip's last words."""
    folder = ROOT / ".cache" / "bench-wheels" / hashlib.sha256(WHEELS.read_bytes()).hexdigest()[:16]
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as inside:
            part = Path(inside, "packages")
            command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(part)]
            done = subprocess.run([*command, "-r", str(WHEELS)], capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(f"pip could not install {WHEELS.name}: {done.stderr.strip()[-800:]}")
            part.rename(folder)
    return folder


def versions() -> dict[str, str]:
    """Package -> version, as locked."""
    dependencies: dict[str, str] = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    return dependencies | dict(re.findall(r"^(\w+)==(\S+)", WHEELS.read_text(encoding="utf-8"), re.MULTILINE))


@cache
def bundle(page: str) -> dict[str, bytes]:
    """A script of pages/, minified, with what it imports: path -> bytes. The entry is `/PAGE.js`."""
    esbuild = NodePackages(ROOT / ".cache").packages() / "esbuild" / "bin" / "esbuild"
    with tempfile.TemporaryDirectory() as folder:
        scripts = [HERE / "pages" / f"{page}.js", *([WORKER] if page == "backend" else [])]
        command = [
            *(str(esbuild), *map(str, scripts), "--bundle", "--minify", "--splitting", "--format=esm"),
            *("--target=es2022", "--loader:.wgsl=text", "--log-level=error", f"--outdir={folder}"),
            "--entry-names=[name]",
        ]
        if page == "borch":
            command.append(f"--alias:borch={wheels() / 'borch_webgpu' / '_borch.js'}")
        environment = {**os.environ, "NODE_PATH": str(packages())}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"esbuild could not bundle {page}.js: {done.stderr.strip()[-800:]}")
        files = {f"/{file.name}": file.read_bytes() for file in Path(folder).iterdir()}
    if page == "onnx":
        distribution = packages() / "onnxruntime-web" / "dist"
        files |= {f"/ort/{WASM}{end}": (distribution / f"{WASM}{end}").read_bytes() for end in (".mjs", ".wasm")}
    return files
