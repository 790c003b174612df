"""A folder on 127.0.0.1, as a web host would serve it: types, gzip, the page for wrong addresses.

In: a built site. Out: a URL while the block lasts. Browsers count 127.0.0.1 as secure, so that WebGPU is there.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".xml": "application/xml",
    ".txt": "text/plain",
    ".png": "image/png",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
}
PACKED = (".html", ".js", ".css", ".json", ".svg", ".xml", ".txt", ".bin", ".wasm")


@cache
def packed(file: Path) -> bytes:
    """What a host sends to browsers that take gzip. The same every time."""
    return gzip.compress(file.read_bytes(), 9, mtime=0)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The site's origin, without a slash at its end."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # as hosts do: else what follows the head waits 40 ms for the browser's word

        def do_GET(self) -> None:
            path = folder / self.path.partition("?")[0].lstrip("/")
            file = path / "index.html" if path.is_dir() else path
            status = 200 if file.is_file() else 404
            file = file if status == 200 else folder / "404.html"
            pack = file.suffix in PACKED and "gzip" in self.headers.get("Accept-Encoding", "")
            data = packed(file) if pack else file.read_bytes()
            self.send_response(status)
            self.send_header("Content-Type", TYPES.get(file.suffix, "application/octet-stream"))
            self.send_header("Content-Length", str(len(data)))
            lasting = file.parent.name == "assets"  # their names contain the hash of what they hold
            self.send_header("Cache-Control", "public, max-age=31536000, immutable" if lasting else "no-cache")
            if pack:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with listening(Handler) as url:
        yield url


@contextmanager
def listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A server on 127.0.0.1 that answers by `handler`; gives its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
