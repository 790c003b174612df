"""The development server: files, the reload script, events, and nothing outside the site."""

from __future__ import annotations

import asyncio
import mimetypes
from pathlib import Path
from typing import Any

import anyio
import pytest

from site_builder import serve
from site_builder.errors import ConfigError
from site_builder.project.cache import write_atomically
from site_builder.serve import Builds, application, listen, relevant


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


def get(site: Path, path: str, app: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return await asyncio.Event().wait() or {}  # the browser stays, and sends no more

    async def send(message: Any) -> None:
        sent.append(message)

    given = {"host": "127.0.0.1", **headers}
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "http_version": "1.1",
    }  # fmt: skip
    asyncio.run((app or application(site, Builds()))(scope, receive, send))
    headers = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize(("path", "text"), [("/", b"home"), ("/perceptron/", b"post"), ("/index.html", b"home")])
def test_pages_carry_the_reload_script(site: Path, path: str, text: bytes) -> None:
    status, headers, body = get(site, path)
    assert status == 200
    assert headers["content-type"].startswith("text/html")
    assert text + b'<script src="/~reload.js" type="module"></script></body>' in body


def test_a_folder_without_its_slash_leads_to_the_page(site: Path) -> None:
    status, headers, _ = get(site, "/perceptron")
    assert status == 307
    assert headers["location"] == "http://127.0.0.1/perceptron/"


def test_other_files_are_as_published(site: Path) -> None:
    assert get(site, "/prose.woff2")[1]["content-type"] == "font/woff2"
    assert get(site, "/prose.woff2")[2] == b"font"


@pytest.mark.parametrize("suffix", [".wasm", ".js"])
def test_a_system_that_knows_other_types_is_not_believed(site: Path, suffix: str) -> None:
    """Browsers compile a module as it comes only under its right type."""
    mimetypes.add_type("application/octet-stream", suffix)
    (site / f"line{suffix}").write_bytes(b"")
    assert get(site, f"/line{suffix}")[1]["content-type"].startswith(serve.TYPES[suffix])
    assert serve.TYPES[".wasm"] == "application/wasm"


def test_a_part_of_a_file_may_be_asked_for(site: Path) -> None:
    status, headers, body = get(site, "/prose.woff2", range="bytes=1-2")
    assert (status, headers["content-range"], body) == (206, "bytes 1-2/4", b"on")


@pytest.mark.parametrize("path", ["/", "/nothing", "/prose.woff2", "/~reload.js"])
def test_nothing_is_cached(site: Path, path: str) -> None:
    assert get(site, path)[1]["cache-control"] == "no-store"


def test_before_the_first_build_a_page_waits_for_it(tmp_path: Path) -> None:
    status, headers, body = get(tmp_path / "_site", "/")
    assert status == 404
    assert headers["content-type"].startswith("text/html")
    assert b"nothing here yet" in body
    assert b"/~reload.js" in body


def test_a_site_that_is_exchanged_is_served_anew(site: Path) -> None:
    app = application(site, Builds())
    for text in ("one", "two"):
        new = site.with_name(text)
        new.mkdir()
        (new / "index.html").write_text(text)
        site.rename(site.with_name(f"before-{text}"))
        new.rename(site)
        assert get(site, "/", app=app)[2].startswith(text.encode())


def test_unknown_page_is_the_sites_own(site: Path) -> None:
    status, _, body = get(site, "/nothing/here")
    assert status == 404
    assert b"gone" in body
    assert b"/~reload.js" in body


@pytest.mark.parametrize("path", ["/../secret", "/perceptron/../../secret", "//etc/passwd", "/..%2fsecret", "/\0"])
def test_nothing_outside_the_site(site: Path, path: str) -> None:
    assert get(site, path)[0] == 404


def test_link_out_of_the_site_is_not_followed(site: Path) -> None:
    (site / "leak").symlink_to(site.parent / "secret")
    status, _, body = get(site, "/leak")
    assert status == 404
    assert b"secret" not in body


def test_other_host_names_are_refused(site: Path) -> None:
    assert get(site, "/", host="evil.example")[0] == 400


def test_script_is_served(site: Path) -> None:
    status, headers, body = get(site, "/~reload.js")
    assert status == 200
    assert headers["content-type"].startswith("text/javascript")
    assert b"EventSource" in body


def test_events_tell_the_present_and_every_change() -> None:
    async def scene() -> list[bytes]:
        builds = Builds()
        stream = builds.events(anyio.Event())
        heard = [await anext(stream)]
        for failure in ("posts/a.md:3: no.\nSo not.", None):
            waiting = asyncio.ensure_future(anext(stream))
            await asyncio.sleep(0)
            builds.finish(failure)
            heard.append(await waiting)
        return [event.encode().replace(b"\r\n", b"\n") for event in heard]

    first, failed, mended = asyncio.run(scene())
    assert first == b"event: build\ndata: 0\n\n"
    assert failed == b"event: failure\ndata: posts/a.md:3: no.\ndata: So not.\n\n"
    assert mended == b"event: build\ndata: 1\n\n"


def test_a_page_hears_of_a_build_that_ended_while_it_was_told_of_another() -> None:
    async def scene() -> list[bytes]:
        builds = Builds()
        stream = builds.events(anyio.Event())
        first = await anext(stream)
        builds.finish("no")
        builds.finish(None)
        return [first.encode(), (await asyncio.wait_for(anext(stream), 5)).encode()]

    assert [said.split(b"data: ")[1].strip() for said in asyncio.run(scene())] == [b"0", b"1"]


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
        ("posts/01-a/results", False),
        ("posts/01-a/results/fit.json", False),
        ("posts/01-a", True),
        ("posts/results", True),
        ("posts/01-a/figures/results.py", True),
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
        builds = Builds()
        watcher = asyncio.create_task(serve._watch(tmp_path, builds, [], said.append))
        stream = builds.events(anyio.Event())
        await anext(stream)
        await asyncio.sleep(0.3)  # until the watch is in place
        (tmp_path / "posts" / "index.md").write_text("x")
        await asyncio.wait_for(anext(stream), 10)
        watcher.cancel()
        await asyncio.gather(watcher, return_exceptions=True)
        return builds.failure

    monkeypatch.setattr(serve, "rebuild", fail)
    assert asyncio.run(scene()) == "it failed"
    assert said == ["Changed: posts/index.md."]


def test_what_a_build_keeps_leads_to_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "posts/01-a").mkdir(parents=True)
    said: list[str] = []

    async def keep(*_: object) -> None:
        write_atomically(tmp_path / "posts/01-a/results/fit.json", b"{}")

    async def scene() -> int:
        builds = Builds()
        watcher = asyncio.create_task(serve._watch(tmp_path, builds, [], said.append))
        stream = builds.events(anyio.Event())
        await anext(stream)
        await asyncio.sleep(0.3)  # until the watch is in place
        for text in ("one", "two"):
            (tmp_path / "posts/01-a/index.md").write_text(text)
            await asyncio.wait_for(anext(stream), 10)
            await asyncio.sleep(2.5)  # longer than changes are gathered for
        watcher.cancel()
        await asyncio.gather(watcher, return_exceptions=True)
        return builds.finished

    monkeypatch.setattr(serve, "rebuild", keep)
    assert asyncio.run(scene()) == 2
    assert said == ["Changed: posts/01-a/index.md."] * 2
