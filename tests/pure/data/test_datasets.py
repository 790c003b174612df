"""Data sets: what they hold, the split's rule, and the IDX parser's sentences."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from site_builder.data import datasets, digits, mnist, points
from site_builder.errors import ConfigError, DataError


def idx(shape: tuple[int, ...], body: bytes, kind: int = 0x08) -> bytes:
    return bytes([0, 0, kind, len(shape)]) + b"".join(size.to_bytes(4, "big") for size in shape) + body


def test_digits_are_sixteenths_as_f32_and_u8(tmp_path: Path) -> None:
    images, asset = datasets.load("digits/images"), datasets.asset(tmp_path, "digits/images")
    assert images.shape == (1797, 64)
    assert images.dtype == np.float32
    assert (asset.dtype, asset.scale, asset.shape) == ("u8", 1 / 16, (1797, 64))
    stored = np.frombuffer(asset.data, np.uint8).reshape(asset.shape)
    np.testing.assert_array_equal(stored * np.float32(asset.scale), images)


def test_the_split_is_stratified_complete_and_disjoint() -> None:
    labels = datasets.load("digits/labels")
    train, test = datasets.load("digits/train-labels"), datasets.load("digits/test-labels")
    assert (len(train), len(test)) == (1437, 360)
    np.testing.assert_array_equal(np.bincount(train) + np.bincount(test), np.bincount(labels))
    assert np.all(np.abs(np.bincount(test) - np.bincount(labels) / 5) <= 2)
    rows = digits.test_rows(labels.tolist())
    np.testing.assert_array_equal(datasets.load("digits/test-images"), datasets.load("digits/images")[rows])


@pytest.mark.parametrize("name", sorted(points.SETS))
def test_point_sets_are_the_same_each_time_and_within_the_plane(name: str) -> None:
    assert points.SETS[name]() == points.SETS[name]()
    coordinates, labels = points.SETS[name]()
    assert len(coordinates) == len(labels) == 200
    assert sum(labels) == 100
    assert max(abs(value) for point in coordinates for value in point) < 1.25


def test_the_first_points_of_the_spiral_are_pinned() -> None:
    """Another order of draws would silently change every demo that starts from it."""
    assert points.spiral(per_class=1)[0] == [[0.1069, -0.0199], [-0.102, 0.0373]]


def test_an_unknown_name_says_what_there_is() -> None:
    with pytest.raises(DataError, match=r'there is no data set "digit/images"\. Known: digits/images'):
        datasets.load("digit/images")


def test_mnist_is_read_where_the_author_says_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = bytes(range(12))
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx((3, 2, 2), pixels)))
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(idx((3,), b"\1\2\3"))
    monkeypatch.setenv(mnist.VARIABLE, str(tmp_path))
    datasets._made.cache_clear()
    images = datasets.load("mnist/test-images")
    assert images.shape == (3, 4)
    assert images[2, 3] == np.float32(11) * np.float32(1 / 255)
    assert datasets.load("mnist/test-labels").tolist() == [1, 2, 3]
    before = datasets.fingerprint(tmp_path, "mnist/test-labels")
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(idx((3,), b"\1\2\4"))
    assert datasets.fingerprint(tmp_path, "mnist/test-labels") != before
    with pytest.raises(ConfigError, match="there is no train-images-idx3-ubyte here"):
        datasets.load("mnist/train-images")
    datasets._made.cache_clear()


def test_mnist_without_a_folder_says_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(mnist.VARIABLE, raising=False)
    with pytest.raises(ConfigError, match="Set BUILD_SITE_MNIST to the folder"):
        datasets.fingerprint(tmp_path, "mnist/train-images")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "this is not an IDX file"),
        (b"\x89PNG....", "this is not an IDX file"),
        (idx((2,), b"\0" * 8, kind=0x0D), "holds type 0x0d, expected 0x08"),
        (b"\0\0\x08\x00", "announces 0 dimensions"),
        (b"\0\0\x08\x03\0\0\0\1", "announces 3 dimensions and ends before them"),
        (idx((2, 3), b"\0" * 5), "announces 2 x 3 = 6 bytes and holds 5"),
        (idx((4,), b"\0" * 5), "announces 4 = 4 bytes and holds 5"),
        (gzip.compress(idx((4,), b"\0" * 4))[:-9], "cannot be read"),
    ],
)
def test_a_malformed_idx_file_is_a_sentence_with_its_path(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "images-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=said) as caught:
        mnist.read_idx(path)
    assert caught.value.file == str(path)


def test_a_missing_idx_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        mnist.read_idx(tmp_path / "none")
