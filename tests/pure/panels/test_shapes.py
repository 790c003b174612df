"""What authors write in another shape than the runtime reads: a sentence with file and line, and no page."""

from __future__ import annotations

import re

import pytest

from site_builder.panels import layout

from .conftest import IMPORT, PROJECT, Lay, lay_out

KNOWN = PROJECT / "site_builder" / "panels" / "known.mjs"
RUNTIME = PROJECT / "demos" / "runtime"

BEGIN = IMPORT + 'define("NAME", {\n  program: "step",\n'
VIEWS = "  views: () => [],\n});\n"
README = " demos/README.md says what it takes."


def control(text: str) -> str:
    return BEGIN + VIEWS.replace("});", f"  controls: {{\n    gain: {{ {text} }},\n  }},\n}});")


def view(text: str) -> str:
    return BEGIN + f"  views: (demo) => [\n    {text},\n  ],\n}});\n"


def key(text: str) -> str:
    return BEGIN + f"  {text},\n" + VIEWS


FAULTS = {
    control("min: 0, max: 1"): "6: the control `gain` lacks `label`." + README,
    control('label: "Gain", min: 0, max: 1, log: true'): "6: the control `gain` is logarithmic and begins at 0. Its "
    "`min` must be above 0.",
    control('label: "Gain", min: 2'): "6: the control `gain` has `min` alone. A slider has both.",
    control('label: "Gain", min: 2, max: 1'): "6: the control `gain` reaches from 2 to 1." + README,
    control('label: "Gain", min: 0, maxx: 1, max: 1'): "6: the control `gain` has the unknown key `maxx`. Perhaps "
    "`max` is meant.",
    control('label: "Gain", sets: "points"'): "6: `sets` of the control `gain` must be a list of texts, and is the "
    'text "points".' + README,
    key('statuss: () => ({ a: "b" })'): "4: the definition has the unknown key `statuss`. Perhaps `status` is meant.",
    key('show: "look"'): '4: `show` of the definition must be a list of texts, and is the text "look".' + README,
    key('reads: "loss"'): '4: `reads` of the definition must be a list of texts, and is the text "loss".' + README,
    key('more: "Try."'): '4: `more` of the definition must be a list of texts, and is the text "Try.".' + README,
    key('rate: "fast"'): '4: `rate` of the definition must be a number above 0, and is the text "fast".' + README,
    key(f'help: "{"a" * 161}"'): "4: `help` has 161 characters, and there is room for 160. What else there is to try "
    "goes into `more`.",
    key("race: { contestants: [] }").replace('  program: "step",\n', "\n"): "4: `race` needs a list `contestants` of "
    "at least two." + README,
    BEGIN + "});\n": "2: the definition lacks `views`." + README,
    view("plot(demo, { layers: [] })"): "5: `plot` lacks `title`." + README,
    view('plot(demo, {\n      title: "A",\n      layres: [], layers: [] })'): "7: `plot` has the unknown key `layres`. "
    "Perhaps `layers` is meant.",
    view('plot(demo, { title: "A", layers: [line({ histroy: "loss.history", y: "y" })] })'): "5: `line` has the "
    "unknown key `histroy`. Perhaps `history` is meant.",
    view(
        'plot(demo, { title: "A", x: { labell: "x" }, layers: [] })'
    ): "5: `x` of `plot` has the unknown key `labell`. Perhaps `label` is meant.",
    view("{}"): "4: `views` gives something that has no `element`." + README,
    IMPORT + 'define("NAME", null);\n': "2: the definition must be an object, and is null." + README,
    **{
        control('label: "Gain"').replace("gain:", f"{name}:"): f"6: the control `{name}` has a name that panels need "
        "for their own. Call it something else."
        for name in ("speed", "seed", "step", "start", "matched")
    },
}
END = " Views and controls are made before there is a plan and before anything has a size."
FAR = ' Its script must come as far as define("NAME", …).'
THROWN = {
    view("(() => { throw null; })()"): "2: no panel can be made of this demo: null was thrown." + END,
    'import { plott } from "../runtime/index.js";\n' + key("draws: false"): "1: no panel can be made of this demo: The "
    "requested module '../runtime/index.js' does not provide an export named 'plott'." + FAR,
    IMPORT + 'import { a } from "./none.js";\n': "2: no panel can be made of this demo: Cannot find module "
    "'demos/NAME/none.js' imported from demos/NAME/demo.js." + FAR,
    IMPORT + "\n\nconst a = ;\n": "4: no panel can be made of this demo: Unexpected token ';'." + FAR,
    IMPORT + '\nawait fetch("./a.json");\n': "3: no panel can be made of this demo: nothing can be fetched before the "
    "demo is awake." + FAR,
    IMPORT + "await new Promise(() => {});\n": "1: no panel can be made of this demo: an `await` in it never ends."
    + FAR,
    IMPORT + "\nprocess.exit(0);\n": "3: no panel can be made of this demo: process is not defined." + FAR,
    key("draws: false") + 'Promise.reject(new Error("later"));\n': "7: no panel can be made of this demo: later." + END,
}
WRONG = [*{**FAULTS, **THROWN}.items()]


@pytest.fixture(scope="module")
def sentences(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Of all demos, laid out by one process, as those of a blog are."""
    scripts = {f"d{i}/demo.js": text.replace("NAME", f"d{i}") for i, (text, _) in enumerate(WRONG)}
    made, errors = lay_out(tmp_path_factory.mktemp("shapes"), {**scripts, "good/demo.js": GOOD})
    assert made.keys() == {"good"}
    return errors


GOOD = (BEGIN + VIEWS).replace("NAME", "good")


@pytest.mark.parametrize(("place", "sentence"), [(i, sentence) for i, (_, sentence) in enumerate(WRONG)])
def test_it_is_a_sentence(sentences: list[str], place: int, sentence: str) -> None:
    found = [each.replace(f"d{place}", "NAME") for each in sentences if each.startswith(f"demos/d{place}/")]
    assert found == [f"demos/NAME/demo.js:{sentence}"]


def test_what_scripts_say_is_no_part_of_the_answer(lay: Lay) -> None:
    made, errors = lay({"good/demo.js": GOOD + 'console.log("hello");'})
    assert (errors, [*made]) == ([], ["good"])


def test_a_loop_without_an_end_names_its_demo(lay: Lay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "SECONDS", 4.0)
    endless = (BEGIN + "  views: () => { for (;;); },\n});\n").replace("NAME", "endless")
    made, errors = lay({"endless/demo.js": endless, "good/demo.js": GOOD})
    assert [*made] == ["good"]
    assert errors == [
        "demos/endless/demo.js:2: the demo `endless` is not laid out after 4 s. Look for a loop in its scripts that "
        "never ends."
    ]


def test_views_have_names_of_their_own(lay: Lay) -> None:
    titles = ["Loss", "損失", "λ", "Loss"]
    plots = ", ".join(f'plot(demo, {{ title: "{title}", layers: [] }})' for title in titles)
    made, _ = lay({"d/demo.js": view(plots).replace("NAME", "d")})
    names = re.findall(r'data-view="([^"]*)"', "".join(made["d"].html["demo-d"]))
    assert names == ["loss", "view", "view-2", "loss-2"]


def test_a_semicolon_in_quotes_ends_no_declaration(lay: Lay) -> None:
    style = 'background: url("data:image/png;base64,AA=="); color: red'
    script = view(f"{{ element: h('div', {{ style: `{style}` }}) }}").replace("h('div', { style:", "styled({ style:")
    made, errors = lay(
        {
            "d/demo.js": script.replace("NAME", "d")
            + "function styled({ style }) {\n  const made = h('div');\n  made.setAttribute('style', style);\n"
            "  return made;\n}\n"
        }
    )
    assert errors == []
    (rule,) = made["d"].sheet
    assert rule.endswith('{background: url("data:image/png;base64,AA==")!important;color: red!important}')


def keys_of(name: str) -> list[str]:
    found = re.search(rf"\b{name}(?:: | = )keys\(\s*\"([^\"]+)\"", KNOWN.read_text(encoding="utf-8"))
    assert found is not None, name
    return found[1].split(" ")


@pytest.mark.parametrize("name", ["Definition", "Control", "Contestant"])
def test_the_keys_are_those_of_the_types(name: str) -> None:
    types = (RUNTIME / "types.d.ts").read_text(encoding="utf-8")
    body = types.split(f"export interface {name} {{")[1].split("\n}")[0]
    typed = [key + ("" if optional else "!") for key, optional in re.findall(r"^  (\w+)(\??):", body, re.MULTILINE)]
    assert sorted(keys_of(name.upper())) == sorted(typed)


OPTIONS = {
    "plot": ("plot", "PlotOptions"),
    "AXIS": ("axis", "AxisOptions"),
    "images": ("images", "ImagesOptions"),
    "map": ("map", "MapOptions"),
    "tokens": ("tokens", "TokensOptions"),
    "nodes": ("nodes", "NodesOptions"),
    "formula": ("formula", "FormulaOptions"),
    "verdict": ("verdict", "VerdictOptions"),
    "drawing": ("drawing", "DrawingOptions"),
    "textInput": ("text-input", "TextOptions"),
    "fileInput": ("file-input", "FileOptions"),
    "band": ("band", "BandOptions"),
    "points": ("layers", "PointsOptions"),
    "field": ("layers", "FieldOptions"),
    "cells": ("cells", "CellsOptions"),
    "histogram": ("histogram", "HistogramOptions"),
    "line": ("lines", "LineOptions"),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_the_options_are_those_of_the_types(name: str) -> None:
    file, type_name = OPTIONS[name]
    text = re.sub(r"\n \*\s*", " ", (RUNTIME / "views" / f"{file}.js").read_text(encoding="utf-8"))
    found = re.search(rf"@typedef {{((?:(?!@typedef).)*?)}}\s*{type_name}\b", text, re.DOTALL)
    assert found is not None
    body = found[1] + (" label?: string, colour?: string, width?: number" if "Look &" in found[1] else "")
    flat = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", body))  # names of arguments are no options
    typed = [key + ("" if optional else "!") for key, optional in re.findall(r"\b(\w+)(\??):\s", flat)]
    assert sorted(keys_of(name)) == sorted(typed)
