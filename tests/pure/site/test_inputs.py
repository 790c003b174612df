"""What changed since the last build is found, whatever the clock says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from site_builder import inputs
from site_builder.inputs import Manifest, load_manifest, save_manifest, stamps_of_site, survey

LONG_AGO = 1_000_000_000


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("site.toml", "posts/01-a/index.md", "demos/d/model.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
        os.utime(tmp_path / name, (LONG_AGO, LONG_AGO))
    return tmp_path


def test_nothing_changed(project: Path) -> None:
    before = survey(project, None)
    assert survey(project, before).same_as(before)


@pytest.mark.parametrize("what", ["edit", "add", "remove", "rename"])
def test_any_change_is_seen(project: Path, what: str) -> None:
    before = survey(project, None)
    post = project / "posts/01-a/index.md"
    if what == "edit":
        post.write_text("POSTS/01-a/index.md")  # as long as before
    elif what == "add":
        (project / "posts/01-a/figures.py").write_text("")
    elif what == "remove":
        post.unlink()
    else:
        post.rename(project / "posts/01-a/other.md")
    assert not survey(project, before).same_as(before)


def test_a_touched_file_has_not_changed(project: Path) -> None:
    before = survey(project, None)
    os.utime(project / "site.toml")
    assert survey(project, before).same_as(before)


def test_unchanged_files_are_not_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = survey(project, None)
    ours = [project / name for name in before.stamps if not name.startswith("<generator>/")]

    def refuse(path: Path) -> bytes:
        assert path not in ours
        return b""

    monkeypatch.setattr(Path, "read_bytes", refuse)
    survey(project, before)


def test_a_file_changed_in_the_same_instant_is_read_again(project: Path) -> None:
    page = project / "site.toml"
    page.write_text("one")
    before = survey(project, None)
    status = page.stat()
    page.write_text("two")
    os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert not survey(project, before).same_as(before)


def test_derived_and_hidden_files_do_not_count(project: Path) -> None:
    before = survey(project, None)
    for name in ("_site/index.html", ".cache/x", "posts/01-a/.index.md.swp", "env/pyvenv.cfg", "env/lib/x.py"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("x")
    assert survey(project, before).same_as(before)


def test_dangling_link_is_no_obstacle(project: Path) -> None:
    (project / "posts/.#lock").symlink_to("nobody@nowhere")
    (project / "posts/link").symlink_to("nowhere")
    survey(project, None)


def test_environment_counts(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = survey(project, None)
    monkeypatch.setattr(inputs, "environment", lambda: "another driver")
    assert not survey(project, before).same_as(before)


def test_manifest_round_trip(project: Path, tmp_path: Path) -> None:
    manifest = Manifest(survey(project, None), stamps_of_site(project), ("a warning",), ("a note",))
    save_manifest(tmp_path / "manifest.json", manifest)
    assert load_manifest(tmp_path / "manifest.json") == manifest


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 0}', '{"format": 1, "stamps": {"a": 1}}'])
def test_damaged_manifest_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    assert load_manifest(tmp_path / "manifest.json") is None
    assert load_manifest(tmp_path / "nothing") is None
