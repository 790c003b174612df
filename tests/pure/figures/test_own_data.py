"""Data sets that a project makes itself: found by name, kept while nothing changes, wrong in one sentence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from site_builder.assembly.demos import ModelAssets
from site_builder.assembly.output import Output
from site_builder.data import datasets
from site_builder.errors import BuildError, DataError
from site_builder.figures.build import FigureSet
from site_builder.figures.experiments import Experiments
from site_builder.project.author import importing
from site_builder.project.cache import Cache
from site_builder.record.demos import DemoPayload, demo_payloads

from .conftest import here

DATA = """
from pathlib import Path

import numpy as np

from .words import WORDS

HERE = Path(__file__).parent


def tokens():
    kept = (HERE / "stories.txt").read_text().split()
    return np.array([WORDS.index(word) for word in kept], np.uint8)


def waves(samples=8):
    return np.sin(np.arange(samples, dtype=np.float32))


def story(words):
    return words
"""
MODEL = """
from site_builder import graph as g
from site_builder.graph import Model
from site_builder.run import Demo


def build():
    model = Model("counting")
    total = model.state("total", ())
    tokens = model.data("tokens", (4,), dtype="u32", source="demos/stories/tokens", bound=3)

    @model.program(counts=True)
    def step():
        model.assign(total, total + g.sum(g.one_hot(tokens, 3)[:, 0]))
        return {"seen": tokens}

    return model


DEMO = Demo("Counting", build)
"""
FIGURES = """
from site_builder.figures import experiment


@experiment
def counted(lab):
    return {"tokens": lab.dataset("demos/stories/tokens")}


@experiment
def heard(lab):
    return {"waves": lab.dataset("demos/stories/waves"), "again": lab.dataset("demos/stories/waves")}


@experiment
def apart(lab):
    return {"points": lab.dataset("xor/points")}
"""
FILES = {
    "demos/stories/data.py": DATA,
    "demos/stories/words.py": 'WORDS = ["cat", "dog", "sat"]\n',
    "demos/stories/stories.txt": "cat sat dog cat\n",
    "demos/stories/model.py": MODEL,
    "posts/01-first/figures.py": FIGURES,
}


class Stories:
    """The project on disk, and one build of it after another."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.cache = Cache(root / ".cache")
        for name, text in FILES.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        (self.root / name).write_text(text.replace(old, new), encoding="utf-8")

    def compute(self) -> list[str]:
        """The names of the experiments and demos that had to be computed."""
        with here() as run:
            FigureSet(Experiments(self.root, self.cache, "processor")).compute([self.root / "posts/01-first"])
            demo_payloads(self.root, self.cache, [self.root / "demos/stories/model.py"])
        return [getattr(job, "name", None) or job.file.parent.name for job in run.jobs]

    def payload(self) -> DemoPayload:
        """What the page needs of the demo."""
        with here():
            return demo_payloads(self.root, self.cache, [self.root / "demos/stories/model.py"])["stories"]

    def published(self) -> tuple[dict[str, int | str | list[int]], bytes]:
        """The tokens as the page gets them: their entry in the manifest, and what lies at its address."""
        assets = ModelAssets(Output(), self.cache, self.root)
        manifest = json.loads(assets.output.files[assets.manifest(self.payload()).lstrip("/")])
        entry = manifest["data"]["demos/stories/tokens"]
        return entry, assets.output.files[entry["url"].lstrip("/")]


@pytest.fixture
def stories(tmp_path: Path) -> Stories:
    return Stories(tmp_path)


def test_a_function_is_a_data_set_for_models_experiments_and_pages(stories: Stories) -> None:
    with importing(stories.root):
        assert datasets.load("demos/stories/tokens").tolist() == [0, 2, 1, 0]
        np.testing.assert_array_equal(datasets.load("demos/stories/waves"), np.sin(np.arange(8, dtype=np.float32)))
    entry, numbers = stories.published()
    assert entry.pop("url").startswith("/assets/demos-stories-tokens-")
    assert entry == {"dtype": "u8", "scale": 1.0, "shape": [4]}
    assert numbers == bytes([0, 2, 1, 0]), "a byte a token travels"
    assert stories.payload().inputs == {}


@pytest.mark.parametrize(
    ("file", "old", "new", "computed"),
    [
        ("data.py", "samples=8", "samples=9", ["counted", "heard", "stories"]),
        ("words.py", '"cat", "dog"', '"dog", "cat"', ["counted", "heard", "stories"]),
        ("stories.txt", "dog", "cat", ["counted", "stories"]),
        ("model.py", 'Model("counting")', 'Model("adding")', ["stories"]),
    ],
)
def test_an_edit_reaches_what_derives_from_it_and_no_more(
    stories: Stories, file: str, old: str, new: str, computed: list[str]
) -> None:
    assert stories.compute() == ["counted", "heard", "apart", "stories"]
    assert stories.compute() == []
    stories.change(f"demos/stories/{file}", old, new)
    assert stories.compute() == computed


def test_a_clone_that_used_what_is_kept_knows_what_that_derives_from(stories: Stories) -> None:
    stories.compute()
    shutil.rmtree(stories.cache.root)
    assert stories.compute() == ["stories"], "its plans"
    stories.change("demos/stories/stories.txt", "cat sat", "dog sat")
    assert stories.compute() == ["counted", "stories"]


@pytest.mark.parametrize(("file", "new"), [("words.py", '"dog", "cat"'), ("stories.txt", "dog dog")])
def test_the_page_s_numbers_follow_an_edit(stories: Stories, file: str, new: str) -> None:
    before = stories.published()
    assert stories.published() == before
    stories.change(f"demos/stories/{file}", '"cat", "dog"' if file == "words.py" else "cat sat", new)
    entry, numbers = stories.published()
    assert entry["url"] != before[0]["url"]
    assert numbers == (bytes([1, 2, 0, 1]) if file == "words.py" else bytes([1, 1, 1, 0]))


def test_it_is_made_once_in_a_job(stories: Stories) -> None:
    with importing(stories.root):
        first = datasets.load("demos/stories/waves")
        stories.change("demos/stories/data.py", "np.sin", "np.cos")
        np.testing.assert_array_equal(datasets.load("demos/stories/waves"), first)
        datasets.forget()
        assert datasets.load("demos/stories/waves")[0] == 1


def test_names_are_those_of_functions_that_need_nothing(stories: Stories) -> None:
    assert datasets.names(stories.root)[-2:] == ("demos/stories/tokens", "demos/stories/waves")
    stories.change("demos/stories/data.py", "def story(words):", "def story(words:")
    assert not any(name.startswith("demos/") for name in datasets.names(stories.root))


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "said"),
    [
        ("model.py", "stories/tokens", "stories/token", "model.py:10", 'there is no data set "demos/stories/token"'),
        ("model.py", "stories/tokens", "story/tokens", "model.py:10", r"demos/story/data\.py needs a function tokens"),
        ("model.py", "(4,)", "(5,)", "model.py:10", r"declared as u32\[5\], and .*tokens \(.*data\.py:11\) is u8\[4\]"),
        ("model.py", "(4,)", "(4, 1)", "model.py:10", r"'tokens' is declared as u32\[4, 1\], and"),
        (
            "model.py",
            "bound=3",
            "bound=2",
            "model.py:10",
            "tokens holds whole numbers from 0 to 1, cannot .* with 2",
        ),
        ("data.py", "np.uint8", "np.float32", "model.py:10", r"declared as u32\[4\], and .* is f32\[4\]"),
        ("data.py", ", np.uint8", "", "data.py:11", r"tokens\(\) gives int64\[4\], expected a NumPy array of float32"),
        ("data.py", "return np.array(", "return list(", "data.py:11", r"tokens\(\) gives list, expected a NumPy array"),
        ("stories.txt", "sat", "mat", "data.py:13", "tokens failed with ValueError: 'mat' is not in list"),
        ("words.py", '"sat"]', '"sat"', "words.py", "not valid Python"),
        ("data.py", "story(words):", "story(words:", "data.py", "not valid Python"),
    ],
)
def test_a_mistake_is_one_sentence_in_the_author_s_file(
    stories: Stories, file: str, old: str, new: str, place: str, said: str
) -> None:
    if new == "return list(":
        stories.change("demos/stories/data.py", ", np.uint8", "")
    stories.change(f"demos/stories/{file}", old, new)
    with pytest.raises(BuildError, match=said) as caught:
        stories.payload()
    assert f"demos/stories/{place}" in str(caught.value)


def test_an_unknown_name_says_what_there_is(stories: Stories) -> None:
    stories.change("posts/01-first/figures.py", '"demos/stories/tokens"', '"demos/stories"')
    with pytest.raises(DataError, match=r"Known: digits/images.*demos/stories/tokens, demos/stories/waves\.") as caught:
        stories.compute()
    assert (caught.value.file, caught.value.line) == ("posts/01-first/figures.py", 7)
