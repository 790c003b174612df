"""What a definition names and the model does not have: a sentence with file and line, and what to do."""

from __future__ import annotations

import json

import pytest

from site_builder.panels import plan_names, wrong_names, wrong_settings
from site_builder.panels.checks import PlanNames
from site_builder.panels.definition import DemoDefinition

from .conftest import IMPORT, lay_out

SCRIPT = (
    IMPORT
    + """
define("fit", {
  program: "step",
  show: ["look"],
  reads: ["knots"],
  controls: {
    size: { label: "Size", values: { 8: "Eight", 16: "Sixteen" } },
    gain: { label: "Gain", min: 0, max: 2 },
    shape: { label: "Shape", values: { flat: "Flat", round: "Round" }, sets: ["curve"], change() {} },
    turn: { label: "Turn", min: -1, max: 1 },
    clear: { label: "Clear", press() {} },
    fine: { label: "Fine" },
  },
  views: (demo) => [plot(demo, { title: "Fit", layers: [line({ y: "curve" })] })],
  status: (demo) => ({ turned: demo.control("turn"), fine: demo.control("fine") }),
});
"""
)
CHANGES = [
    (
        'program: "step"',
        'program: "small"',
        "4: `program` names the program `small`, which the plan with size=16 does not have. It has `step`, `look`.",
    ),
    (
        'show: ["look"]',
        'show: ["loook"]',
        "5: `show` names the program `loook`, which the plan with size=8 does not have. Perhaps `look` is meant.",
    ),
    ('program: "step",', "", "3: `program` names no program. It has `step`, `look`, `small`."),
    (
        'reads: ["knots"]',
        'reads: ["knot"]',
        "6: `reads` names the buffer `knot`, which no plan has. Perhaps `knots` is meant.",
    ),
    ('reads: ["knots"]', 'reads: ["extra"]', None),
    ('y: "curve"', 'y: "cruve"', "15: a view draws the buffer `cruve`, which no plan has. Perhaps `curve` is meant."),
    (
        '16: "Sixteen"',
        '17: "Seventeen"',
        "8: the control `size` offers `17`, with which the model was not built. model.py gives `8`, `16`.",
    ),
    (
        'values: { 8: "Eight", 16: "Sixteen" }',
        "min: 8, max: 16",
        "8: the control `size` belongs to an option and has no `values`. Name those of model.py: 8, 16.",
    ),
    (
        'gain: { label: "Gain",',
        'spare: { label: "gain",',
        "9: the control `spare` belongs to an input of 4 numbers, and can write one. Call it something else, and "
        "write the input in its `change`.",
    ),
    (
        'sets: ["curve"]',
        'sets: ["curves"]',
        "10: the control `shape` sets `curves`, which is no input of the model. Perhaps `curve` is meant.",
    ),
    (
        'gain: { label: "Gain",',
        'gian: { label: "spare",',
        "9: the control `gian` is no option, no input, and nothing asks for its value. Perhaps `gain` is meant.",
    ),
    (SCRIPT, SCRIPT, None),
]
OPTIONS = {"size": ["8", "16"]}


def plan(programs: list[str], **buffers: tuple[str, list[int]]) -> str:
    named = [{"name": name, "role": role, "shape": shape} for name, (role, shape) in buffers.items()]
    return json.dumps({"programs": {name: {} for name in programs}, "buffers": [*named, {"name": None}]})


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> list[DemoDefinition]:
    """With each of the changes, laid out together; the last is the script itself."""
    scripts = {}
    for place, (old, new, _) in enumerate(CHANGES):
        assert SCRIPT.count(old) == 1
        scripts[f"fit{place}/demo.js"] = SCRIPT.replace(old, new).replace('define("fit"', f'define("fit{place}"')
    made, errors = lay_out(tmp_path_factory.mktemp("names"), scripts)
    assert errors == []
    return [made[f"fit{place}"].definition for place in range(len(CHANGES))]


@pytest.fixture
def plans() -> list[PlanNames]:
    both = {"knots": ("output", []), "gain": ("input", []), "curve": ("input", [64]), "spare": ("input", [2, 2])}
    large = plan(["step", "look"], **both, extra=("state", [4]))
    return plan_names({"size=8": plan(["step", "look", "small"], **both), "size=16": large})


@pytest.mark.parametrize(("place", "sentence"), [*enumerate(sentence for _, _, sentence in CHANGES)])
def test_what_they_lack_is_a_sentence(
    definitions: list[DemoDefinition], plans: list[PlanNames], place: int, sentence: str | None
) -> None:
    wrong = [str(error) for error in wrong_names(definitions[place], OPTIONS, plans)]
    assert wrong == ([f"demos/fit{place}/demo.js:{sentence}"] if sentence else [])


@pytest.mark.parametrize(
    ("state", "wrong"),
    [
        ("size=16&gain=0.5&shape=round&turn=-1&seed=7&step=40&fine=true", []),
        ("curve=0.1,0.2&curve@3=0.5", []),
        ("shapes=round", ["the demo has no setting `shapes`; Perhaps `shape` is meant"]),
        ("shape=round2", ["`shape` cannot be `round2`; Perhaps `round` is meant"]),
        ("size=9", ["`size` cannot be `9`; It can be `8`, `16`"]),
        ("gain=2.5", ["`gain` cannot be `2.5`; It is a number from 0 to 2"]),
        ("gain=nan", ["`gain` cannot be `nan`; It is a number from 0 to 2"]),
        ("turn=2", ["`turn` cannot be `2`; It is a number from -1 to 1"]),
        ("fine=1", ["`fine` cannot be `1`; It can be true or false"]),
        ("clear=1", ["`clear` is a button, which a link cannot press; Leave it out"]),
        ("seed=-1", ["`seed` cannot be `-1`; It is a whole number"]),
        ("seed=4294967296", ["`seed` cannot be `4294967296`; It is a whole number"]),
        ("curve=1,x", ["`curve` cannot be `1,x`; It holds numbers with commas between them"]),
        ("spare=1,2,3,4,5", ["`spare` has room for 4 numbers, and the link gives 5; Leave some out"]),
    ],
)
def test_a_link_sets_what_the_demo_can_take(
    definitions: list[DemoDefinition], plans: list[PlanNames], state: str, wrong: list[str]
) -> None:
    found = [f"{what}; {hint}" for what, hint in wrong_settings(state, definitions[-1], OPTIONS, plans)]
    assert found == wrong
