"""The blog built twice from nothing in common is the same bytes; built again, it is not built."""

from __future__ import annotations

from pathlib import Path

from tests.browser.published.site import Published, build, copy_project, set_up


def content(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_two_builds_are_byte_identical(published: Published, tmp_path: Path) -> None:
    project = copy_project(tmp_path, warm=False)
    set_up(project)
    build(project)
    ours, theirs = content(published.folder), content(project / "_site")
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []
