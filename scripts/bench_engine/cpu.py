"""Processor time of what this process has started: what a step costs where others compute on the same machine, too.

In: nothing. Out: seconds. Reads /proc; where there is none, it gives nothing.
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


def seconds() -> float | None:
    """User and system time so far of this process's children, of theirs and so on; without its own."""
    stats = {int(each.name): fields for each in PROC.glob("[0-9]*") if (fields := _fields(each))}
    if not stats:
        return None
    family, size = {os.getpid()}, 0
    while size != len(family):
        size = len(family)
        family |= {pid for pid, fields in stats.items() if int(fields[PARENT]) in family}
    ticks = sum(int(stats[pid][USER]) + int(stats[pid][SYSTEM]) for pid in family - {os.getpid()} if pid in stats)
    return ticks / os.sysconf("SC_CLK_TCK")
