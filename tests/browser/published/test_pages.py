"""Every page: nothing in the console, valid, accessible, small, and every address leads somewhere."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from site_builder.markup import Element, read
from tests import tools
from tests.browser.published.conftest import Visit
from tests.browser.published.site import Published, demos, posts
from tests.missing import missing

PAGES = ["/", "/404.html", *(f"/{slug}/" for slug, _ in posts())]
UNLISTED = re.compile(r"^(listed: *false|front: *true)", re.MULTILINE)
KILOBYTE = 1000
LARGEST = {
    "runtime": 24 * KILOBYTE,
    "plan": 20 * KILOBYTE,
    "module": 10 * KILOBYTE,
    "post": 120 * KILOBYTE,
}  # gzipped, fonts and rasters apart


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(visit: Visit, path: str) -> None:
    axe = (tools.packages() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    for width in (390, 1440):
        for scheme in ("light", "dark"):
            page = visit(path, viewport={"width": width, "height": 900}, color_scheme=scheme)
            page.evaluate("document.fonts.ready.then(() => true)")
            page.evaluate(axe)
            found: list[dict[str, Any]] = page.evaluate("axe.run().then((result) => result.violations)")
            said = [f"{each['id']}: {node['html'][:150]}" for each in found for node in each["nodes"]]
            assert said == [], f"at {width} pixels, {scheme}"
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"too wide at {width} pixels"
            page.context.close()


def test_axe_finds_nothing_in_demos_that_run(visit: Visit) -> None:
    axe = (tools.packages() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    for slug in dict.fromkeys(slug for slug, _ in demos()):
        page = visit(f"/{slug}/", viewport={"width": 1440, "height": 900})
        for demo in page.locator("live-demo").all():
            demo.scroll_into_view_if_needed()
            demo.locator(".demo-bar:not([disabled])").wait_for()
            demo.get_by_role("button", name="Step").click()
            demo.locator(".demo-panel.awake").wait_for()
            if slug != ".":  # on the first page the foot is left out
                demo.get_by_text("Show data as table").click()
                demo.locator(".demo-table table").first.wait_for()
        page.evaluate(axe)
        found: list[dict[str, Any]] = page.evaluate("axe.run('main').then((result) => result.violations)")
        assert [f"{each['id']}: {node['html'][:150]}" for each in found for node in each["nodes"]] == []


def test_html_is_valid(published: Published) -> None:
    java = shutil.which("java")
    if java is None:
        missing("Java, for the Nu HTML checker,")
    checker = tools.packages() / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = [str(java), "-jar", checker, "--errors-only", "--format", "json", *published.pages]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    messages = json.loads(done.stderr)["messages"]
    assert [f"{Path(each['url']).parent.name}:{each.get('lastLine')}: {each['message']}" for each in messages] == []


def targets(page: Element) -> Iterator[str]:
    """Everything that a page points to."""
    for element in page.walk():
        for name, value in element.attributes.items():
            if name in ("href", "src", "manifest", "record", "poster"):
                yield value
            if name == "scripts":
                yield from value.split()


def test_addresses_lead_somewhere(published: Published) -> None:
    root = published.folder
    pages = {page: read(page.read_text(encoding="utf-8")) for page in published.pages}
    ids = {page: {each.attributes.get("id") for each in content.walk()} for page, content in pages.items()}
    broken = []
    for page, content in pages.items():
        here = "/" + page.relative_to(root).as_posix().removesuffix("index.html")
        for target in targets(content):
            parts = urlsplit(urljoin(f"https://here.test{here}", target))
            if parts.netloc != "here.test" or parts.scheme != "https":
                continue
            place = root / unquote(parts.path).lstrip("/")
            place = place / "index.html" if place.is_dir() else place
            anchor = unquote(parts.fragment).partition("?")[0]
            if not place.is_file() or (anchor and place in ids and anchor not in ids[place]):
                broken.append(f"{here}: {target}")
    assert broken == []


def test_feed_and_site_map_name_pages_that_exist(published: Published) -> None:
    slugs = {slug for slug, text in posts() if not UNLISTED.search(text)}
    assert len(slugs) < len(list(posts()))
    for name in ("feed.xml", "sitemap.xml"):
        text = (published.folder / name).read_text(encoding="utf-8")
        paths = {urlsplit(each).path for each in addresses_in(ElementTree.fromstring(text))}
        assert {f"/{slug}/" for slug in slugs} <= paths, name
        for path in paths:
            assert (published.folder / path.lstrip("/")).exists(), f"{name}: {path}"


def addresses_in(element: ElementTree.Element) -> Iterator[str]:
    for each in element.iter():
        if each.tag.endswith("}link"):
            yield each.attrib["href"]
        elif each.tag.endswith("}loc"):
            yield each.text or ""


def test_modules_and_trials_wait_until_a_reader_wants_them(published: Published) -> None:
    assert [*published.folder.glob("assets/*.wasm")]
    for page in published.pages:
        text = page.read_text(encoding="utf-8")
        assert ".wasm" not in text, page
        assert "-trial-" not in text, page


def test_pages_promise_a_strict_policy(published: Published) -> None:
    for page in published.pages:
        root = read(page.read_text(encoding="utf-8"))
        (meta,) = (each for each in root.walk("meta") if "http-equiv" in each.attributes)
        assert meta.attributes["http-equiv"] == "Content-Security-Policy"
        policy = meta.attributes["content"]
        first = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self';"
        assert policy.startswith(first), page
        assert policy.count("unsafe") == 1
        names = {name for each in root.walk() for name in each.attributes}
        assert not [name for name in names if name == "style" or name.startswith("on")], page
        for script in root.walk("script"):
            assert "src" in script.attributes or script.attributes["type"] == "application/ld+json", page


# Sizes, gzipped.


@pytest.mark.parametrize("slug", [slug for slug, _ in posts()])
def test_posts_are_small(published: Published, slug: str) -> None:
    """HTML, its one style sheet, the scripts that are loaded with it, and those of demos and figures that come near."""
    styles, _ = published.loads(slug)
    assert len(styles) == 1, "each costs a round trip before anything is painted"
    found = published.sizes(slug)
    assert len(found) >= 4
    assert sum(found.values()) <= LARGEST["post"], found


def test_the_runtime_is_small(published: Published) -> None:
    for slug in dict.fromkeys(slug for slug, _ in demos()):
        runtime = published.runtime(slug)
        assert len(runtime) >= 3
        assert sum(runtime.values()) <= LARGEST["runtime"], runtime


@pytest.mark.parametrize(("pattern", "kind"), [("*-plan-*.json", "plan"), ("*.wasm", "module")])
def test_models_are_small(published: Published, pattern: str, kind: str) -> None:
    found = published.largest(pattern)
    assert len(found) >= len(demos())
    assert {name: size for name, size in found.items() if size > LARGEST[kind]} == {}
