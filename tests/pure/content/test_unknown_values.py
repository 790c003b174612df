"""Before an experiment has run its values are taken to be there; once it has, the same words say what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from site_builder.content import Env, Post, check, render
from site_builder.errors import ContentError

from .test_bad_posts import BODIES, FILE, FIRST_LINE

OF_VALUES = ("digits.acuracy", "digits.accuracy:.1q", "{claim} digits.accuracy > 0.96", "{value}`digits`")
ROWS = [row for row in BODIES if any(each in row[0] for each in OF_VALUES)]
Read = Callable[[str], Post]


@pytest.mark.parametrize(("body", "line", "sentence"), ROWS)
def test_what_only_results_can_tell_is_told_with_the_same_words(
    env: Env, read: Read, body: str, line: int, sentence: str
) -> None:
    with pytest.raises(ContentError) as caught:
        render(read(body), env)
    assert str(caught.value) == f"{FILE}:{FIRST_LINE + line - 1}: {sentence}"


def said(post: Post, env: Env) -> list[str]:
    """What is wrong before the experiment `digits` has run."""
    errors = check(post, replace(env, values={}, experiments=["digits"]))
    return [str(error).removeprefix(f"{FILE}:") for error in errors]


def test_values_of_experiments_that_have_not_run_are_taken_to_be_there(env: Env, read: Read) -> None:
    body = "{value}`digits.acuracy:.1%` {value}`digits.a` {value}`digits.b:s`\n\n:::{claim} digits.c > 1\nX.\n:::"
    assert said(read(body), env) == []


def test_experiments_and_formats_are_known_before_any_has_run(env: Env, read: Read) -> None:
    body = "{value}`digts.a` {value}`digits`\n{value}`digits.a:.1q`\n\n:::{claim} digts.a > digits.b\nX.\n:::"
    assert said(read(body), env) == [
        "6: there is no value `digts.a`. Perhaps `digits` is meant.",
        "6: the value `digits` is a group of values.",
        "7: the format `.1q` fits no value. Write one of Python's, such as `.1%`, `.3f` or `,`.",
        "9: there is no value `digts.a`. Perhaps `digits` is meant.",
    ]
