"""Demos from model.py to payload: plans, inputs, what is cached, what a mistake looks like."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from site_builder.errors import BuildError, GraphError
from site_builder.project.cache import Cache
from site_builder.record.demos import DemoPayload, demo_payloads
from site_builder.record.options import combinations, plan_key
from site_builder.record.records import packed
from site_builder.run.declarations import Demo, Option

from .conftest import here

MODEL = '''
"""A value that decays."""
from site_builder import graph as g
from site_builder.graph import Model
from site_builder.run import Demo


def build(shape="one", size=2):
    model = Model("decay")
    rate = model.input("rate", (2,), initial=0.5)
    level = model.state("level", (size, 2), initial=1.0)
    labels = model.data("labels", (200,), dtype="u32", source="xor/labels")

    @model.program(counts=True)
    def step():
        model.assign(level, level - rate * level)
        model.record("level", g.sum(level))

    @model.program
    def look():
        return {"doubled": level * 2.0, "first": labels}

    return model


DEMO = Demo(
    title="A decay",
    build=build,
    options={"shape": ("one", "other"), "size": (2, 3)},
    inputs=lambda: {"rate": [0.5, 0.25]},
)
'''


class DemoProject:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.file = root / "demos" / "decay" / "model.py"
        self.file.parent.mkdir(parents=True)
        self.file.write_text(MODEL, encoding="utf-8")

    def change(self, old: str, new: str) -> None:
        text = self.file.read_text(encoding="utf-8")
        assert old in text
        self.file.write_text(text.replace(old, new), encoding="utf-8")

    def make(self, cache: str = "cache") -> tuple[DemoPayload, int]:
        """The payload, and how many jobs it took."""
        with here() as run:
            made = demo_payloads(self.root, Cache(self.root / ".cache" / cache), [self.file])
        return made["decay"], len(run.jobs)


@pytest.fixture
def demo(tmp_path: Path) -> DemoProject:
    return DemoProject(tmp_path)


def test_each_combination_of_options_has_a_plan(demo: DemoProject) -> None:
    payload, _ = demo.make()
    assert set(payload.plans) == {
        "shape=one,size=2",
        "shape=one,size=3",
        "shape=other,size=2",
        "shape=other,size=3",
    }
    assert payload.options == {"shape": ["one", "other"], "size": [2, 3]}
    assert payload.data == ["xor/labels"]
    assert payload.inputs == {"rate": {"shape": [2], "values": [0.5, 0.25]}}


def test_options_stay_in_the_author_s_order(demo: DemoProject) -> None:
    """By which the page names the plans; also when the payload comes from the cache."""
    demo.change('"shape": ("one", "other"), "size": (2, 3)', '"size": (3, 2), "shape": ("one", "other")')
    demo.change("size=2", "size=3")
    for _ in range(2):
        payload, _ = demo.make()
        assert list(payload.options) == ["size", "shape"]
        assert next(iter(payload.plans)) == "size=3,shape=one"


def test_nothing_changed_nothing_runs_and_builds_are_identical(demo: DemoProject) -> None:
    first, jobs = demo.make()
    assert jobs == 1
    assert demo.make() == (first, 0)
    assert demo.make("another") == (first, 1)


def test_a_changed_model_or_data_set_counts(demo: DemoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    demo.make()
    demo.change("level * 2.0", "level * 3.0")
    assert demo.make()[1] == 1
    assert demo.make()[1] == 0
    monkeypatch.setattr("site_builder.data.datasets.fingerprint", lambda root, name: "other labels")
    assert demo.make()[1] == 1


def test_an_untouched_demo_imports_nothing(demo: DemoProject) -> None:
    demo.make()
    code = (
        "import sys; from pathlib import Path; from site_builder.project.cache import Cache\n"
        "from site_builder.record import demos\n"
        "demos.engine = lambda root: 'engine'\n"
        f"root = Path({str(demo.root)!r})\n"
        f"made = demos.demo_payloads(root, Cache(root / '.cache' / 'cache'), [Path({str(demo.file)!r})])\n"
        "assert made['decay'].plans\n"
        "print(*sorted({'numpy', 'wgpu', 'sklearn', 'demos'} & set(sys.modules)))\n"
    )
    here = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=here, check=False)
    assert done.stderr == ""
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("DEMO = Demo(", "OTHER = Demo(", "the demo decay declares no DEMO"),
        ("build=build,", "build=build, size=None,", "unexpected keyword argument 'size'"),
        ("level * 2.0", "level * nothing", "NameError"),
        (
            '"rate": [0.5',
            '"rat": [0.5',
            "the demo's inputs give 'rat', which its model does not declare. Its inputs are rate",
        ),
        ("[0.5, 0.25]", "[0.5]", "rate is f32[2], cannot be written with shape [1]. The demo's inputs give"),
        (
            'model.input("rate", (2,), initial=0.5)',
            'g.sum(model.input("rate", (size,)))',
            "rate is f32[3], cannot be written with shape [2], with shape=one,size=3",
        ),
        ("[0.5, 0.25]", "['a', 'b']", "cannot be written with what is no array of numbers"),
        ("[0.5, 0.25]", "[0.5, float('nan')]", "rate holds finite numbers of f32 at first, cannot be written with nan"),
        ("[0.5, 0.25]", "[0.5, 1e39]", "rate holds finite numbers of f32 at first, cannot be written with 1e+39"),
        ('source="xor/labels"', 'source="xor/label"', 'there is no data set "xor/label"'),
        ('(200,), dtype="u32"', '(100,), dtype="u32"', "declared as u32[100], and xor/labels is u32[200]"),
        ('source="xor/labels"', "bound=2", "nothing says what the data 'labels' is. Name a data set as its source"),
        ('"rate": [0.5', '"level": [0, 0], "rate": [0.5', "level is a state, which init sets after it was written"),
        ('options={"shape"', 'options={"form"', "unexpected keyword argument 'form'"),
    ],
)
def test_a_mistake_is_one_sentence_in_the_author_s_file(demo: DemoProject, old: str, new: str, said: str) -> None:
    demo.change(old, new)
    with pytest.raises(BuildError) as caught:
        demo.make()
    assert said in str(caught.value)
    assert (caught.value.file or "").endswith("demos/decay/model.py")


def test_data_without_a_source_comes_with_the_inputs(demo: DemoProject) -> None:
    demo.change('(200,), dtype="u32", source="xor/labels"', '(3,), dtype="u32"')
    demo.change('"rate": [0.5', '"labels": [3, 1, 2], "rate": [0.5')
    payload, _ = demo.make()
    assert payload.written == {"labels": packed(np.array([3, 1, 2], np.uint32))}
    assert set(payload.inputs) == {"rate"}, "it travels once"
    assert payload.data == []


def test_options_name_their_plans() -> None:
    assert combinations({}) == [{}]
    assert plan_key({}) == ""
    assert plan_key({"activation": "relu", "width": 8, "wide": True}) == "activation=relu,width=8,wide=true"


# What JavaScript writes for each; tests/browser/test_options.py asks a browser.
WRITTEN: list[tuple[Option, str]] = [
    *((1.0, "1"), (-2.0, "-2"), (-0.0, "0"), (0.1, "0.1"), (-2.5, "-2.5"), (3, "3"), (-4, "-4")),
    *((1e-05, "0.00001"), (1e-06, "0.000001"), (1e-07, "1e-7"), (-1.5e-07, "-1.5e-7"), (5e-324, "5e-324")),
    *(
        (123456.789, "123456.789"),
        (1e15 + 0.5, "1000000000000000.5"),
        (2**53, "9007199254740992"),
        (1e15, "1" + 15 * "0"),
    ),
    *((True, "true"), (False, "false"), ("1.0", "1.0"), ("1e-05", "1e-05"), ("true", "true"), ("", "")),
]


@pytest.mark.parametrize(("value", "text"), WRITTEN)
def test_an_option_is_named_as_the_page_writes_it(value: Option, text: str) -> None:
    assert plan_key({"rate": value}) == f"rate={text}"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53 + 1, -1e300])
def test_an_option_that_the_page_cannot_write_is_refused(value: float) -> None:
    with pytest.raises(GraphError, match="numbers are finite and at most 2\\^53, found rate = "):
        plan_key({"rate": value})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ('("rate",)', "a demo's options are a dict, name -> values; found tuple"),
        ("{1: (2, 3)}", "an option is named as a parameter of `build` is; found 1"),
        ('{"rate": ()}', "the option rate has no values. Give it one at least"),
        ('{"rate": 5}', "an option's values are a tuple or a list; found rate = 5"),
        ('{"rate": "abc"}', "an option's values are a tuple or a list; found rate = 'abc'"),
        ('{"rate": {1, }}', "an option's values are a tuple or a list; found rate = {1}"),
        ('{"rate": (None,)}', "True and False; found rate = None. Give the option a text"),
        ('{"rate": ([1],)}', "True and False; found rate = [1]"),
        ('{"rate": (np.float32(0.1),)}', "found rate = np.float32(0.1). Write float(...) around it"),
        ('{"rate": (np.float64(0.1),)}', "found rate = np.float64(0.1). Write float(...) around it"),
        ('{"rate": (np.int64(3),)}', "found rate = np.int64(3). Write int(...) around it"),
        ('{"size": (3, 2)}', "the demo begins with size = 3, and build() alone has 2. Put that first among"),
        ('{"rate": (np.True_,)}', "found rate = np.True_. Write bool(...) around it"),
        ('{"rate": (float("nan"),)}', "numbers are finite and at most 2^53, found rate = nan"),
        ('{"rate": (10**5000,)}', "at most 2^53, found rate = a whole number of 16610 bits"),
        ('{"rate": ("\\ud800",)}', "texts are what UTF-8 can hold, found rate = '\\ud800'"),
    ],
)
def test_wrong_options_are_one_sentence_at_the_declaration(demo: DemoProject, options: str, said: str) -> None:
    demo.change('options={"shape": ("one", "other"), "size": (2, 3)}', f"options={options}")
    demo.change("from site_builder import graph as g", "import numpy as np\nfrom site_builder import graph as g")
    with pytest.raises(GraphError) as caught:
        demo.make()
    assert said in str(caught.value)
    lines = demo.file.read_text(encoding="utf-8").splitlines()
    assert caught.value.file == "demos/decay/model.py"
    assert caught.value.line == lines.index("DEMO = Demo(") + 1


@pytest.mark.parametrize("values", ["[2, 2.0]", "[True, 'true']", "['2', 2]"])
def test_options_that_are_one_to_the_page_are_refused(demo: DemoProject, values: str) -> None:
    demo.change('options={"shape": ', f'options={{"same": {values}, "shape": ')
    with pytest.raises(BuildError, match="two choices of the options are one to the page, 'same="):
        demo.make()


def test_a_demo_without_options_or_inputs_is_enough() -> None:
    demo = Demo(title="x", build=lambda: None)
    assert dict(demo.options) == {}
    assert dict(demo.inputs()) == {}
