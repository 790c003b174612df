"""Panels as the build lays them out: what stands in their HTML, and the sentence for a script that fails."""

from __future__ import annotations

import re

import pytest

from site_builder import markup

from ...nesting import unclosed
from .conftest import IMPORT, Lay

FIT = (
    IMPORT
    + """
define("fit", {
  program: "step",
  help: "Press Play & see.",
  controls: {
    rate: { label: "Rate", min: 0.1, max: 1 },
    size: { label: "Size", values: { small: "Small", large: "Large" } },
  },
  views: (demo) => [
    plot(demo, { title: "Loss", aspect: 2.5, layers: [line({ history: "loss.history", label: "loss" })] }),
    { element: h("div", { className: "own", hidden: true }) },
  ],
});
"""
)


def test_a_panel_is_html_around_the_figure(lay: Lay) -> None:
    made, errors = lay({"fit/demo.js": FIT})
    assert errors == []
    before, behind = made["fit"].html["demo-fit"]
    text = f"{before}<svg></svg>{behind}"
    assert unclosed(text) == []
    root = markup.read(text)
    panel = next(root.walk("div"))
    assert panel.classes == {"demo-panel"}
    poster = next(each for each in root.walk("div") if "demo-poster" in each.classes)
    assert "<svg></svg>" in text[poster.inner : poster.outer]
    assert "Press Play &amp; see." in before + behind
    assert any("hidden" in each.attributes for each in root.walk("div") if "own" in each.classes)


def test_what_a_reader_could_use_is_disabled_until_the_script_comes(lay: Lay) -> None:
    before, behind = lay({"fit/demo.js": FIT})[0]["fit"].html["demo-fit"]
    root = markup.read(before + behind)
    alive = [
        each
        for each in root.walk("button", "input", "select")
        if "disabled" not in each.attributes
        and not any(each in field.walk() for field in root.walk("fieldset") if "disabled" in field.attributes)
    ]
    assert alive == []


def test_styles_are_rules_of_a_sheet(lay: Lay) -> None:
    """The page's policy forbids style attributes."""
    panel = lay({"fit/demo.js": FIT})[0]["fit"]
    text = "".join(panel.html["demo-fit"])
    assert "style=" not in text
    (rule,) = [each for each in panel.sheet if "aspect:2.5" in each]
    name = re.match(r"\.([\w-]+)\{--aspect:2\.5!important\}$", rule)
    assert name is not None
    assert any(name[1] in each.classes for each in markup.read(text).walk("div") if "plot-area" in each.classes)


def test_each_element_has_ids_and_names_of_its_own(lay: Lay) -> None:
    made, _ = lay({"fit/demo.js": FIT}, {"fit": ["demo-fit", "again"]})
    names = {
        id: {each.attributes["name"] for each in markup.read("".join(html)).walk("input") if "name" in each.attributes}
        for id, html in made["fit"].html.items()
    }
    assert names.keys() == {"demo-fit", "again"}
    assert names["demo-fit"]
    assert names["demo-fit"].isdisjoint(names["again"]), "radio buttons of two elements are two groups"


def test_what_the_definition_names_is_told(lay: Lay) -> None:
    found = lay({"fit/demo.js": FIT})[0]["fit"].definition
    assert (found.programs, found.show, found.reads) == (["step"], [], ["loss.history"])
    assert found.controls["size"].values == ["small", "large"]
    assert (found.controls["rate"].min, found.controls["rate"].max) == (0.1, 1)
    assert found.place("loss.history") == ("demos/fit/demo.js", 11)


def test_a_panel_is_made_anew_when_a_script_beside_it_changes(lay: Lay) -> None:
    first = FIT.replace('"Press Play & see."', "help").replace(IMPORT, IMPORT + 'import { help } from "./words.js";\n')
    for words in ("One.", "Two."):
        made, _ = lay({"fit/demo.js": first, "fit/words.js": f'export const help = "{words}";'}, {"fit": ["f"]})
        assert words in "".join(made["fit"].html["f"])


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (
            FIT.replace('define("fit"', 'define("fitt"'),
            r'^demos/fit/demo\.js:3: this defines "fitt" and no demo `fit`\. .*define\("fit", …\)\.$',
        ),
        (
            FIT.replace("plot(demo", "plots(demo"),
            r"^demos/fit/demo\.js:10: no panel can be made of this demo: plots is not defined\. ",
        ),
        (
            FIT.replace('[line({ history: "loss.history", label: "loss" })]', "[null]"),
            r"^demos/fit/demo\.js:11: .*, thrown in demos/runtime/\S+:\d+\. ",
        ),
    ],
    ids=["name", "throws", "elsewhere"],
)
def test_a_script_that_fails_is_a_sentence(lay: Lay, script: str, sentence: str) -> None:
    made, (error,) = lay({"fit/demo.js": script, "good/demo.js": FIT.replace('"fit"', '"good"')})
    assert re.match(sentence, error), error
    assert made.keys() == {"good"}, "one demo's failure is not another's"


def test_a_demo_without_a_script_is_a_sentence(lay: Lay) -> None:
    _, errors = lay({"fit/words.js": ""})
    assert errors == [
        'demos/fit: this demo has no demo.js. Write one that calls define("fit", …); demos/README.md says how.'
    ]
