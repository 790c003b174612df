"""The development server: files, the reload script, events, and nothing outside the site."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from site_builder import serve
from site_builder.errors import ConfigError
from site_builder.serve import Board, application, listen, locate, relevant


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "_site"
    (folder / "perceptron").mkdir(parents=True)
    (folder / "index.html").write_text("<html><body>home</body></html>")
    (folder / "perceptron" / "index.html").write_text("<html><body>post</body></html>")
    (folder / "404.html").write_text("<html><body>gone</body></html>")
    (folder / "prose.woff2").write_bytes(b"font")
    (tmp_path / "secret").write_text("secret")
    return folder


def get(site: Path, path: str, host: str = "127.0.0.1") -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "scheme": "http",
        "headers": [(b"host", host.encode())], "client": ("127.0.0.1", 1), "server": (host, 80), "http_version": "1.1",
    }  # fmt: skip
    asyncio.run(application(site, Board())(scope, receive, send))
    headers = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize(("path", "text"), [("/", b"home"), ("/perceptron/", b"post"), ("/perceptron", b"post")])
def test_pages_carry_the_reload_script(site: Path, path: str, text: bytes) -> None:
    status, headers, body = get(site, path)
    assert status == 200
    assert headers["content-type"].startswith("text/html")
    assert text + b'<script src="/~reload.js" type="module"></script></body>' in body


def test_other_files_are_as_published(site: Path) -> None:
    assert get(site, "/prose.woff2")[1]["content-type"] == "font/woff2"
    assert get(site, "/prose.woff2")[2] == b"font"


def test_unknown_page_is_the_sites_own(site: Path) -> None:
    status, _, body = get(site, "/nothing/here")
    assert status == 404
    assert b"gone" in body


@pytest.mark.parametrize("path", ["/../secret", "/perceptron/../../secret", "//etc/passwd", "/..%2fsecret", "/\0"])
def test_nothing_outside_the_site(site: Path, path: str) -> None:
    assert locate(site, path) is None
    assert get(site, path)[0] == 404


def test_link_out_of_the_site_is_not_followed(site: Path) -> None:
    (site / "leak").symlink_to(site.parent / "secret")
    assert locate(site, "/leak") is None


def test_other_host_names_are_refused(site: Path) -> None:
    assert get(site, "/", host="evil.example")[0] == 400


def test_script_is_served(site: Path) -> None:
    status, headers, body = get(site, "/~reload.js")
    assert status == 200
    assert headers["content-type"].startswith("text/javascript")
    assert b"EventSource" in body


def test_events_tell_the_present_and_every_change() -> None:
    async def scene() -> list[bytes]:
        board = Board()
        stream = board.events()
        heard = [await anext(stream)]
        for failure in ("posts/a.md:3: no.\nSo not.", None):
            waiting = asyncio.ensure_future(anext(stream))
            await asyncio.sleep(0)
            await board.post(failure)
            heard.append(await waiting)
        return heard

    first, failed, mended = asyncio.run(scene())
    assert first == b"event: build\ndata: 0\n\n"
    assert failed == b"event: failure\ndata: " + json.dumps("posts/a.md:3: no.\nSo not.").encode() + b"\n\n"
    assert mended == b"event: build\ndata: 1\n\n"


def test_taken_port_gives_the_next() -> None:
    with listen(8123) as first:
        port = first.getsockname()[1]
        with listen(port) as second:
            assert second.getsockname()[1] > port
            assert second.getsockname()[0] == "127.0.0.1"


def test_impossible_port() -> None:
    with pytest.raises(ConfigError, match=r"taken\. Name another"):
        listen(70000)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("posts/01-a/index.md", True),
        ("site.toml", True),
        ("_site/index.html", False),
        (".cache/x", False),
        ("demos/.model.py.swp", False),
        ("demos/__pycache__/model.pyc", False),
    ],
)
def test_relevant_changes(name: str, expected: bool) -> None:
    assert relevant(name) is expected


def test_a_change_leads_to_one_build_and_its_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "posts").mkdir()
    said: list[str] = []

    async def fail(*_: object) -> str:
        return "it failed"

    async def scene() -> str | None:
        board = Board()
        watcher = asyncio.create_task(serve._watch(tmp_path, board, [], said.append))
        stream = board.events()
        await anext(stream)
        await asyncio.sleep(0.3)  # until the watch is in place
        (tmp_path / "posts" / "index.md").write_text("x")
        await asyncio.wait_for(anext(stream), 10)
        watcher.cancel()
        await asyncio.gather(watcher, return_exceptions=True)
        return board.failure

    monkeypatch.setattr(serve, "rebuild", fail)
    assert asyncio.run(scene()) == "it failed"
    assert said == ["Changed: posts/index.md."]
