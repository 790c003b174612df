"""What readers give to a demo: a drawing that is shifted, a text with examples, a file. On the gallery's own model."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from site_builder.assembly.demos import ModelAssets
from site_builder.assembly.output import Output
from site_builder.bundle.assets import Bundle, bundle
from site_builder.bundle.node import NodePackages
from site_builder.project.cache import Cache
from site_builder.record.demos import demo_payloads
from tests.browser.conftest import ROOT, Served, page_html, until
from tests.browser.test_runtime import RUN, ready

Opener = Callable[..., Page]
NAMES = ("gallery-inputs", "gallery-drawing")
SAID = "document.querySelector('.{} .input-said').textContent"
FIGURE = (
    '<live-demo name="{0}" id="demo-{0}" manifest="{1}"><figure><figcaption>Inputs.</figcaption></figure></live-demo>'
)


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bundle, ModelAssets, dict[str, str]]:
    """The gallery's demos: their scripts, their models, and the addresses of their manifests."""
    root = tmp_path_factory.mktemp("inputs")
    for name in ("runtime", *NAMES):
        shutil.copytree(ROOT / "demos" / name, root / "demos" / name)
    cache = Cache(root / ".cache")
    assets = ModelAssets(Output(), cache, root)
    payloads = demo_payloads(root, cache, [root / "demos" / name / "model.py" for name in NAMES])
    manifests = {name: assets.manifest(payloads[name]) for name in NAMES}
    return bundle(root, cache, NodePackages(ROOT / ".cache")), assets, manifests


@pytest.fixture
def address(server: Served, packed: tuple[Bundle, ModelAssets, dict[str, str]]) -> str:
    scripts, assets, manifests = packed
    server.clear()
    for path, content in {**scripts.files, **assets.output.files}.items():
        server.put(f"/{path}", content)
    server.put("/page.css", "")
    for name in NAMES:
        html = page_html(scripts, FIGURE.format(name, manifests[name]), f"demos/{name}/demo.js")
        server.put(f"/{name}", html)
    return server.url


def awake(open_page: Opener, url: str) -> Page:
    page = open_page(url, on="processor")
    ready(page)
    page.evaluate(f"{RUN}.wake()")
    until(page, f"{RUN}.awake")
    return page


def held(page: Page, name: str) -> list[float]:
    """An input's numbers."""
    return list(page.evaluate(f"[...{RUN}.input('{name}')]"))


SHIFTS = {"to the left": (0, -1), "to the right": (0, 1), "up": (-1, 0), "down": (1, 0)}


@pytest.mark.parametrize(("way", "by"), SHIFTS.items())
def test_a_drawing_is_shifted_by_a_pixel_and_nothing_comes_back(
    address: str, open_page: Opener, way: str, by: tuple[int, int]
) -> None:
    page = awake(open_page, f"{address}/gallery-drawing")
    before = np.arange(64).reshape(8, 8) / 64
    page.evaluate(f"{RUN}.edit('drawing', {before.ravel().tolist()})")
    page.get_by_label(f"Shift the drawing one pixel {way}", exact=True).click()
    after = np.pad(before, 1)[1 - by[0] : 9 - by[0], 1 - by[1] : 9 - by[1]]
    assert held(page, "drawing") == pytest.approx(after.ravel().tolist(), abs=1e-6)


def test_a_large_pad_is_larger_than_a_finger_and_leaves_one_room(address: str, open_page: Opener) -> None:
    for width, least in ((390, 180), (1440, 180)):
        page = open_page(f"{address}/gallery-drawing", on="processor", viewport={"width": width, "height": 844})
        ready(page)
        box = page.locator(".pad.large").bounding_box()
        assert box is not None
        assert least < box["width"] == pytest.approx(box["height"], abs=1)
        assert width - box["width"] > 56


def test_a_text_becomes_tokens_and_is_text_in_the_link(address: str, open_page: Opener) -> None:
    page = awake(open_page, f"{address}/gallery-inputs")
    box = page.get_by_label("A text", exact=True)
    expect(box).to_have_value("the theme of these")
    box.fill("abc z")
    assert held(page, "text")[:7] == [1, 2, 3, 0, 26, 0, 0]
    assert page.evaluate(f"{RUN}.link()") == "#demo-gallery-inputs?text=abc%20z"
    again = open_page(f"{address}/gallery-inputs#demo-gallery-inputs?text=abc%20z", on="processor")
    until(again, f"{RUN}?.awake")
    assert held(again, "text") == held(page, "text")
    until(again, "document.querySelector('.text-input input').value === 'abc z'")


def test_what_a_text_cannot_have_is_said(address: str, open_page: Opener) -> None:
    page = awake(open_page, f"{address}/gallery-inputs")
    box, said = page.get_by_label("A text", exact=True), SAID.format("text-input")
    box.fill("aéb!é")
    assert held(page, "text")[:3] == [1, 2, 0]
    assert page.evaluate(said) == "This model does not know “é”, “!”: left out."
    box.fill("x" * 35)
    assert held(page, "text") == [24] * 32
    assert page.evaluate(said) == "This model reads 32 characters: 3 more are left out."
    box.fill("")
    assert held(page, "text") == [0] * 32
    assert page.evaluate(said) == ""


BROKEN = {
    "text=%C3%A9": "“é” is no character of this model",
    "text=" + 33 * "a": "a text has at most 32 characters, not 33",
}


@pytest.mark.parametrize("state", BROKEN)
def test_a_text_that_no_model_knows_is_left_out_of_a_link(address: str, open_page: Opener, state: str) -> None:
    page = open_page(f"{address}/gallery-inputs#demo-gallery-inputs?{state}", on="processor")
    shown = "document.querySelector('.demo-error:not([hidden])')?.textContent"
    until(page, shown)
    assert page.evaluate(shown) == f"Part of this link was left out: {BROKEN[state]}."


def test_an_example_is_chosen_by_mouse_and_keyboard(address: str, open_page: Opener) -> None:
    page = awake(open_page, f"{address}/gallery-inputs")
    page.get_by_role("button", name="banana bandana").click()
    assert held(page, "text")[:6] == [2, 1, 14, 1, 14, 1]
    page.get_by_role("button", name="abcabcabcabc").press("Enter")
    assert page.get_by_label("A text", exact=True).input_value() == "abcabcabcabc"
    assert "text=abcabcabcabc" in page.evaluate(f"{RUN}.link()")


def picture() -> bytes:
    """A dark square in the upper right corner of a white one, twice as high as wide."""
    pixels = np.full((160, 80), 255, np.uint8)
    pixels[:40, 40:] = 0
    png = io.BytesIO()
    Image.fromarray(pixels).save(png, "PNG")
    return png.getvalue()


def test_a_picture_becomes_ink_and_stays_on_the_page(address: str, open_page: Opener) -> None:
    page = awake(open_page, f"{address}/gallery-drawing")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method != "GET" else None)
    chooser = page.get_by_label("A digit from a picture", exact=True)
    chooser.set_input_files({"name": "corner.png", "mimeType": "image/png", "buffer": picture()})
    said = SAID.format("file-input")
    until(page, f"{said} !== ''")
    assert page.evaluate(said) == "corner.png stays on this page. A link does not hold it."
    ink = np.zeros((8, 8))
    ink[:2, 4:6] = 1
    assert held(page, "drawing") == pytest.approx(ink.ravel().tolist(), abs=0.02)
    assert page.evaluate(f"{RUN}.link()") == "#demo-gallery-drawing"
    assert sent == []


NO_PICTURE = "cannot be read as a picture. PNG, JPEG, GIF and WebP can, unless they are very large."
FILES = {
    "no picture": ("notes.txt", b"Notes.", f"notes.txt {NO_PICTURE}"),
    "too large": ("huge.png", bytes(9_000_000), "huge.png has 9.0 MB; up to 8.0 MB are read."),
    "empty": ("empty.png", b"", f"empty.png {NO_PICTURE}"),
}


@pytest.mark.parametrize(("name", "content", "sentence"), FILES.values(), ids=FILES)
def test_what_cannot_be_read_of_a_file_is_said_and_changes_nothing(
    address: str, open_page: Opener, name: str, content: bytes, sentence: str
) -> None:
    page = awake(open_page, f"{address}/gallery-drawing")
    before = held(page, "drawing")
    chooser = page.get_by_label("A digit from a picture", exact=True)
    chooser.set_input_files({"name": name, "mimeType": "image/png", "buffer": content})
    said = SAID.format("file-input")
    until(page, f"{said} !== ''")
    assert page.evaluate(said) == sentence
    assert held(page, "drawing") == before


def test_what_is_said_of_a_file_goes_with_its_picture(address: str, open_page: Opener) -> None:
    page = awake(open_page, f"{address}/gallery-drawing")
    page.get_by_label("A digit from a picture", exact=True).set_input_files(
        {"name": "dark.png", "mimeType": "image/png", "buffer": picture()}
    )
    said = SAID.format("file-input")
    until(page, f"{said}.startsWith('dark.png stays')")
    page.evaluate(f"{RUN}.edit('drawing', new Float32Array(64))")
    until(page, f"{said} === ''")


def test_the_page_and_its_model_have_one_vocabulary() -> None:
    folder = ROOT / "demos" / "gallery-inputs"
    found = [
        re.findall(r'VOCABULARY = "(.*?)"', (folder / file).read_text("utf-8")) for file in ("demo.js", "model.py")
    ]
    assert len(found[0]) == 1
    assert found[0] == found[1]


def test_of_two_files_the_one_that_was_chosen_last_counts(address: str, open_page: Opener) -> None:
    """However long the first one takes to be read."""
    slow = """
      const made = window.createImageBitmap;
      let pictures = 0;
      window.createImageBitmap = async (...all) => {
        const wait = pictures++ ? 0 : 800;
        await new Promise((resolve) => setTimeout(resolve, wait));
        return made(...all);
      };
    """
    page = open_page(f"{address}/gallery-drawing", script=slow, on="processor")
    ready(page)
    chooser = page.get_by_label("A digit from a picture", exact=True)
    white = io.BytesIO()
    Image.new("L", (8, 8), 255).save(white, "PNG")
    for name, content in (("first.png", white.getvalue()), ("second.png", picture())):
        chooser.set_input_files({"name": name, "mimeType": "image/png", "buffer": content})
    said = SAID.format("file-input")
    until(page, f"{said}.startsWith('second.png stays')")
    page.wait_for_timeout(1000)
    assert page.evaluate(said).startswith("second.png stays")
    assert held(page, "drawing")[5] == pytest.approx(1, abs=0.02)
