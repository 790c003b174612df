"""The development server: the published site on 127.0.0.1, built again when a file changes.

In: the project and its output folder. Out: pages with a script that reloads them after a build and shows the message
of a build that failed; the page itself stays the last good one. Each build is a process of its own, so that changed
models and figures are imported afresh. It does not know how a site is built.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import mimetypes
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import ConfigError
from .inputs import SKIPPED

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

HOST = "127.0.0.1"
PORTS_TRIED = 20
HEARTBEAT = 15.0  # seconds between comments on an idle stream, by which a closed tab is noticed
TICK = 0.1  # seconds between looks at whether the server was asked to stop
EVENTS, SCRIPT = "/~events", "/~reload.js"
TAG = f'<script src="{SCRIPT}" type="module"></script>'.encode()
TYPES = {".woff2": "font/woff2", ".js": "text/javascript", ".webp": "image/webp", ".xml": "application/xml"}


class Board:
    """What the last build came to, for every open page."""

    def __init__(self, failure: str | None = None) -> None:
        self.failure = failure
        self.build = 0
        self.closed = False
        self.changed = asyncio.Condition()

    async def post(self, failure: str | None) -> None:
        """Announce a finished build: a message, or None when it went well."""
        async with self.changed:
            self.failure = failure
            if failure is None:
                self.build += 1
            self.changed.notify_all()

    async def close(self) -> None:
        """End every page's stream, for which a server that stops would wait in vain."""
        async with self.changed:
            self.closed = True
            self.changed.notify_all()

    def event(self) -> bytes:
        """The present state as a server-sent event."""
        if self.failure is not None:
            return f"event: failure\ndata: {json.dumps(self.failure)}\n\n".encode()
        return f"event: build\ndata: {self.build}\n\n".encode()

    async def events(self) -> AsyncIterator[bytes]:
        """The present state, then each new one, with a sign of life in between."""
        yield self.event()
        while True:
            async with self.changed:
                try:
                    await asyncio.wait_for(self.changed.wait(), HEARTBEAT)
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
            if self.closed:
                return
            yield self.event()


def application(site: Path, board: Board) -> Starlette:
    """The ASGI application: files of `site`, the reload script, the event stream. Answers to local host names only."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.responses import Response, StreamingResponse
    from starlette.routing import Route

    headers = {"Cache-Control": "no-store"}

    async def events(_: Request) -> Response:
        return StreamingResponse(board.events(), media_type="text/event-stream", headers=headers)

    async def script(_: Request) -> Response:
        return Response(Path(__file__).with_name("reload.js").read_bytes(), 200, headers, "text/javascript")

    async def page(request: Request) -> Response:
        path = locate(site, request.path_params["path"])
        status = 404 if path is None else 200
        path = path or site / "404.html"
        try:
            data = path.read_bytes()
        except OSError:
            data, status = b"<!doctype html><title>Nothing here</title><p>There is nothing here yet.", 404
            path = site / "404.html"
        kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if kind == "text/html":
            data = data.replace(b"</body>", TAG + b"</body>", 1) if b"</body>" in data else data + TAG
        return Response(data, status, headers, kind)

    routes = [Route(EVENTS, events), Route(SCRIPT, script), Route("/{path:path}", page)]
    guard = Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
    return Starlette(routes=routes, middleware=[guard])


def locate(site: Path, path: str) -> Path | None:
    """The published file for a request's path; None when there is none, or when it would lie outside the site."""
    if "\0" in path:
        return None
    place = (site / path.lstrip("/")).resolve()
    if place.is_dir():
        place = place / "index.html"
    return place if place.is_relative_to(site.resolve()) and place.is_file() else None


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
    board = Board(failure)
    say(f"Serving on http://{HOST}:{listener.getsockname()[1]}/ until Ctrl-C; pages reload when a file changes.")
    try:
        asyncio.run(_serve(project, site, board, listener, arguments, say))
    finally:
        listener.close()


async def _serve(
    project: Path, site: Path, board: Board, listener: socket.socket, arguments: list[str], say: Callable[[str], None]
) -> None:
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(application(site, board), log_level="warning", timeout_graceful_shutdown=5))
    tasks = [
        asyncio.create_task(_watch(project, board, arguments, say)),
        asyncio.create_task(_close_with(server, board)),
    ]
    try:
        await server.serve(sockets=[listener])
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _close_with(server: uvicorn.Server, board: Board) -> None:
    """uvicorn tells nobody that it was asked to stop, so it is looked at."""
    while not server.should_exit:
        await asyncio.sleep(TICK)
    await board.close()


async def _watch(project: Path, board: Board, arguments: list[str], say: Callable[[str], None]) -> None:
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
            await board.post(await rebuild(project, arguments))
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
    """Whether a change to this path of the project can change the site."""
    return not any(part.startswith(".") or part in SKIPPED for part in name.split("/"))


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
