"""Every command that help and manuals name runs in a clean clone: as it is written, or a shorter one of its kind."""

from __future__ import annotations

import re
import signal
import urllib.request

import pytest

from site_builder import cli
from tests.chromium import find
from tests.clone.conftest import Clone
from tests.clone.documented import commands
from tests.missing import missing

CHECK, SITE, ENGINE = "scripts/check", "scripts/site --no-serve", "scripts/bench engine --rounds 1"
ROWS = f"{ENGINE} --only ours --only jax-js mlp-small && scripts/bench engine --tables > tables.md && cat tables.md"
# What they write is in the repository as they write it.
GENERATED = {
    "python -m tests.op_table": "shaders/README.md",
    "python -m tests.word_table": "demos/WORDS.md",
    "python -m tests.zoo.worked": "tests/zoo/worked/README.md",
}
AS_WRITTEN = (
    *(CHECK, SITE, "scripts/check style types", "scripts/test tests/pure -k links", *GENERATED),
    *(
        "build-site check --recompute",
        "build-site",
        "build-site check",
        "build-site doctor",
        'build-site new "A title"',
        'build-site new "Its title"',
    ),
    *("scripts/bench --once sizes", "python -m tests.tools typescript/bin/tsc --version"),
)
# What would take minutes or hours, is a server, or is what runs these tests: and what of its kind is run instead.
SHORTER = {
    "python -m tests.mutations": "python -m tests.mutations test_cache",
    "python -m tests.mutations test_cache": "python -m tests.mutations test_cache",
    "scripts/bench": "scripts/bench --once",
    "scripts/bench click": "scripts/bench --once",
    "scripts/bench click sizes": "scripts/bench --once",
    "scripts/bench engine": ROWS,
    "scripts/bench engine --tables": ROWS,
    "scripts/bench engine --tables > tables.md": ROWS,
    "scripts/bench engine --only processor": f'{ENGINE} --only "ours, Node" mlp-small',
    "scripts/bench engine --demos": f"{ENGINE} --demos backprop gallery-race",
    "scripts/bench engine matmul": ROWS,
    "scripts/bench engine matmul gpt-2": ROWS,
    "scripts/bench engine --rounds 1 mlp": ROWS,
    "scripts/bench engine --profile mlp": "scripts/bench engine --profile mlp-small",
    "scripts/bench engine --roof": "scripts/bench engine --roof --rounds 1 matmul-nn",
    "scripts/site": "scripts/site --drafts --port 8123",
    "scripts/test": "scripts/test tests/pure/graph/test_op_table.py",
    ".venv/bin/python -m pytest tests/pure -q": "scripts/test tests/pure/graph/test_op_table.py",
    ".venv/bin/python -m pytest tests/gpu -q -k softmax": "scripts/test tests/pure/graph/test_op_table.py",
    "pytest tests/pure/plan/test_kernels.py tests/gpu/test_kernels.py": "pytest tests/pure/plan/test_kernels.py",
}
RUN = {**{command: command for command in AS_WRITTEN}, **SHORTER}
SERVERS = ("scripts/site --drafts --port 8123", "build-site serve --port 8223")
# Beyond the exit code: what is said where all is well.
SAYS = {
    "build-site doctor": "kernels",
    "python -m tests.tools typescript/bin/tsc --version": r"Version \d",
    "scripts/test tests/pure -k links": r"\d\d passed",
    "python -m tests.mutations test_cache": "1/1 .*: seen",
    "scripts/bench --once": r"(?s)click to first.* agentic-browsing \| \d",
    "scripts/bench --once sizes": "plan digits, KB",
    ROWS: r"\| MLP .* \| \*\*[\d.]+\*\* \|",
    SHORTER["scripts/bench engine --only processor"]: r"\| ours, Node \| [\d.]+ ",
    SHORTER["scripts/bench engine --demos"]: r"\| backprop \| \d+ \| \d+ \|",
    SHORTER["scripts/bench engine --profile mlp"]: r"each alone.*\d",
    SHORTER["scripts/bench engine --roof"]: r"NN \| \d+%",
}


def test_every_documented_command_is_run() -> None:
    assert commands().keys() == RUN.keys()
    ours = {command.split()[1] for command in (*RUN, *SERVERS) if command.startswith("build-site ")}
    assert cli.commands.commands.keys() == ours | {"build"}  # which is the default


@pytest.mark.parametrize("command", [each for each in dict.fromkeys(RUN.values()) if each not in SERVERS])
def test_a_command_runs_in_a_clean_clone(clone: Clone, command: str) -> None:
    if command.startswith("scripts/bench") and find() is None:
        missing("Chromium")
    said = clone.run(command)
    assert re.search(SAYS.get(command, ""), said), said
    assert "failed" not in said
    if command in GENERATED:
        assert GENERATED[command] not in clone.changed()


@pytest.mark.parametrize("command", SERVERS)
def test_a_server_serves_until_it_is_interrupted(clone: Clone, command: str) -> None:
    with clone.started(command) as process:
        assert process.stdout is not None
        address = next(found[0] for line in process.stdout if (found := re.search(r"http://\S+", line)))
        with urllib.request.urlopen(address, timeout=30) as answer:
            assert b"<h1" in answer.read()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) in (0, 130)
