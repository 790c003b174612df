"""ONNX's node tests, run through the words that correspond: a suite that no one here wrote.

    suite.py        what the package `onnx` asks of each op
    node.py         a node in our words
    elementwise.py, views.py, reductions.py, layers.py    the words for each op
    left_out.toml   what is not run, and why
"""

from __future__ import annotations

from tests.onnx import elementwise, layers, reductions, views
from tests.onnx.node import Builder

WORDS: dict[str, Builder] = {**elementwise.WORDS, **views.WORDS, **reductions.WORDS, **layers.WORDS}
