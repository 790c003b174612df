"""The output folder appears whole or not at all.

In: the site's files by their path. Out: the folder, exchanged for the old one in one step after everything has been
written beside it. A kill, an error or a full disk before that step leaves the old site untouched; what a killed build
left behind is removed by the next one. It does not know what the files are.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout

from .errors import PublishError

AT_FDCWD = -100  # Linux: paths are relative to the working folder
RENAME_EXCHANGE = 2  # Linux renameat2 and macOS renamex_np agree on the number
UNSUPPORTED = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)


def publish(files: Mapping[str, bytes], target: Path) -> None:
    """Replace the folder `target` by one holding exactly `files` (POSIX paths relative to it).

    Call under `sole_build`, or two builds would clean up each other's work. Raises PublishError when the disk is full
    or a path cannot be written; the old folder is then as it was.
    """
    target = target.resolve()
    recover(target)
    staging = target.with_name(f".{target.name}.part-{os.getpid()}")
    try:
        _write(files, staging)
        if not target.exists():
            staging.rename(target)
        elif target.is_dir():
            _exchange(staging, target)
        else:
            raise PublishError("this is a file, but the site's folder must go here", target, hint="Move it away")
    except OSError as error:
        raise PublishError(
            f"the site could not be written ({error.strerror}); the published one is as it was",
            error.filename or target,
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)  # after an exchange this is the old site


def recover(target: Path) -> None:
    """Put right what a killed build left beside `target`: half-written folders, or an old site moved aside."""
    old = _old_folder(target)
    if old.exists() and not target.exists():
        old.rename(target)
    for leftover in (old, *target.parent.glob(f".{target.name}.part-*")):
        shutil.rmtree(leftover, ignore_errors=True)


@contextlib.contextmanager
def sole_build(folder: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock in `folder`: one build of a project at a time. Calls `waiting` once before it has to wait."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        waiting()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    folder.mkdir()
    made = {folder}
    for name in sorted(files):
        path = PurePosixPath(name)
        if path.is_absolute() or not path.parts or ".." in path.parts or "\\" in name:
            raise PublishError(f'the page or asset "{name}" would lie outside the site')
        place = folder.joinpath(*path.parts)
        if place.parent not in made:
            place.parent.mkdir(parents=True, exist_ok=True)
            made.add(place.parent)
        place.write_bytes(files[name])


def _old_folder(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def _exchange(staging: Path, target: Path) -> None:
    """Swap two folders in one step where the system can; elsewhere in two, the first undone if the second fails."""
    if _exchange_natively(staging, target):
        return
    old = _old_folder(target)
    target.rename(old)
    try:
        staging.rename(target)
    except BaseException:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _exchange_natively(one: Path, other: Path) -> bool:
    """Call renameat2 (Linux) or renamex_np (macOS). False where the system or the file system lacks it."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    name = {"linux": "renameat2", "darwin": "renamex_np"}.get(sys.platform)
    call = getattr(libc, name, None) if name else None
    if call is None:
        return False
    paths = os.fsencode(one), os.fsencode(other)
    if sys.platform == "linux":
        status = call(AT_FDCWD, paths[0], AT_FDCWD, paths[1], RENAME_EXCHANGE)
    else:
        status = call(*paths, RENAME_EXCHANGE)
    if status == 0:
        return True
    code = ctypes.get_errno()
    if code in UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(other))
