"""Node comes from its wheel, its packages from the lock, and neither names a download host."""

from __future__ import annotations

import errno
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from site_builder.bundle import node
from site_builder.errors import BuildError, ConfigError

PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def tools() -> node.NodePackages:
    return node.NodePackages(PROJECT / ".cache")


def test_script_reads_input_and_imports_pinned_packages(tools: node.NodePackages) -> None:
    script = """
        import temml from "temml";
        import { readFileSync } from "node:fs";
        process.stdout.write(temml.renderToString(readFileSync(0, "utf8")) + process.argv.slice(1).join());
    """
    out = tools.run(script, "x²".encode(), "a", "b").decode()
    assert "<math>" in out
    assert "<msup><mi>x</mi>" in out
    assert out.endswith("a,b")


def test_failing_script_is_one_sentence(tools: node.NodePackages) -> None:
    with pytest.raises(BuildError, match=r"a JavaScript tool failed: .*Error: no such luck"):
        tools.run("throw new Error('no such luck')")


def test_a_message_of_several_lines_is_quoted_and_not_the_code_that_threw_it(tools: node.NodePackages) -> None:
    with pytest.raises(BuildError, match=r"^a JavaScript tool failed: Error: The package is missing\.$"):
        tools.run("throw new Error(`\nThe package is missing`)")


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("Error: ENOSPC: no space left on device, write", errno.ENOSPC),
        ("Error: EDQUOT: disk quota exceeded, write", errno.EDQUOT),
        ("write chunk.js: no space left on device", errno.ENOSPC),
    ],
)
def test_a_full_disk_is_no_fault_of_a_script(tools: node.NodePackages, said: str, number: int) -> None:
    with pytest.raises(OSError, match=os.strerror(number)) as caught:
        tools.run(f"console.error({json.dumps(said)}); process.exit(1)")
    assert (caught.value.errno, caught.value.filename) == (number, str(tools.folder))


def test_lock_names_exact_versions_and_no_host() -> None:
    package = json.loads((node.HERE / "package.json").read_text())
    lock = json.loads((node.HERE / "package-lock.json").read_text())
    for name, version in package["dependencies"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} is not pinned"
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    for name, entry in lock["packages"].items():
        if name:
            assert entry.get("resolved", "https://registry.npmjs.org/").startswith("https://registry.npmjs.org/")
            assert entry["integrity"].startswith("sha512-")


def test_failed_install_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "npm.js"
    script.write_text("console.error('npm error network is unreachable'); process.exit(1)")
    monkeypatch.setattr(node, "npm", lambda: script)
    with pytest.raises(ConfigError, match=r"network is unreachable.*needs the network"):
        node.NodePackages(tmp_path).packages()
    assert [path.name for path in (tmp_path / "node").iterdir() if path.name != "lock"] == []


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [("ENOSPC", OSError, os.strerror(errno.ENOSPC)), ("EACCES", ConfigError, "could not install.*ERROR EACCES")],
)
def test_packages_that_npm_could_not_write_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, kind: type[Exception], said: str
) -> None:
    script = tmp_path / "npm.js"
    warning = f"npm warn tar TAR_ENTRY_ERROR {code}: so it is, write"  # all that npm says of it, and exits with 0
    script.write_text(f"require('node:fs').mkdirSync('node_modules'); console.error('{warning}')")
    monkeypatch.setattr(node, "npm", lambda: script)
    with pytest.raises(kind, match=said):
        node.NodePackages(tmp_path).packages()
    assert [path.name for path in (tmp_path / "node").iterdir() if path.name != "lock"] == []


def test_packages_are_installed_once_whoever_wants_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "npm.js"
    log = tmp_path / "log"
    script.write_text(
        "const fs = require('node:fs'); fs.mkdirSync('node_modules');"
        f"fs.appendFileSync({json.dumps(str(log))}, 'x');"
        "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);"
    )
    monkeypatch.setattr(node, "npm", lambda: script)
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: node.NodePackages(tmp_path).packages(), range(3)))
    assert found == [node.NodePackages(tmp_path).folder / "node_modules"] * 3
    assert found[0].is_dir()
    assert log.read_text() == "x"
