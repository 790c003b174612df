"""Where lowering takes long, the console says whose model it is, and how large its programs are."""

from __future__ import annotations

import time
from functools import partial

import pytest

from site_builder.plan import lower
from site_builder.project import saying
from site_builder.project.saying import about, said_if_long
from site_builder.record import lowering
from tests.steps import heat


def test_slow_lowering_says_what_it_lowers(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(saying, "_listeners", [said.append])
    monkeypatch.setattr(lowering, "said_if_long", partial(said_if_long, after=0.01))
    monkeypatch.setattr(lowering, "lower", lambda model: (time.sleep(0.3), lower(model))[1])
    with about("the experiment rod"):
        lowering.lowered(heat(100).model())
    assert said == ["Lowering model heat: step (1,601 nodes), init (1 node) for the experiment rod"]


def test_quick_lowering_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(saying, "_listeners", [said.append])
    lowering.lowered(heat(1).model())
    assert said == []
