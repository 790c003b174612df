"""A site with everything awkward in it: signs that must be escaped, a post with every part, one with none."""

from __future__ import annotations

from datetime import date

import pytest

from site_builder.pages import Assets, Chapter, Heading, Provenance, Site

TITLE = 'Bounds & <ratios>: "R/γ"'


@pytest.fixture
def site() -> Site:
    return Site("Series <1> & more", 'A "promise" & its <keeping>', "https://example.org", "A. & B. <O'Neil>", "en-GB")


@pytest.fixture
def assets() -> Assets:
    names = ("theme.css", "early.js", "page.js", "icon.svg", "prose.woff2", "interface.woff2")
    return Assets(*(f"/assets/{name}" for name in names))


@pytest.fixture
def full() -> Chapter:
    """Every field filled."""
    return Chapter(
        number=1,
        title=TITLE,
        summary='What "<b>" & co. mean',
        url="/bounds/",
        date=date(2026, 11, 21),
        updated=date(2026, 12, 1),
        minutes=13,
        authors=("Ł. Kaiser", "A. <N> Other"),
        headings=(Heading("rule", "The <em>rule</em>", (Heading("xor", "XOR"),)), Heading("end", "The end")),
        picture_html="<svg viewBox='0 0 1 1'></svg>",
        card_url="/assets/card.png",
        style="/assets/demo.css",
        scripts=("/assets/demo.js",),
        provenance=Provenance("llvmpipe <LLVM>", (("wgpu", "0.29"),), ("shaders/a.wgsl",), ("b.md",)),
        html=(
            '<section><h2 id="rule"><a class="anchor" href="#rule">The rule</a></h2>'
            '<p>So <math><mi>x</mi></math>, and <span class="tight">(<math><mi>y</mi></math>).</span>'
            ' <a href="/other/#a">There</a></p>'
            '<p><code>var(--ink)</code><script src="/assets/x.js"></script></p>'
            '<live-demo name="d" manifest="/assets/d.json"><figure class="figure">'
            '<div class="demo-panel"><p class="demo-help">Press Play.</p>'
            '<div class="demo-poster"><p>Play: it moves.</p>'
            '<svg viewBox="0 0 2 2" font-family="var(--font-ui)">'
            '<path stroke="var(--ink)" fill="color-mix(in srgb, var(--negative) 40%, var(--paper))"/>'
            '<defs><path id="svg-d-1" d="M0 0"/></defs><use href="#svg-d-1" fill="var(--paper)"/>'
            '<image class="only-light" href="data:image/png;base64,AA=="/>'
            '<image class="only-dark" href="data:image/png;base64,BB=="/></svg>'
            '<svg class="x only-narrow" viewBox="0 0 1 1"><path d="M0 0"/></svg>'
            '<img class="only-dark" src="/assets/dark.png" alt="x"></div><svg><path d="M9 9"/></svg>'
            "<button disabled>Play</button></div><figcaption>A caption.</figcaption></figure></live-demo>"
            '<math display="block"><mi>z</mi></math>.</section>'
        ),
    )


@pytest.fixture
def bare() -> Chapter:
    """Only what must be there."""
    return Chapter(0, "Zero", "None.", "/zero/", date(2026, 11, 20), "<p>Nothing.</p>", 1)
