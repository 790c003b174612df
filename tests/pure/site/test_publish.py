"""Whatever happens in the middle, the folder holds the old site or the new one."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from site_builder import publish as module
from site_builder.errors import PublishError
from site_builder.publish import publish, sole_build

PROJECT = Path(__file__).parents[3]
OLD = {"index.html": b"old", "assets/a.css": b"a"}
NEW = {"index.html": b"new", "posts/one/index.html": b"one"}


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    publish(OLD, tmp_path / "_site")
    return tmp_path / "_site"


def refuse(*_: object) -> bool:
    return False


@pytest.mark.parametrize("native", [True, False])
def test_replaces_everything_and_leaves_no_litter(site: Path, native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not native:
        monkeypatch.setattr(module, "_exchange_natively", refuse)
    publish(NEW, site)
    assert content(site) == NEW
    assert os.listdir(site.parent) == ["_site"]


def test_the_folder_is_readable_by_a_web_server(site: Path) -> None:
    umask = os.umask(0)
    os.umask(umask)
    assert site.stat().st_mode & 0o777 == 0o777 & ~umask


@pytest.mark.parametrize(
    "failure", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt(), ValueError()]
)
def test_failure_while_writing(site: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException) -> None:
    write = Path.write_bytes

    def fill(path: Path, data: bytes) -> int:
        if path.parent.name == "one":
            raise failure
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", fill)
    expected = PublishError if isinstance(failure, OSError) else type(failure)
    with pytest.raises(expected) as caught:
        publish(NEW, site)
    if expected is PublishError:
        assert "could not be written (No space left on device); the published one is as it was." in str(caught.value)
    assert content(site) == OLD
    assert os.listdir(site.parent) == ["_site"]


def test_failure_between_the_two_steps_is_undone(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def refuse_second(path: Path, target: Path) -> Path:
        if ".part-" in path.name:
            raise OSError(errno.EACCES, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(module, "_exchange_natively", refuse)
    monkeypatch.setattr(Path, "rename", refuse_second)
    with pytest.raises(PublishError, match="Permission denied"):
        publish(NEW, site)
    assert content(site) == OLD


@pytest.mark.parametrize("moment", ["writing", "swapping"])
def test_kill(site: Path, moment: str) -> None:
    script = textwrap.dedent(
        f"""
        import os, signal
        from pathlib import Path
        from site_builder import publish as module
        def die(path, *_):
            if ".part-" in str(path):
                os.kill(os.getpid(), signal.SIGKILL)
        if {moment == "writing"}:
            Path.write_bytes = die
        else:
            rename = Path.rename
            module._exchange_natively = lambda *_: False
            Path.rename = lambda path, target: die(path) or rename(path, target)
        module.publish({NEW!r}, Path({str(site)!r}))
        """
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(os.listdir(site.parent)) == 2  # something was left behind
    if moment == "writing":
        assert content(site) == OLD
    module.recover(site)
    assert content(site) == OLD
    publish(NEW, site)
    assert content(site) == NEW
    assert os.listdir(site.parent) == ["_site"]


@pytest.mark.parametrize("name", ["../outside.html", "/etc/passwd", "a/../../b", "", "..\\b"])
def test_no_file_outside_the_site(site: Path, name: str) -> None:
    with pytest.raises(PublishError, match="would lie outside the site"):
        publish({name: b"x"}, site)
    assert content(site) == OLD


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "_site").write_text("mine")
    with pytest.raises(PublishError, match="this is a file"):
        publish(NEW, tmp_path / "_site")
    assert (tmp_path / "_site").read_text() == "mine"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "_site").symlink_to(tmp_path / "elsewhere")
    publish(NEW, tmp_path / "_site")
    assert (tmp_path / "_site").is_symlink()
    assert content(tmp_path / "elsewhere") == NEW


def test_one_build_at_a_time(tmp_path: Path) -> None:
    script = """if True:
        import sys
        from pathlib import Path
        from site_builder.publish import sole_build
        with sole_build(Path(sys.argv[1]), lambda: print("waiting", flush=True)):
            print("mine", flush=True)
    """
    with sole_build(tmp_path, _never):
        command = [sys.executable, "-c", script, str(tmp_path)]
        other = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        assert other.stdout.readline() == "waiting\n"
    out, _ = other.communicate(timeout=10)
    assert out == "mine\n"


_never: Callable[[], None] = pytest.fail
