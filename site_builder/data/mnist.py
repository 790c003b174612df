"""MNIST, 60,000 handwritten digits of 28x28 pixels for training and 10,000 for testing, where the author has its files.

In: a part, such as "train-images". Out: its numbers as they are kept, read from IDX files in the folder that VARIABLE
names. It downloads nothing.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from site_builder.errors import ConfigError
from site_builder.project.cache import digest
from site_builder.project.imports import code_digest, file_digest

if TYPE_CHECKING:
    from site_builder.run.arrays import Array

FILES = {
    "train-images": "train-images-idx3-ubyte",
    "train-labels": "train-labels-idx1-ubyte",
    "test-images": "t10k-images-idx3-ubyte",
    "test-labels": "t10k-labels-idx1-ubyte",
}
VARIABLE = "BUILD_SITE_MNIST"  # of the environment: the folder that holds the four IDX files


def fingerprint(part: str) -> str:
    """The hash of the part's file and of what is done with it here."""
    return digest(file_digest(_file(part)), code_digest(Path(__file__)))


def make(part: str) -> tuple[Array, float]:
    """Images u8[n, 784] of intensities 0 to 255 with the factor 1/255, or labels u32[n] with the factor 1.

    Raises ConfigError where there is no such file, or where it holds something else.
    """
    import numpy as np

    path = _file(part)
    raw = read_idx(path)
    rank = 3 if part.endswith("images") else 1
    if raw.ndim != rank:
        raise ConfigError(f"the IDX file has {raw.ndim} dimensions, expected {rank}", path)
    if rank == 1:
        return raw.astype(np.uint32), 1.0
    return raw.reshape(len(raw), -1), 1 / 255


def read_idx(path: Path) -> Array:
    """The array in an IDX file of unsigned bytes, gzipped or not.

    Raises ConfigError where the file is missing, is not IDX, holds another type or has too few or too many bytes.
    Format: http://yann.lecun.com/exdb/mnist/ ; two zero bytes, a type (0x08: unsigned byte), the number of
    dimensions, each dimension as a big-endian u32, the numbers in row-major order.
    """
    import gzip

    import numpy as np

    try:
        raw = path.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
    except (OSError, EOFError) as error:
        raise ConfigError(f"the IDX file cannot be read: {getattr(error, 'strerror', None) or error}", path) from error
    if len(raw) < 4 or raw[:2] != b"\0\0":
        raise ConfigError("this is not an IDX file: it must begin with two zero bytes", path)
    kind, rank = raw[2], raw[3]
    if kind != 0x08:
        raise ConfigError(f"the IDX file holds type 0x{kind:02x}, expected 0x08 (unsigned bytes)", path)
    start = 4 + 4 * rank
    if rank == 0 or len(raw) < start:
        raise ConfigError(f"the IDX header announces {rank} dimensions and ends before them", path)
    shape = tuple(int.from_bytes(raw[at : at + 4], "big") for at in range(4, start, 4))
    count = 1
    for size in shape:
        count *= size
    if len(raw) - start != count:
        sizes = " x ".join(map(str, shape))
        hint = "The file may be cut off: fetch it again"
        raise ConfigError(
            f"the IDX file announces {sizes} = {count} bytes and holds {len(raw) - start}", path, hint=hint
        )
    return np.frombuffer(raw, np.uint8, count, start).reshape(shape)


def _file(part: str) -> Path:
    folder = os.environ.get(VARIABLE)
    if not folder:
        hint = f"Set {VARIABLE} to the folder that holds {', '.join(FILES.values())}"
        raise ConfigError(f"the data set mnist/{part} is asked for, and nobody has said where MNIST is", hint=hint)
    for name in (FILES[part], FILES[part] + ".gz"):
        if (Path(folder) / name).is_file():
            return Path(folder) / name
    raise ConfigError(f"there is no {FILES[part]} here, nor a .gz of it", folder)
