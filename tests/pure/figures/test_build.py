"""Figures from file to SVG: what is computed, what is kept, what an author's mistake looks like."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from site_builder.errors import BuildError, FigureError
from site_builder.figures.lab import Lab
from site_builder.graph import Model

from .conftest import Project

EVERYTHING = ["decay", "plain", "falling-curve", "raster"]


def test_values_figures_and_replay_come_out(project: Project) -> None:
    post, _ = project.compute()
    assert post.values["decay.last"] == pytest.approx(0.9**20, rel=1e-5)
    assert post.values["decay.nested.factor"] == 2.0
    assert post.values["decay.nested.name"] == "decay"
    assert set(post.values) == {"decay.last", "decay.nested.factor", "decay.nested.name"}
    curve, raster = post.figures["falling-curve"], post.figures["raster"]
    assert (curve.width, raster.width) == ("text", "page")
    assert curve.record.seeds == (3,)
    assert curve.record.adapters == ("processor",)
    assert curve.file == "posts/01-first/figures.py"
    assert curve.replay is not None
    assert (set(curve.places), set(raster.places)) == ({"wide", "narrow"}, set())
    assert curve.places["narrow"]["box"] != curve.places["wide"]["box"]
    assert raster.replay is None
    replay = curve.replay.record
    assert replay.series["level.history"][:2] == pytest.approx([1.0, 0.9])
    assert (replay.seed, replay.times, len(replay.series["level.history"])) == (3, 10, 10)
    assert replay.inputs == {"rate": {"shape": [], "values": [0.1]}}
    assert '"programs"' in curve.replay.plan


def test_nothing_changed_nothing_runs(project: Project) -> None:
    first, ran = project.compute()
    assert ran == EVERYTHING
    assert project.compute() == (first, [])


def test_two_builds_are_byte_identical(project: Project) -> None:
    one = project.compute("one")[0]
    shutil.rmtree(project.post / "results")
    assert project.compute("two") == (one, EVERYTHING)


def test_an_untouched_tree_imports_no_numerics(project: Project) -> None:
    project.compute()
    code = (
        "import sys; from pathlib import Path; from site_builder.project.cache import Cache\n"
        "from site_builder.figures import experiments; from site_builder.figures.build import FigureSet\n"
        "experiments.engine = lambda root: 'engine'\n"
        f"root = Path({str(project.root)!r}); post = Path({str(project.post)!r})\n"
        "found = experiments.Experiments(root, Cache(root / '.cache' / 'cache'), 'processor')\n"
        "made = FigureSet(found).compute([post])[post]\n"
        "assert 'falling-curve' in made.figures and made.values\n"
        "print(*sorted({'numpy', 'matplotlib', 'wgpu', 'sklearn', 'helpers'} & set(sys.modules)))\n"
    )
    here = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=here, check=False)
    assert done.stderr == ""
    assert done.stdout.strip() == ""


def test_processes_give_the_same_as_running_here(project: Project) -> None:
    """Jobs and results survive pickling."""
    from site_builder.figures.build import FigureSet
    from site_builder.figures.experiments import Experiments
    from site_builder.project.cache import Cache

    alone = FigureSet(Experiments(project.root, Cache(project.root / ".cache" / "processes"), "processor"))
    made = alone.compute([project.post])[project.post]
    shutil.rmtree(project.post / "results")
    assert project.compute() == (made, EVERYTHING)


def line_of(project: Project, text: str) -> int:
    lines = project.file.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        (
            "np.arange(6.0)",
            "np.arange(6.0 / 0)",
            "6.0 / 0",
            "experiment plain failed with ZeroDivisionError: float",
        ),
        ('result["levels"]', 'result["levles"]', "levles", "the figure falling-curve failed with KeyError: 'levles'"),
        ('return {"numbers"', 'return {1, "numbers"', 'return {1, "numbers"', "not valid Python"),
        ("arange(6.0).reshape(2, 3)", "float64('nan')", "def plain", "the result['numbers'] is nan"),
        ("    return fig\n", "    return ax\n", "def falling_curve", "returned Axes, expected a matplotlib Figure"),
        (
            "colour(LINE_COLOUR)",
            '"red"',
            "def falling_curve",
            "uses the colour #ff0000, which is not",
        ),
        ('xlabel="step"', 'xlabel="$x^2$"', "def falling_curve", "has the formula $x^2$ in a label"),
        ("heatmap(ax,", "ax.imshow(", "def raster", "has a raster that cannot follow light and dark"),
        ('replay="decay"', 'replay="decay.last"', "def falling_curve", "must name one record, and names 0"),
        (
            'replay="decay"',
            'replay="plain"',
            "@figure(decay, alt",
            "does not begin with one of the",
        ),
        ('alt="A raster"', "alt=LINE_COLOUR", "alt=LINE_COLOUR", "alt must be a plain text"),
        ('alt="A raster"', 'alt=" "', 'alt=" "', "a figure needs an alt text"),
        (
            "@figure(decay, plain,",
            "@figure(decay, build,",
            "@figure(decay, build",
            "build is not an experiment",
        ),
        ("times=20)", "times=5)", "run.record", 'a record of 10 runs of "step" was asked for, and it ran 5 times'),
        ("times=20)", 'times=20); run.write("rate", 0.2)', "run.record", '"rate" was written during the run'),
        ("level - rate * level)", "level - images)", "level - images)", "NameError"),
        ("rate * level)", "g.iota(3))", "g.iota(3))", "f32"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_place(project: Project, old: str, new: str, at: str, said: str) -> None:
    project.change(project.file, old, new)
    with pytest.raises(BuildError) as caught:
        project.compute()
    assert said in str(caught.value)
    assert (Path(caught.value.file or "").name, caught.value.line) == ("figures.py", line_of(project, at))


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ('{"big": 10**5000}', "the result['big'] is a whole number of 16610 bits, larger than any float"),
        ('{"big": [-2**1024]}', "the result['big'][0] is a whole number of 1025 bits"),
        ('{"text": "\\ud800"}', "the result['text'] holds '\\ud800', half of a letter in UTF-16"),
        ('{"\\udfff": 1}', "a key of the result holds '\\udfff'"),
        ('{"gaps": np.ma.array([1.0, 2.0], mask=[0, 1])}', "the result['gaps'] is a masked array. Return its method"),
        ('{"gap": np.ma.masked}', "the result['gap'] is a masked array"),
        ('(own := {"list": []}, own["list"].append(own))[0]', "the result['list'][0] contains itself"),
        ("__import__('functools').reduce(lambda x, _: {'x': x}, range(101), {})", "has more than 100 levels"),
        (
            '{"words": np.array(["a"])}',
            "the result['words'] is an array of <U1, expected a number, a text, an array",
        ),
    ],
)
def test_a_result_that_cannot_be_kept_is_one_sentence_at_its_experiment(
    project: Project, result: str, said: str
) -> None:
    project.change(project.file, '{"numbers": np.arange(6.0).reshape(2, 3)}', result)
    with pytest.raises(FigureError) as caught:
        project.compute()
    assert said in str(caught.value)
    assert (caught.value.file, caught.value.line) == ("posts/01-first/figures.py", line_of(project, "def plain"))


def test_what_only_looks_as_if_it_could_not_be_kept_is_kept(project: Project) -> None:
    result = '{"array": np.ma.array([1.0]), "one": one, "same": one, "big": 2**1000, "text": "\U0001f600"}'
    project.change(project.file, 'return {"numbers": np.arange(6.0).reshape(2, 3)}', f"one = [1]; return {result}")
    project.change(project.file, 'second["numbers"] - FACTOR', "np.zeros((2, 3))")
    values = project.compute()[0].values
    assert values["plain.one.0"] == values["plain.same.0"] == 1
    assert (values["plain.big"], values["plain.text"]) == (2**1000, "\U0001f600")


SHARED = """
def rows():
    return 3
"""
SECOND = """
from site_builder.figures import canvas, experiment, figure

from .shared import rows


@experiment
def count(lab):
    return {"rows": rows()}


@figure(count, alt="Nothing but axes")
def empty(result):
    return canvas(height=result["rows"])[0]
"""


@pytest.fixture
def several(project: Project) -> Project:
    """The same post, its figures in a folder: those of before, others, and what both may use."""
    folder = project.file.with_suffix("")
    folder.mkdir()
    project.file = project.file.rename(folder / "first.py")
    project.write(folder / "second.py", SECOND)
    project.write(folder / "shared.py", SHARED)
    return project


def test_figures_may_stand_in_several_files(several: Project) -> None:
    post, ran = several.compute()
    assert ran == ["decay", "plain", "count", "falling-curve", "raster", "empty"]
    assert post.values["count.rows"] == 3
    assert {name: figure.file for name, figure in post.figures.items()} == {
        "falling-curve": "posts/01-first/figures/first.py",
        "raster": "posts/01-first/figures/first.py",
        "empty": "posts/01-first/figures/second.py",
    }
    assert several.compute() == (post, [])
    several.change(several.file.with_name("shared.py"), "return 3", "return 4")
    assert several.compute()[1] == ["count", "empty"]


def test_a_mistake_in_a_shared_file_has_its_place_there(several: Project) -> None:
    several.change(several.file.with_name("shared.py"), "return 3", "return 3 / 0")
    with pytest.raises(FigureError, match="the experiment count failed with ZeroDivisionError") as caught:
        several.compute()
    assert (caught.value.file, caught.value.line) == ("posts/01-first/figures/shared.py", 3)


def test_two_files_that_call_something_alike_are_refused(several: Project) -> None:
    several.change(several.file.with_name("second.py"), "def count(", "def plain(")
    several.change(several.file.with_name("second.py"), "@figure(count", "@figure(plain")
    with pytest.raises(FigureError, match=r"plain is declared in first\.py, too") as caught:
        several.compute()
    assert (caught.value.file, caught.value.line) == ("posts/01-first/figures/second.py", 8)


def test_a_file_and_a_folder_at_once_are_refused(several: Project) -> None:
    several.write(several.file.parent.with_suffix(".py"), SECOND)
    with pytest.raises(FigureError, match=r"this post has both figures\.py and a folder figures/"):
        several.compute()


def test_a_failure_keeps_what_was_done_before_it(project: Project) -> None:
    project.change(project.file, "np.arange(6.0)", "np.arange(6.0 / 0)")
    with pytest.raises(FigureError):
        project.compute()
    project.change(project.file, "6.0 / 0", "6.0")
    assert project.compute()[1] == EVERYTHING[1:]


def level() -> Model:
    """One number, which is written down."""
    model = Model("level")
    state = model.state("level", (), initial=1.0)

    @model.program(counts=True)
    def step() -> None:
        model.assign(state, 0.3 * state)
        model.record("level", state)

    return model


def test_an_experiment_may_choose_what_a_run_is_on() -> None:
    lab = Lab("wgpu")
    run = lab.run(level(), runner="processor")
    run.run("step", times=2)
    assert lab.record.adapters == ("processor",)
    assert lab.record.runner == "", "what the build was asked for is asked of other runs alone"
    series = run.record("step", 2, ["level.history"]).series["level.history"]
    assert np.array_equal(np.float32(series), run.read("level.history")[:2]), "to the last bit"
    with pytest.raises(FigureError, match='a run is on "wgpu" or on the "processor", found \'numpy\''):
        lab.run(level(), runner="numpy")
