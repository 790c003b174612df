"""Running jobs in processes of our own.

In: jobs, which are picklable and callable without arguments. Out: what they return, as it comes. It does not know what
the jobs do.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from site_builder.errors import BuildError
from site_builder.project.progress import Notify
from site_builder.project.saying import listen

if TYPE_CHECKING:
    from multiprocessing import SimpleQueue

Result = TypeVar("Result")


def run_all(
    jobs: Sequence[Callable[[], Result]],
    finished: Callable[[int, Result], None] = lambda index, result: None,
    notify: Notify = lambda message: None,
) -> None:
    """Run the jobs; `finished` gets each one's index and result as it comes, `notify` what they say meanwhile.

    When a job fails, those not yet begun are given up and those under way are finished and kept; then the error of the
    first failed one, in the jobs' order, is raised. Without jobs no process is started.
    """
    if not jobs:
        return
    errors: dict[int, Exception] = {}
    with processes(len(jobs), notify) as pool:
        futures: dict[Future[Result], int] = {pool.submit(job): index for index, job in enumerate(jobs)}
        for future in as_completed(futures):
            try:
                finished(futures[future], future.result())
            except CancelledError:
                continue
            except BrokenProcessPool as error:
                hint = "It may have run out of memory"
                raise BuildError("a process that computes figures was ended from outside", hint=hint) from error
            except Exception as error:
                errors[futures[future]] = error
                for other in futures:
                    other.cancel()
    if errors:
        raise errors[min(errors)]


@contextmanager
def processes(jobs: int, notify: Notify = lambda message: None) -> Iterator[Executor]:
    """Processes of our own for so many jobs, which end with the block. What they say goes to `notify`.

    They are spawned, not forked: a forked child may not use the parent's GPU device or threads.
    """
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    context = get_context("spawn")
    said: SimpleQueue[str | None] = context.SimpleQueue()
    listener = threading.Thread(target=_listen, args=(said, notify), daemon=True)
    listener.start()
    pool = ProcessPoolExecutor(min(jobs, os.cpu_count() or 1), context, _begin, (said,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        said.put(None)
        listener.join()


def _listen(said: SimpleQueue[str | None], notify: Notify) -> None:
    while (message := said.get()) is not None:
        notify(message)


def _begin(said: SimpleQueue[str | None]) -> None:
    """What a worker says goes to the parent. Ctrl-C reaches workers too: they leave at once and silently."""
    import signal

    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    listen(said.put)
