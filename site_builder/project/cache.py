"""A store of derived bytes, keyed by the hash of everything that they were derived from.

In: a kind (a folder name: "figure", "post") and a key made with `digest`. Out: the bytes that were put, or None.
An entry is never wrong, only present or absent: it appears by one rename, and carries its own checksum, so that a power
cut leaves a miss and not half a figure. It does not know what the bytes mean, nor what belongs into a key.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import tempfile
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)  # what writing to a full disk fails with
CHECKSUM = 32  # bytes of sha256 in front of every entry
STALE_PART = 3600.0  # seconds after which a half-written file belongs to no living process
UMASK = os.umask(0)  # reading it sets it
os.umask(UMASK)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.=,-]*")


def digest(*parts: bytes | str) -> str:
    """The sha256 of the parts in hex. Each part is preceded by its length, so ("ab", "c") and ("a", "bc") differ."""
    state = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "little"))
        state.update(data)
    return state.hexdigest()


def write_atomically(path: Path, data: bytes) -> None:
    """Write a whole file or none: a reader sees the old bytes or the new ones."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(part, 0o666 & ~UMASK)  # mkstemp makes files that only their owner can read
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(part)
        raise


class Cache:
    """Entries in `root/kind/k/key`, where k is the key's first two characters."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, kind: str, key: str) -> Path:
        """Where an entry lies, if it exists."""
        if not NAME.fullmatch(kind) or not NAME.fullmatch(key):
            raise ValueError(f"cache kind {kind!r} and key {key!r} must be plain names")
        return self.root / kind / key[:2] / key

    def get(self, kind: str, key: str) -> bytes | None:
        """The bytes put under this key, or None. Reading marks the entry as used."""
        path = self.path(kind, key)
        try:
            stored = path.read_bytes()
        except FileNotFoundError:
            return None
        data = stored[CHECKSUM:]
        if hashlib.sha256(data).digest() != stored[:CHECKSUM]:
            return None
        with contextlib.suppress(OSError):  # a read-only cache still serves
            os.utime(path)
        return data

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Store bytes under a key; concurrent writers of one key are fine, the last one wins."""
        write_atomically(self.path(kind, key), hashlib.sha256(data).digest() + data)

    def prune(self, limit: int) -> int:
        """Delete the entries unused for longest until at most `limit` bytes remain. Returns the bytes freed.

        Half-written files of processes that died go too, once they are an hour old.
        """
        entries: list[tuple[float, int, Path]] = []
        for path in self.root.glob("*/*/*"):
            with contextlib.suppress(FileNotFoundError):
                status = path.stat()
                entries.append((status.st_mtime, status.st_size, path))
        entries.sort(key=lambda entry: entry[:2])
        newest = entries[-1][0] if entries else 0.0
        total = sum(size for _, size, _ in entries)
        freed = 0
        for used, size, path in entries:
            unfinished = path.name.startswith(".part-")
            if unfinished and newest - used < STALE_PART:
                continue
            if unfinished or total - freed > limit:
                path.unlink(missing_ok=True)
                freed += size
        return freed
