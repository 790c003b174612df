"""Every page: nothing in the console, valid, accessible, small, and every address leads somewhere."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from tests import tools
from tests.browser.published.conftest import Visit
from tests.browser.published.site import Published, demos, posts
from tests.missing import missing
from tests.serving import packed

PAGES = ["/", "/404.html", *(f"/{slug}/" for slug, _ in posts())]
KILOBYTE = 1000
LARGEST = {"runtime": 12 * KILOBYTE, "plan": 20 * KILOBYTE, "post": 120 * KILOBYTE}  # gzipped, fonts apart


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


class Addresses(HTMLParser):
    """Everything a page points to, and everything in it that can be pointed to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            if name in ("href", "src", "manifest", "record", "poster") and value is not None:
                self.targets.append(value)
            if name == "scripts" and value is not None:
                self.targets += value.split()


def test_addresses_lead_somewhere(published: Published) -> None:
    root = published.folder
    pages = {page: Addresses(page.read_text(encoding="utf-8")) for page in published.pages}
    broken = []
    for page, addresses in pages.items():
        here = "/" + page.relative_to(root).as_posix().removesuffix("index.html")
        for target in addresses.targets:
            parts = urlsplit(urljoin(f"https://here.test{here}", target))
            if parts.netloc != "here.test" or parts.scheme != "https":
                continue
            place = root / unquote(parts.path).lstrip("/")
            place = place / "index.html" if place.is_dir() else place
            anchor = unquote(parts.fragment).partition("?")[0]
            if not place.is_file() or (anchor and place in pages and anchor not in pages[place].ids):
                broken.append(f"{here}: {target}")
    assert broken == []


def test_feed_and_site_map_name_pages_that_exist(published: Published) -> None:
    slugs = {slug for slug, _ in posts()}
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


def test_pages_promise_a_strict_policy(published: Published) -> None:
    for page in published.pages:
        text = page.read_text(encoding="utf-8")
        found = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
        assert found, page
        policy = found[1].replace("&#39;", "'")
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';"), page
        assert "unsafe" not in policy
        assert not re.search(r"<[a-z][^>]* (style|on[a-z]+)=", text), page
        assert not re.search(r"<script(?![^>]* (src|type=\"application/ld\+json\"))", text), page


# Sizes, gzipped.


def sizes(published: Published, names: Iterable[str]) -> dict[str, int]:
    """Bytes by path."""
    return {name: len(packed(published.folder / name)) for name in names}


@pytest.mark.parametrize("slug", [slug for slug, _ in posts()])
def test_posts_are_small(published: Published, slug: str) -> None:
    """HTML, its one style sheet, and the scripts that are loaded with it; demos' come when they are approached."""
    text = (published.folder / slug / "index.html").read_text(encoding="utf-8")
    styles = re.findall(r'rel="stylesheet" href="/([^"]+)"', text)
    assert len(styles) == 1, "each costs a round trip before anything is painted"
    found = sizes(published, [f"{slug}/index.html", *styles, *re.findall(r'<script[^>]* src="/([^"]+)"', text)])
    assert len(found) >= 4
    assert sum(found.values()) <= LARGEST["post"], found


def test_the_runtime_is_small(published: Published) -> None:
    """All that demos share of scripts: what is loaded for those of a page, less their own."""
    own = tuple(f"assets/{name}-" for _, name in demos())
    for slug in dict.fromkeys(slug for slug, _ in demos()):
        text = (published.folder / slug / "index.html").read_text(encoding="utf-8")
        named = {name for each in re.findall(r'<live-demo[^>]* scripts="([^"]+)"', text) for name in each.split()}
        loader = re.findall(r'<script[^>]* src="(/assets/load-[^"]+)"', text)
        runtime = sizes(published, (name[1:] for name in [*loader, *named] if not name[1:].startswith(own)))
        assert len(runtime) >= 3
        assert sum(runtime.values()) <= LARGEST["runtime"], runtime


def test_plans_are_small(published: Published) -> None:
    plans = {file.name: len(packed(file)) for file in published.folder.glob("assets/*-plan-*.json")}
    assert len(plans) >= len(demos())
    assert {name: size for name, size in plans.items() if size > LARGEST["plan"]} == {}
