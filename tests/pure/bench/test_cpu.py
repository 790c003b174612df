"""Processor time of what was started."""

from __future__ import annotations

import subprocess
import sys

from scripts.bench_engine import cpu

BUSY = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ninput()"


def test_children_count_and_this_process_does_not() -> None:
    before = cpu.seconds()
    assert before is not None
    with subprocess.Popen([sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        spent = cpu.seconds() - before  # type: ignore[operator]  # there is /proc, or the first would be none
        assert child.stdin is not None
        child.stdin.write(b"\n")
    assert 0.25 <= spent <= 1.0
