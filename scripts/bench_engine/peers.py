"""The other engines: installed by npm into .cache/bench-peers/<hash of the lock>, bundled by esbuild.

In: package-lock.json beside this file, scripts in pages/. Out: files for a server in memory, by their paths.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from site_builder.bundle.node import NodePackages
from tests import tools

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WASM = "ort-wasm-simd-threaded.asyncify"  # what ONNX Runtime's WebGPU provider loads


@cache
def packages() -> Path:
    """The folder `node_modules`, installed when first asked for. Raises RuntimeError with npm's last words."""
    return tools.packages(HERE, "bench-peers")


def versions() -> dict[str, str]:
    """Package -> version, as locked."""
    dependencies: dict[str, str] = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    return dependencies


@cache
def bundle(page: str) -> dict[str, bytes]:
    """A script of pages/, minified, with what it imports: path -> bytes. The entry is `/PAGE.js`."""
    esbuild = NodePackages(ROOT / ".cache").packages() / "esbuild" / "bin" / "esbuild"
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *(str(esbuild), str(HERE / "pages" / f"{page}.js"), "--bundle", "--minify", "--splitting"),
            *("--format=esm", "--target=es2022", "--loader:.wgsl=text", "--log-level=error", f"--outdir={folder}"),
        ]
        environment = {**os.environ, "NODE_PATH": str(packages())}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"esbuild could not bundle {page}.js: {done.stderr.strip()[-800:]}")
        files = {f"/{file.name}": file.read_bytes() for file in Path(folder).iterdir()}
    if page == "onnx":
        distribution = packages() / "onnxruntime-web" / "dist"
        files |= {f"/ort/{WASM}{end}": (distribution / f"{WASM}{end}").read_bytes() for end in (".mjs", ".wasm")}
    return files
