"""What can be known without running anything is told before an experiment runs, of all posts in one go."""

# ruff: noqa: E501  # one row for a mistake reads better than three

from __future__ import annotations

from pathlib import Path

import pytest

from site_builder.markup import read

from .conftest import FIGURES, POST, Done, build_site, write

ONE, TWO = "posts/01-one/index.md", "posts/02-two/index.md"
LINE = POST.count("\n") + 2  # of what `mistaken` puts below the post
RUNS = FIGURES.replace("    return {", "    open(__file__ + '.ran', 'w').close()\n    return {")

# body, its line, the sentence; the experiment `count` has to run
MISTAKES = [
    ("{ref}`a-secton`", 1, "there is no label `a-secton`. Perhaps `a-section` is meant."),
    ("{ref}`two#fig-square`", 1, "there is no label `fig-square` in the post `two`. Perhaps `fig-squares` is meant."),
    ("{ref}`tow`", 1, "there is no label `tow`. Perhaps `two` is meant."),
    ("{#here}\nHere.\n\n{ref}`here`", 4, "the label `here` has no words of its own. Write {ref}`words <here>`."),
    ("[a](../02-too/index.md)", 1, "the link `../02-too/index.md` leads to no post. Perhaps `../02-two/index.md` is meant."),
    ("[a](../02-two/index.md#a-secton)", 1, "the link `../02-two/index.md#a-secton` leads to no label. Perhaps `a-section` is meant."),
    ("[a](#references)", 1, "the link `#references` leads to no label. Known: `a-section`, `fig-squares`."),
    ("[a](/paper.pfd)", 1, "the link `/paper.pfd` leads nowhere. Perhaps `/paper.pdf` is meant."),
    ("![a](mark.pgn)", 1, "there is no image `posts/01-one/mark.pgn`. Perhaps `posts/01-one/mark.png` is meant."),
    ("![a](mark.png)", 1, "`mark.png` is damaged or not what its name says."),
    ("![a](index.md)", 1, "`index.md` is no image that browsers show. Known: .svg, .png, .jpg, .jpeg, .webp, .gif."),
    (":::{code} posts/01-one/figure.py\n:::", 1, "there is no file `posts/01-one/figure.py`. Perhaps `figures.py` is meant."),
    (":::{code} shaders/softmax/sotfmax.wgsl\n:::", 1, "there is no file `shaders/softmax/sotfmax.wgsl`. Perhaps `softmax.wgsl` is meant."),
    (":::{code} posts/01-one/figures.py\n:region: count\n:::", 1, "posts/01-one/figures.py has no region `count`."),
    (":::{code} posts/01-one/figures.py\n:lines: 9-99\n:::", 1, "posts/01-one/figures.py has 18 lines, not 9-99."),
    (":::{figure} sqares\nA.\n:::", 1, "there is no figure `sqares`. Perhaps `squares` is meant."),
    (":::{demo} spiral\n:::", 1, "there is no demo `spiral`. Perhaps `spirals` is meant."),
    ("{demo}`spirals`", 1, "no post shows the demo `spirals`. Place it with `:::{demo} spirals`."),
    ("{cite}`nobody`", 1, "there is no entry in the bibliography `nobody`."),
    ("{value}`conut.total`", 1, "there is no value `conut.total`. Known: `count`."),
    ("{value}`count`", 1, "the value `count` is a group of values."),
    ("{value}`count.total:.q`", 1, "the format `.q` fits no value. Write one of Python's, such as `.1%`, `.3f` or `,`."),
    (":::{claim} conut.total > 2\nA.\n:::", 1, "there is no value `conut.total`. Known: `count`."),
]  # fmt: skip


@pytest.fixture
def mistaken(project: Path) -> Path:
    """A project in which the experiments of both posts have to run."""
    for post in ("01-one", "02-two"):
        write(project, f"posts/{post}/figures.py", RUNS)
    write(project, "posts/01-one/mark.png", "no picture")
    write(project, "static/paper.pdf", "a paper")
    write(project, "demos/spirals/model.py", "")
    return project


def add(project: Path, file: str, body: str) -> None:
    write(project, file, (project / file).read_text(encoding="utf-8") + "\n" + body + "\n")


def said(done: Done) -> list[str]:
    assert done.returncode == 2, done.stdout
    return done.stderr.splitlines()


def has_run(project: Path) -> bool:
    return any(project.glob("posts/*/figures.py.ran"))


@pytest.mark.parametrize(("body", "line", "sentence"), MISTAKES, ids=[sentence for _, _, sentence in MISTAKES])
def test_a_mistake_is_told_before_an_experiment_runs(mistaken: Path, body: str, line: int, sentence: str) -> None:
    add(mistaken, ONE, body)
    assert said(build_site(mistaken)) == [f"{ONE}:{LINE + line - 1}: {sentence}"]
    assert not has_run(mistaken)


def test_the_mistakes_of_all_posts_are_told_in_one_go(mistaken: Path) -> None:
    expected = []
    for file in (ONE, TWO):
        line = LINE
        for body, below, sentence in MISTAKES:
            if "01-one" not in sentence and "two" not in sentence and "mark" not in body and "references" not in body:
                add(mistaken, file, body)
                expected.append(f"{file}:{line + below - 1}: {sentence}")
                line += body.count("\n") + 2
    write(mistaken, "static/two/index.html", "mine")
    write(mistaken, "posts/03-three/index.md", POST.split("A text")[0].format(title="Three") + ":::{demo} spirals\n:::")
    expected.insert(0, "two files of the site would lie at /two/index.html. Rename a post or a file in static/.")
    expected.append(
        "posts/03-three/index.md:7: the demo `spirals` has no figure that readers without JavaScript could see. "
        "Draw a figure demo_spirals in the post's figures."
    )
    expected = [each for each in expected if "no post shows" not in each]  # now one does
    assert said(build_site(mistaken)) == expected
    assert not has_run(mistaken)


def test_the_text_and_the_figures_of_a_post_are_both_read(mistaken: Path) -> None:
    add(mistaken, ONE, "{cit}`nobody`")
    write(mistaken, "posts/01-one/figures.py", RUNS.replace('alt="A parabola."', 'alt=""'))
    assert said(build_site(mistaken)) == [
        f"{ONE}:{LINE}: there is no role {{cit}}. Perhaps `cite` is meant.",
        "posts/01-one/figures.py:14: a figure needs an alt text that says in words what it shows.",
    ]


def test_without_a_mistake_the_experiments_run(mistaken: Path) -> None:
    done = build_site(mistaken)
    assert done.returncode == 0, done.stderr
    assert has_run(mistaken)


KNOWN = [
    ("{value}`count.totl`", "there is no value `count.totl`. Perhaps `count.total` is meant."),
    ("{value}`count.total:s`", "the format `s` does not fit the value 3. Write one of Python's, such as `.1%`, `.3f` or `,`."),
    (":::{claim} count.total > 3\nA.\n:::", "the claim `count.total > 3` is false: 3 > 3. Correct the sentence, or find out what changed in the run."),
    (":::{claim} count.total / (count.total - 3) > 1\nA.\n:::", "the claim `count.total / (count.total - 3) > 1` divides by zero."),
    (":::{claim} count.totl > 3\nA.\n:::", "there is no value `count.totl`. Perhaps `count.total` is meant."),
]  # fmt: skip


@pytest.mark.parametrize(("body", "sentence"), KNOWN, ids=[sentence for _, sentence in KNOWN])
def test_what_is_kept_of_an_experiment_is_known_before_another_runs(project: Path, body: str, sentence: str) -> None:
    write(project, "posts/02-two/figures.py", RUNS)
    add(project, ONE, body)
    assert said(build_site(project)) == [f"{ONE}:{LINE}: {sentence}"]
    assert not has_run(project)


def test_a_result_that_does_not_fit_any_more_says_nothing(mistaken: Path) -> None:
    write(mistaken, "posts/01-one/figures.py", RUNS.replace('"total": 3', '"totl": 4, "total": 5'))
    add(mistaken, ONE, "{value}`count.totl`\n\n:::{claim} count.total > 4\nA.\n:::")
    done = build_site(mistaken)
    assert done.returncode == 0, done.stderr


MODEL = """
from site_builder.graph import Model
from site_builder.run import Demo


def build():
    model = Model("count")
    total = model.state("total", ())

    @model.program(counts=True)
    def step():
        model.assign(total, total + 1.0)

    return model


DEMO = Demo("Counting on", build)
"""
DEMO_JS = """
import { define, plot } from "../runtime/index.js";

define("count", {
  program: "step",
  reads: ["total"],
  controls: { pace: { label: "Pace", min: 1, max: 9, change() {} } },
  views: (demo) => [plot(demo, { title: "Total", aspect: 2.75, layers: [] })],
});
"""


def test_a_post_may_link_to_a_demo_of_another_without_a_figure_for_it(project: Path) -> None:
    write(project, "demos/count/model.py", MODEL)
    write(project, "demos/count/demo.js", DEMO_JS)
    add(project, ONE, ":::{demo} count\n:::")
    write(project, "posts/03-three/index.md", POST.split("A text")[0].format(title="Three") + "{demo}`count?seed=3`")
    done = build_site(project)
    assert done.returncode == 0, done.stderr
    assert "count" in done.stderr.split("warning: ", 1)[1]
    assert done.stderr.count("warning") == 1, "only where the demo is shown does a figure stand in for it"
    page = read((project / "_site/three/index.html").read_text(encoding="utf-8"))
    links = [(each.attributes["href"], each.text) for each in page.walk("a") if "demo-link" in each.classes]
    assert links == [("/one/#demo-count?seed=3", "Counting on")]


def test_a_demo_has_its_panel_in_the_page_and_is_what_its_plans_and_links_know(project: Path) -> None:
    write(project, "demos/count/model.py", MODEL)
    write(project, "demos/count/demo.js", DEMO_JS)
    add(project, ONE, ":::{demo} count\n:::\n\n:::{demo} count\n:label: again\n:::\n\n{demo}`count?pace=3`")
    done = build_site(project)
    assert done.returncode == 0, done.stderr
    text = (project / "_site/one/index.html").read_text(encoding="utf-8")
    demos = [*read(text).walk("live-demo")]
    assert [each.attributes["id"] for each in demos] == ["demo-count", "again"]
    for demo in demos:
        (poster,) = [each for each in demo.walk("div") if "demo-poster" in each.classes]
        assert [*poster.walk("svg")], "the static figure is its poster"
        (area,) = [each for each in demo.walk("div") if "plot-area" in each.classes]
        (name,) = area.classes - {"plot-area"}
        style = next(each for each in read(text).walk("link") if each.attributes["rel"] == "stylesheet")
        sheet = (project / "_site" / style.attributes["href"].lstrip("/")).read_text(encoding="utf-8")
        assert sheet.count(f".{name}{{--aspect:2.75!important}}") == 1
    assert " style=" not in text
    write(project, "demos/count/demo.js", DEMO_JS.replace('"total"', '"totl"'))
    add(project, TWO, "{demo}`count?pace=10`")
    assert said(build_site(project))[3:] == [
        "demos/count/demo.js:6: `reads` names the buffer `totl`, which the plan does not have. "
        "Perhaps `total` is meant.",
        f"{TWO}:{LINE}: the link to the demo `count`: `pace` cannot be `10`. It is a number from 1 to 9.",
    ]


def test_a_link_to_a_file_in_static_may_be_escaped(project: Path) -> None:
    write(project, "static/a paper ä.pdf", "a paper")
    add(project, ONE, "[a](</a paper ä.pdf>)")
    done = build_site(project)
    assert done.returncode == 0, done.stderr
