"""The table of mutations stays alive: each text that is to be mutated occurs once, each test file is named."""

from __future__ import annotations

import pytest

from tests.mutations import MUTATIONS, Mutation, places
from tests.pure.test_house import python_files

# What they look at is the tree itself, whose every line is under mutation when someone edits it.
LOOK_AT_THE_TREE = ("tests/pure/test_house.py", "tests/pure/test_readme.py", "tests/pure/test_mutations.py")


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.old.strip()[:50])
def test_what_is_mutated_occurs_once(mutation: Mutation) -> None:
    assert len(places(mutation)) == 1, places(mutation)
    assert mutation.old != mutation.new


def test_every_test_file_sees_a_mutation() -> None:
    named = {file for mutation in MUTATIONS for file in mutation.files}
    tests = {name for name in python_files("tests/pure/", "tests/processor/", "tests/gpu/") if "/test_" in name}
    assert named == tests - {*LOOK_AT_THE_TREE}
