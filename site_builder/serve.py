"""The development server: the published site on 127.0.0.1, built again when a file changes.

In: the project and its output folder. Out: pages with a script that reloads them after a build and shows the message
of a build that failed; the page itself stays the last good one. Each build is a process of its own, so that changed
models and figures are imported afresh. It does not know how a site is built.
"""

from __future__ import annotations

import asyncio
import contextlib
import mimetypes
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import anyio
import uvicorn
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from .errors import ConfigError
from .inputs import SKIPPED
from .project.paths import is_kept

HOST = "127.0.0.1"
PORTS_TRIED = 20
EVENTS, SCRIPT = "/~events", "/~reload.js"
TAG = f'<script src="{SCRIPT}" type="module"></script>'.encode()
NOTHING = b"<!doctype html><title>Nothing here</title><body><p>There is nothing here yet.</body>"
UNCACHED = {"Cache-Control": "no-store"}
TYPES = {
    ".woff2": "font/woff2",
    ".js": "text/javascript",
    ".webp": "image/webp",
    ".xml": "application/xml",
    ".wasm": "application/wasm",
}


class Builds:
    """What the last build came to, told to every open page."""

    def __init__(self, failure: str | None = None) -> None:
        self.failure = failure
        self.finished = self.successful = 0
        self.changed = anyio.Event()

    def finish(self, failure: str | None) -> None:
        """Announce the end of a build: a message, or None when it went well."""
        self.failure = failure
        self.finished += 1
        self.successful += failure is None
        self.changed.set()
        self.changed = anyio.Event()

    async def events(self, stopping: anyio.Event) -> AsyncIterator[ServerSentEvent]:
        """The present state, then each new one that the page has not been told, until the server stops."""
        told = -1
        while not stopping.is_set():
            if self.finished == told:
                await _first(self.changed, stopping)
                continue
            told = self.finished
            if self.failure is None:
                yield ServerSentEvent(self.successful, event="build")
            else:
                yield ServerSentEvent(self.failure, event="failure")


async def _first(*events: anyio.Event) -> None:
    """Wait until one of the events is set."""
    async with anyio.create_task_group() as group:

        async def wait(event: anyio.Event) -> None:
            await event.wait()
            group.cancel_scope.cancel()

        for event in events:
            group.start_soon(wait, event)


class PublishedFiles(StaticFiles):
    """The files of a site that may not be there yet; its pages with the reload script, and nothing to be cached."""

    def __init__(self, site: Path) -> None:
        super().__init__(directory=site, html=True, check_dir=False)

    async def check_config(self) -> None:
        """Before the first build there is no folder."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
            if isinstance(response, FileResponse) and response.media_type == "text/html":
                page = Path(response.path).read_bytes()
                response = HTMLResponse(_with_script(page), response.status_code)
        except (HTTPException, FileNotFoundError) as error:  # the latter: a build exchanged the site in between
            if isinstance(error, HTTPException) and error.status_code != 404:
                raise
            response = HTMLResponse(_with_script(NOTHING), 404)
        response.headers.update(UNCACHED)
        return response


def _with_script(page: bytes) -> bytes:
    return page.replace(b"</body>", TAG + b"</body>", 1) if b"</body>" in page else page + TAG


def application(site: Path, builds: Builds) -> Starlette:
    """The ASGI application: files of `site`, the reload script, the event stream. Answers to local host names only."""
    for suffix, kind in TYPES.items():  # not every system knows them
        mimetypes.add_type(kind, suffix)

    async def events(_: Request) -> Response:
        stopping = anyio.Event()
        return EventSourceResponse(builds.events(stopping), shutdown_event=stopping, shutdown_grace_period=1)

    async def script(_: Request) -> Response:
        return FileResponse(Path(__file__).with_name("reload.js"), headers=UNCACHED)

    routes = [Route(EVENTS, events), Route(SCRIPT, script), Mount("/", PublishedFiles(site))]
    guard = Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
    return Starlette(routes=routes, middleware=[guard])


def listen(port: int) -> socket.socket:
    """A listening socket on the port, or on the next free one. Raises ConfigError when all are taken."""
    for candidate in range(port, port + PORTS_TRIED):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, candidate))
            listener.listen()  # who comes before the server runs waits, and is not refused
            return listener
        except (OSError, OverflowError):
            listener.close()
    raise ConfigError(f"the ports {port} to {port + PORTS_TRIED - 1} are all taken", hint="Name another: --port 9000")


def serve(
    project: Path, site: Path, port: int, arguments: list[str], say: Callable[[str], None], failure: str | None
) -> None:
    """Serve until Ctrl-C. `failure` is what the first build came to; later ones are made when a file changes.

    `arguments` are those of the command line that builds.
    """
    listener = listen(port)
    builds = Builds(failure)
    say(f"Serving on http://{HOST}:{listener.getsockname()[1]}/ until Ctrl-C; pages reload when a file changes.")
    try:
        asyncio.run(_serve(project, site, builds, listener, arguments, say))
    finally:
        listener.close()


async def _serve(
    project: Path, site: Path, builds: Builds, listener: socket.socket, arguments: list[str], say: Callable[[str], None]
) -> None:
    server = uvicorn.Server(uvicorn.Config(application(site, builds), log_level="warning", timeout_graceful_shutdown=5))
    watcher = asyncio.create_task(_watch(project, builds, arguments, say))
    try:
        await server.serve(sockets=[listener])
    finally:
        watcher.cancel()
        await asyncio.gather(watcher, return_exceptions=True)


async def _watch(project: Path, builds: Builds, arguments: list[str], say: Callable[[str], None]) -> None:
    """Build again after every change; those that happen during a build are answered by one more."""
    folders = [path for path in sorted(project.iterdir()) if path.is_dir() and relevant(path.name)]
    changes: asyncio.Queue[str] = asyncio.Queue()
    tasks = [
        asyncio.create_task(_report(project, [project], False, changes)),  # site.toml and its like; not .venv and all
        asyncio.create_task(_report(project, folders, True, changes)),
    ]
    try:
        while True:
            names = {await changes.get()}
            while not changes.empty():
                names.add(changes.get_nowait())
            say(f"Changed: {', '.join(sorted(names)[:3])}{' and more' if len(names) > 3 else ''}.")
            builds.finish(await rebuild(project, arguments))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _report(project: Path, folders: list[Path], recursive: bool, changes: asyncio.Queue[str]) -> None:
    from watchfiles import awatch

    async for found in awatch(*folders, recursive=recursive, watch_filter=None):
        for _, path in found:
            name = Path(path).relative_to(project).as_posix()
            if relevant(name):
                changes.put_nowait(name)


def relevant(name: str) -> bool:
    """Whether a change to this path of the project can change the site.

    A kept result cannot, nor the folder that it lies in: it is what its experiment gives, or it is not used. Builds
    write both.
    """
    kept = is_kept(name) or is_kept(f"{name}/any")
    return not kept and not any(part.startswith(".") or part in SKIPPED for part in name.split("/"))


async def rebuild(project: Path, arguments: list[str]) -> str | None:
    """Build in a new process, its words on the console. Returns the message of a build that failed."""
    command = [sys.executable, "-m", "site_builder.cli", *arguments]
    process = await asyncio.create_subprocess_exec(*command, cwd=project, stderr=asyncio.subprocess.PIPE)
    try:
        _, said = await process.communicate()
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        await process.wait()
        raise
    text = said.decode(errors="replace")
    sys.stderr.write(text)
    return (text.strip() or "The build failed without a word.") if process.returncode else None
