"""Running jobs elsewhere: in local processes by default, or by any executor that is given.

In: jobs, which are picklable and callable without arguments. Out: what they return, in order. It does not know what the
jobs do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

from site_builder.errors import BuildError

Result = TypeVar("Result")


def run_all(
    jobs: Sequence[Callable[[], Result]],
    executor: Executor | None = None,
    finished: Callable[[int, Result], None] = lambda index, result: None,
) -> list[Result]:
    """The jobs' results. The first failing job's error (in the jobs' order) is raised and the others are given up.

    `finished` gets each job's index and result as soon as it may, so that what is done outlives a later failure.
    Without jobs no process is started.
    """
    if not jobs:
        return []
    with _executor(executor, len(jobs)) as chosen:
        futures: list[Future[Result]] = [chosen.submit(job) for job in jobs]
        results = []
        try:
            for index, future in enumerate(futures):
                results.append(future.result())
                finished(index, results[-1])
        except BrokenProcessPool as error:
            hint = "It may have run out of memory"
            raise BuildError("a process that computes figures was ended from outside", hint=hint) from error
        finally:
            for future in futures:
                future.cancel()
        return results


@contextmanager
def _executor(given: Executor | None, jobs: int) -> Iterator[Executor]:
    """The executor given, or processes of our own that end with the block.

    They are spawned, not forked: a forked child may not use the parent's GPU device or threads.
    """
    if given is not None:
        yield given
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(min(jobs, os.cpu_count() or 1), get_context("spawn"), _leave_on_interrupt)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_on_interrupt() -> None:
    """Ctrl-C reaches workers too: they leave at once and silently, the parent says what there is to say."""
    import signal

    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
