"""The cache returns what was put, or nothing; never half of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from site_builder.project.cache import Cache, digest, write_atomically


def test_digest_separates_parts() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("ab") == digest(b"ab")
    assert len(digest()) == 64


def test_round_trip(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    key = digest("x")
    assert cache.get("post", key) is None
    cache.put("post", key, b"one")
    cache.put("post", key, b"two")
    assert cache.get("post", key) == b"two"
    assert cache.get("figure", key) is None


@pytest.mark.parametrize("damage", [b"", b"short", bytes(40)])
def test_damaged_entry_is_a_miss(tmp_path: Path, damage: bytes) -> None:
    cache = Cache(tmp_path)
    cache.put("post", digest("x"), b"content")
    cache.path("post", digest("x")).write_bytes(damage)
    assert cache.get("post", digest("x")) is None


@pytest.mark.parametrize(("kind", "key"), [("..", "ab"), ("post", "../../etc"), ("a/b", "cd"), ("", "ab")])
def test_names_cannot_leave_the_root(tmp_path: Path, kind: str, key: str) -> None:
    with pytest.raises(ValueError, match="plain names"):
        Cache(tmp_path).get(kind, key)


def test_failed_write_leaves_old_bytes_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_prune_deletes_the_longest_unused_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for age, name in enumerate(["young", "middle", "old"]):
        cache.put("post", digest(name), bytes(68))  # 100 bytes with the checksum
        os.utime(cache.path("post", digest(name)), (10_000 - age, 10_000 - age))
    assert cache.get("post", digest("old")) is not None  # reading makes it the youngest
    assert cache.prune(200) == 100
    assert cache.get("post", digest("middle")) is None
    assert cache.get("post", digest("young")) is not None
    assert cache.get("post", digest("old")) is not None


def test_prune_removes_torn_files_of_the_dead_only(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("post", digest("a"), b"a")
    folder = cache.path("post", digest("a")).parent
    (folder / ".part-dead").write_bytes(b"x")
    (folder / ".part-alive").write_bytes(b"x")
    os.utime(folder / ".part-dead", (1.0, 1.0))
    cache.prune(1_000)
    assert {path.name for path in folder.iterdir()} == {digest("a"), ".part-alive"}
