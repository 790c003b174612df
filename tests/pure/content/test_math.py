"""Formulas: one batch for all, cached one by one, without inline styles; errors at the formula's own line."""

# ruff: noqa: E501  # one row for a formula

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from site_builder.bundle.node import NodePackages, lock_hash
from site_builder.content import Formula, math
from site_builder.errors import ConfigError, ContentError
from site_builder.project.cache import Cache

PROJECT = Path(__file__).parents[3]


class Batches:
    """Stands in for Node: answers every formula with itself, and counts."""

    def __init__(self, answer: str = "<math>{}</math>") -> None:
        self.answer = answer
        self.calls: list[list[list[object]]] = []

    def __call__(self, script: str, data: bytes) -> bytes:
        assert 'import temml from "temml"' in script
        self.calls.append(json.loads(data))
        return json.dumps([{"mathml": self.answer.replace("{}", str(tex))} for tex, _ in self.calls[-1]]).encode()


def formula(tex: str, display: bool = False, line: int = 1) -> Formula:
    return Formula(tex, display, "p.md", line)


def test_distinct_formulas_go_to_node_once_and_then_never_again(tmp_path: Path) -> None:
    run, cache = Batches(), Cache(tmp_path)
    wanted = [formula("x"), formula(" x ", line=2), formula("x", display=True), formula("y")]
    found = math.render(wanted, cache, run, "1")
    assert run.calls == [[["x", False], ["x", True], ["y", False]]]
    assert found == {("x", False): "<math>x</math>", ("x", True): "<math>x</math>", ("y", False): "<math>y</math>"}
    assert math.render(wanted, cache, run, "1") == found
    assert len(run.calls) == 1
    math.render([formula("y"), formula("z")], cache, run, "1")
    assert run.calls[1:] == [[["z", False]]]
    math.render([formula("x")], cache, run, "2")  # other tools
    assert run.calls[2:] == [[["x", False]]]


def test_styles_become_classes(tmp_path: Path) -> None:
    answer = (
        '<math class="tml-display" style="display:block math;"><mtd class="tml-left" style="padding-left:1em;'
        'padding-right:0em;"></mtd><mo style="math-depth:0;">~</mo><mi style="color:#ff0000;">x</mi>'
        '<mtd style="level:0;color:undefined;font:;font-size:1;max-size:Infinity,Infinity;padding-left:0em;"></mtd></math>'
    )
    assert math.render([formula("x")], Cache(tmp_path), Batches(answer), "1")["x", False] == (
        '<math class="tml-display"><mtd class="tml-left tml-pad-left-em tml-pad-right-0"></mtd>'
        '<mo class="tml-depth-0">~</mo><mi mathcolor="#ff0000">x</mi><mtd class="tml-pad-left-0"></mtd></math>'
    )


def test_the_theme_has_a_rule_for_every_class() -> None:
    css = (PROJECT / "static/theme/math.css").read_text(encoding="utf-8")
    rules = {name: body.strip() for name, body in re.findall(r"\.(tml-[\w-]+) \{([^}]*)\}", css)}
    for declaration, name in math.CLASSES.items():
        prop, _, value = declaration.partition(":")
        length = {"0em": "0", "0pt": "0", "3pt": "0.3em"}.get(value, value)  # the two kinds of box are padded alike
        assert rules.get(name) == f"{prop}: {length};"


@pytest.fixture(scope="session")
def tools() -> NodePackages:
    node = NodePackages(PROJECT / ".cache")
    try:
        node.packages()
    except ConfigError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    return node


FORMULAS = r"""
\frac{R}{\gamma}; \sum_{i=1}^n x_i; \arg\max_k p_k; \operatorname{softmax}(x)_k; \left(\frac{R}{\gamma}\right)^2; \mathbb{R}^d
\mathbf{W}^\top x; \hat{y}; \bar{x}; \tilde{w}; \vec{z}; \overline{ab}; \underbrace{x}_{n}; \sqrt[3]{x}; \mathcal{L}
\begin{aligned} a &= b & c &= d \\ &= e \end{aligned}; \begin{cases} 1 & x > 0 \\ 0 \end{cases}; \boxed{x}; \color{red}{x}
\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}; \begin{array}{l|r} 1 & 2 \\ \hline 3 & 4 \end{array}; \begin{smallmatrix}1&2\end{smallmatrix}
\lVert x \rVert_2; \xrightarrow{f}; \text{if } x; \Bigl( x \Bigr); \operatorname*{arg\,min}_x; \cancel{x}; f\colon A \to B
"""


def test_temml_renders_what_the_series_needs(tools: NodePackages, tmp_path: Path) -> None:
    wanted = [formula(tex, display) for tex in re.split(r";|\n", FORMULAS) for display in (True, False) if tex.strip()]
    found = math.render(wanted, Cache(tmp_path), tools.run, lock_hash())
    assert len(found) == len(wanted)
    for (_, display), mathml in found.items():
        assert mathml.startswith('<math display="block"' if display else "<math>")
        assert " style=" not in mathml
        assert "merror" not in mathml
        assert "<mrow scriptlevel" not in mathml
    assert found[r"\frac{R}{\gamma}", False] == "<math><mfrac><mi>R</mi><mi>γ</mi></mfrac></math>"


BAD = [
    (formula(r"\fooo + 1", line=7), r"p.md:7: the formula `\fooo + 1` does not parse: unsupported function name: \fooo."),
    (formula("\nx +\n\\frac{1}\n", True, 7), r"p.md:9: the formula `x + \frac{1}` does not parse: unexpected end of input in a macro argument, expected '}'."),
    (formula("x^", line=7), "p.md:7: the formula `x^` does not parse: it ends too early or is malformed."),
    (formula(r"\tag{3} x", True, 7), r"p.md:7: the formula `\tag{3} x` numbers itself. Use `aligned` or `gathered`, no `\tag`, and write a label after the closing `$$`: `$$ (eq-name)`."),
    (formula(r"\raisebox{2pt}{x}", line=7), r"p.md:7: the formula `\raisebox{2pt}{x}` needs the inline style `padding:1.9925pt 0 0 0`, which the site does not allow. Write it without commands that place or pad by hand."),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "sentence"), BAD, ids=[bad.tex for bad, _ in BAD])
def test_bad_formulas(tools: NodePackages, tmp_path: Path, bad: Formula, sentence: str) -> None:
    with pytest.raises(ExceptionGroup) as caught:
        math.render([formula("x"), bad, formula(r"\worse", line=9)], Cache(tmp_path), tools.run, lock_hash())
    first, second = caught.value.exceptions
    assert isinstance(first, ContentError)
    assert str(first) == sentence
    assert str(second) == r"p.md:9: the formula `\worse` does not parse: unsupported function name: \worse."
