"""Processor time of a browser's processes: what a step costs where a software adapter computes and others compute too.

In: a word of the browser's command line. Out: seconds. Reads /proc; where there is none, it gives nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")
PARENT, USER, SYSTEM = 1, 11, 12  # of the fields after the name in /proc/PID/stat, see proc(5)


def _fields(process: Path) -> list[str]:
    """Empty where the process has just ended."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _command(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


def seconds(word: str) -> float | None:
    """User and system time so far of all processes that were started with `word`, and of what they started."""
    processes = {int(each.name): each for each in PROC.glob("[0-9]*")}
    if not processes:
        return None
    stats = {pid: fields for pid, each in processes.items() if (fields := _fields(each))}
    family = {pid for pid in stats if word.encode() in _command(processes[pid])}
    size = -1
    while size != len(family):
        size = len(family)
        family |= {pid for pid, fields in stats.items() if int(fields[PARENT]) in family}
    ticks = sum(int(stats[pid][USER]) + int(stats[pid][SYSTEM]) for pid in family)
    return ticks / os.sysconf("SC_CLK_TCK")
