"""A figure's `replay=` is checked against the results that are known, before anything runs or is drawn."""

from __future__ import annotations

from site_builder.figures.build import wrong_replays
from site_builder.figures.experiments import Experiments
from site_builder.figures.scan import scan
from site_builder.project.cache import Cache

from .conftest import Project


def wrong(project: Project) -> list[str]:
    scans = [scan(project.root, project.post)]
    known = Experiments(project.root, Cache(project.root / ".cache" / "cache"), "processor").find(scans)
    return [str(error) for error in wrong_replays(project.root, scans[0], known.results)]


def test_a_replay_of_no_record_is_found_where_the_result_is_known(project: Project) -> None:
    project.change(project.file, 'replay="decay"', 'replay="decay.last"')
    assert wrong(project) == [], "nothing is known yet"
    project.change(project.file, 'replay="decay.last"', 'replay="decay"')
    project.compute()
    assert wrong(project) == []
    project.change(project.file, 'replay="decay"', 'replay="decay.last"')
    line = 1 + project.file.read_text().splitlines().index("def falling_curve(result):")
    assert wrong(project) == [
        f'posts/01-first/figures.py:{line}: replay="decay.last" must name one record, and names 0. '
        "Records of this experiment: decay.replay."
    ]
