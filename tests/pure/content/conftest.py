"""A small project for the content tests: one bibliography, a few values, two posts, sources to quote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from site_builder.content import (
    DemoElement,
    Env,
    Figure,
    Image,
    Post,
    RenderedPost,
    check,
    citations,
    parse_text,
    render,
)
from site_builder.content.faults import raise_all
from site_builder.content.html import escape
from site_builder.project.cache import Cache

FRONT = "---\ntitle: The perceptron\nsummary: One neuron that learns.\ndate: 2026-01-31\n---\n"
FILE = "posts/01-perceptron/index.md"
OTHER = """---
title: Multi-layer perceptrons
summary: Two of them.
date: 2026-02-28
---

## Two maps are one

$$
AB
$$ (eq-product)

:::{demo} curve
:::
"""
BIBLIOGRAPHY = """
@article{rosenblatt1958,
  author = {Rosenblatt, Frank},
  title = {The Perceptron: A Probabilistic Model},
  year = {1958},
  journal = {Psychological Review},
  volume = {65},
  number = {6},
  pages = {386--408},
  doi = {10.1037/h0042519}
}
@book{minsky1969,
  author = {Minsky, Marvin and Papert, Seymour},
  title = {Perceptrons},
  year = {1969},
  publisher = {MIT Press}
}
"""
SOURCE = """import math


class Layer:
    # region: forward
    def forward(self, x):
        # region: sum
        total = x < 1
        # endregion
        return total

    # endregion
"""


class Formulas(dict[tuple[str, bool], str]):
    """Stands in for Temml: every formula is there."""

    def __missing__(self, key: tuple[str, bool]) -> str:
        return f"<math>{'display ' if key[1] else ''}{escape(key[0])}</math>"


@pytest.fixture(scope="session")
def env(tmp_path_factory: pytest.TempPathFactory) -> Env:
    root = tmp_path_factory.mktemp("project")
    (root / "layer.py").write_text(SOURCE)
    (root / "softmax.wgsl").write_text("// region: row\n@compute\nfn main() {}\n// endregion\n")
    (root / "posts").mkdir()
    (root / "posts/references.bib").write_text(BIBLIOGRAPHY)
    cache = Cache(root / ".cache")
    other = parse_text(OTHER, "posts/02-multi-layer-perceptrons/index.md")
    return Env(
        root=root,
        cache=cache,
        values={"digits": {"accuracy": 0.9532, "steps": 12500, "gap": -0.25, "tiny": 1.5e-7, "name": "digits"}},
        figures={
            "digits-loss": Figure("<svg></svg>"),
            "wide": Figure("<svg></svg>", width="page"),
            "replayed": Figure("<svg></svg>", record="/assets/run.json", scripts=["/assets/replay.js"]),
        },
        demos={
            "digits": DemoElement(
                "Ten weight images",
                "/assets/digits.json",
                {"demo-digits": "<svg></svg>", "again": "<svg></svg>"},
                ["/assets/a.js", "/assets/digits.js"],
            ),
            "curve": DemoElement("A curve", "/c", {"demo-curve": ""}),
        },
        math=Formulas(),
        bibliography=citations.load(root / "posts/references.bib", cache, "posts/references.bib"),
        posts={other.slug: other},
        urls={other.slug: "/multi-layer-perceptrons/", "perceptron": "/perceptron/"},
        paths={"/", "/feed.xml"},
        images={"posts/01-perceptron/mark.png": Image("/assets/mark-1a2b.png", 640, 480)},
    )


@pytest.fixture(scope="session")
def write(env: Env) -> Callable[[str], RenderedPost]:
    """Parse, check and render a body below valid front matter."""

    def write(body: str) -> RenderedPost:
        post = parse_text(FRONT + body, FILE)
        whole = replace(env, posts={**env.posts, post.slug: post})
        raise_all(check(post, whole))
        return render(post, whole)

    return write


@pytest.fixture(scope="session")
def read() -> Callable[[str], Post]:
    """Parse a body below valid front matter."""
    return lambda body: parse_text(FRONT + body, FILE)
