"""Formulas: TeX to MathML through Temml, all that are not yet known in one run of Node.

In: formulas with their places, and `run(script, data) -> output`, which runs an ES module on Node with Temml at hand.
Out: MathML by (TeX, display). Cached by the hash of the formula, the script and the tools' version. Temml writes inline
styles, which the site's security policy forbids: they become classes, for which static/theme/math.css has the rules.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from .. import markup
from ..errors import BuildError, ContentError
from ..project.cache import Cache, digest
from .faults import collect_errors, raise_all
from .html import tag

RunNode = Callable[[str, bytes], bytes]
MathKey = tuple[str, bool]

SCRIPT = """
import temml from "temml";
import { text } from "node:stream/consumers";
const formulas = JSON.parse(await text(process.stdin));
const results = formulas.map(([tex, display]) => {
  try {
    return { mathml: temml.renderToString(tex, { displayMode: display, throwOnError: true, strict: false }) };
  } catch (error) {  // ParseError knows its place; a TypeError is Temml stumbling over a formula that ends too early
    const known = error instanceof temml.ParseError || error.name === "ParseError";
    return { error: known ? error.message : "it ends too early or is malformed", position: error.position ?? 0 };
  }
});
process.stdout.write(JSON.stringify(results));
"""

JUNK = re.compile(r"(level|max-size|font-shape|font-size|font-family|font-weight|font|color):(\d+|undefined|Inf.*|)")
LENGTHS = {"0em": "0", "0pt": "0", "5.9776pt": "gap", "0.1389em": "thin", "1em": "em", "2em": "2em"}
CLASSES = {
    **{f"padding-left:{length}": f"tml-pad-left-{name}" for length, name in LENGTHS.items()},
    **{f"padding-right:{length}": f"tml-pad-right-{name}" for length, name in LENGTHS.items()},
    "math-depth:0": "tml-depth-0",
    "padding:3pt": "tml-pad",
    "padding:0.3em": "tml-pad",
    "border:1px solid": "tml-box",
    "border-bottom:0.06em solid": "tml-line-below",
    "border-top:0.06em solid": "tml-line-above",
    "border-right:0.06em solid": "tml-line-right",
    "border-left:0.06em solid": "tml-line-left",
}


@dataclass(frozen=True)
class Formula:
    """A formula as it stands in a post. `line`: where its TeX begins."""

    tex: str
    display: bool
    file: str
    line: int

    @property
    def key(self) -> MathKey:
        return self.tex.strip(), self.display


def render(formulas: Iterable[Formula], cache: Cache, run: RunNode, version: str) -> dict[MathKey, str]:
    """The MathML of every distinct formula. `version` names the tools, such as the hash of their lock file.

    Raises ContentError for each formula that does not parse, in the order given.
    """
    found: dict[MathKey, str] = {}
    unknown: dict[MathKey, Formula] = {}
    for formula in formulas:
        if formula.key in found or formula.key in unknown:
            continue
        known = cache.get("math", _cache_key(formula.key, version))
        if known is None:
            unknown[formula.key] = formula
        else:
            found[formula.key] = known.decode()
    if unknown:
        results = json.loads(run(SCRIPT, json.dumps(list(unknown)).encode()))
        errors: list[BuildError] = []
        for (key, formula), result in zip(unknown.items(), results, strict=True):
            with collect_errors(errors):
                if "error" in result:
                    raise _failure(formula, result["error"], result["position"])
                found[key] = _without_styles(formula, result["mathml"])
                cache.put("math", _cache_key(key, version), found[key].encode())
        raise_all(errors)
    return found


def _cache_key(key: MathKey, version: str) -> str:
    return digest("math 1", version, SCRIPT, json.dumps(sorted(CLASSES.items())), key[0], "display" if key[1] else "")


def _failure(formula: Formula, message: str, position: int) -> ContentError:
    reason = message.split(" at position ")[0].split(" at end of input")[0].strip().rstrip(".:")
    reason = reason[0].lower() + reason[1:]
    skipped = len(formula.tex) - len(formula.tex.lstrip())
    line = formula.line + formula.tex.count("\n", 0, skipped + position)
    shown = " ".join(formula.tex.split())
    return ContentError(f"the formula `{shown}` does not parse: {reason}", formula.file, line)


def _without_styles(formula: Formula, mathml: str) -> str:
    shown = " ".join(formula.tex.split())
    if "tml-eqn" in mathml or "tml-tageqn" in mathml:
        raise ContentError(
            f"the formula `{shown}` numbers itself",
            formula.file,
            formula.line,
            "Use `aligned` or `gathered`, no `\\tag`, and write a label after the closing `$$`: `$$ (eq-name)`",
        )

    plain = mathml.replace('<mrow scriptlevel="0" displaystyle="true"', "<mrow")  # not valid there; of \boxed
    edits = []
    for styled in markup.read(plain).walk():
        if "style" in styled.attributes:
            end = "/>" if plain[: styled.inner].endswith("/>") else ">"
            opening = tag(styled.name, **_without_style(styled.attributes, formula))
            edits.append((styled.start, styled.inner, opening.removesuffix(">") + end))
    return markup.edited_text(plain, edits)


def _without_style(attributes: Mapping[str, str], formula: Formula) -> dict[str, str]:
    """The attributes of an element with classes, and for colours an attribute, in place of its style."""
    kept = {name: value for name, value in attributes.items() if name != "style"}
    names, colour = [kept["class"]] if "class" in kept else [], None
    for declaration in filter(None, attributes["style"].split(";")):
        if declaration in CLASSES:
            names.append(CLASSES[declaration])
        elif declaration.startswith("color:#"):
            colour = declaration[6:]
        elif declaration != "display:block math" and not JUNK.fullmatch(declaration):
            shown = " ".join(formula.tex.split())
            raise ContentError(
                f"the formula `{shown}` needs the inline style `{declaration}`, which the site does not allow",
                formula.file,
                formula.line,
                "Write it without commands that place or pad by hand",
            )
    if names:
        kept["class"] = " ".join(names)
    return {**kept, "mathcolor": colour} if colour else kept
