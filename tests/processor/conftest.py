"""One process of Node for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.processor.engines import Node


@pytest.fixture(scope="session")
def process() -> Iterator[Node]:
    node = Node()
    yield node
    node.close()


@pytest.fixture
def node(process: Node) -> Iterator[Node]:
    """The process, of which nothing is left to the next test."""
    yield process
    process.forget()
