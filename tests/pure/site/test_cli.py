"""What the command line says and with which code it leaves."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from site_builder import cli
from site_builder.config import load_config
from site_builder.content import parse
from site_builder.errors import ConfigError, ContentError
from site_builder.figures.scan import scan
from site_builder.new import begin_post

PROJECT = Path(__file__).parents[3]
SETTINGS = (PROJECT / "site.toml").read_text(encoding="utf-8")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PROJECT)}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "site.toml").write_text(SETTINGS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], *([name, "--help"] for name in cli.commands.commands)])
def test_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(arguments) == 0
    assert "Usage: build-site" in capsys.readouterr().out


def test_help_names_every_command_and_code(capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["--help"])
    said = capsys.readouterr().out
    for word in ("build", "serve", "check", "new", "doctor", "Exit codes: 0", "130", "_site/"):
        assert word in said


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0
    assert re.fullmatch(r"build-site \d+\.\d+\.\d+\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["build", "--nonsense"], ["build", "--runner", "numpy"], ["new"], ["serve", "--port", "x"]],
)
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(arguments) == 2
    assert "Error: " in capsys.readouterr().err


def test_outside_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run([]) == 2
    said = capsys.readouterr().err
    assert re.fullmatch(r"no site\.toml in \S+ or any folder above it\. Run build-site inside a project.*\.\n", said)


def test_several_errors_are_all_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    inner = ExceptionGroup("some", [ContentError("b", "y", 2), ConfigError("c")])

    def fail(*_: object, **__: object) -> None:
        raise ExceptionGroup("all", [ContentError("a", "x", 1), inner])

    monkeypatch.setattr(cli.commands, "main", fail)
    assert cli.run([]) == 2
    assert capsys.readouterr().err == "x:1: a.\ny:2: b.\nc.\n"


@pytest.mark.parametrize("defect", [KeyError("x"), ExceptionGroup("mixed", [ConfigError("a"), KeyError("x")])])
def test_a_defect_is_not_hidden(monkeypatch: pytest.MonkeyPatch, defect: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise defect

    monkeypatch.setattr(cli.commands, "main", fail)
    with pytest.raises(KeyError):
        cli.run([])


def test_interrupt_is_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(cli.commands, "main", lambda *_, **__: os.kill(os.getpid(), signal.SIGINT))
    assert cli.run([]) == 130
    assert "as it was" in capsys.readouterr().err


@pytest.mark.parametrize("title", ["Depth", 'A "quoted": title\\', "Ünïcode & {braces}", "'single' # hash"])
def test_new_post_is_sound(project: Path, title: str) -> None:
    folder = begin_post(project, title)
    assert folder.name.startswith("00-")
    post = parse(folder / "index.md", project)
    assert post.matter.title == title
    assert post.matter.draft
    assert [figure.name for figure in scan(project, folder).figures] == ["line-loss"]
    compile((folder / "figures.py").read_text(encoding="utf-8"), "figures.py", "exec")


def test_new_posts_are_numbered_on(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "posts" / "07-old").mkdir(parents=True)
    assert cli.run(["new", "More depth"]) == 0
    assert "Wrote posts/08-more-depth/index.md" in capsys.readouterr().out
    assert cli.run(["new", "More  depth!"]) == 2
    assert "posts/08-more-depth: there is a post of this name already." in capsys.readouterr().err
    assert cli.run(["new", "…"]) == 2
    assert "the title gives no folder name" in capsys.readouterr().err


def test_doctor_finds_something_out(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["doctor"]) == 0
    said = capsys.readouterr().out
    for word in ("project", "python", "node", "processor", "wgpu"):
        assert re.search(rf"^(ok|--)  {word} ", said, re.MULTILINE)


def test_serve_shows_the_error_and_leaves_on_ctrl_c(project: Path) -> None:
    (project / "site.toml").write_text("title = 1", encoding="utf-8")
    command = [sys.executable, "-m", "site_builder.cli", "serve", "--port", "8341"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=project, env=ENVIRONMENT, text=True, **pipes) as process:
        try:
            assert process.stdout is not None
            address = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
            assert address is not None
            with urllib.request.urlopen(address[0] + "~events", timeout=10) as stream:
                assert stream.readline().strip() == b"event: failure"
                assert b"site.toml:1" in stream.readline()
                process.send_signal(signal.SIGINT)  # while a page is open
                _, said = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 130
    assert said.startswith('site.toml:1: "title" must be a text in quotes that is not empty.\n')
    assert "Traceback" not in said
    assert "ERROR" not in said


def test_the_blogs_own_settings_are_good() -> None:
    assert load_config(PROJECT).title
