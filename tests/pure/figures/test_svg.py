"""What leaves matplotlib's SVG, and what must not."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from site_builder.errors import FigureError
from site_builder.figures import svg, theme, tokens
from site_builder.figures.theme import canvas, colour, colour_key, direct_label, heatmap, image_grid, panel_label, plane
from site_builder.markup import read


def picture() -> theme.Picture:
    """One of everything."""
    fig, (left, right) = canvas("page", height=3.0, columns=2)
    x = np.linspace(1, 100, 50)
    for name in ("relu", "tanh"):
        right.plot(x, x**-0.5, label=name)
    right.set(yscale="log", xlabel="step", ylabel="loss")
    direct_label(right)
    panel_label(right, "Loss")
    plane(left)
    heatmap(left, np.array([[0.0, 1.0], [-1.0, np.nan]]), extent=(-1, 1, -1, 1), smooth=True)
    left.scatter([0.1, 0.2, 0.3], [0.3, 0.2, 0.1], c=[-1, 0, 1], cmap=theme.colour_map("diverging"), alpha=0.5)
    left.contour([[1.0, 0.0], [0.0, 1.0]], levels=[0.5], colors=[colour("ink")], linestyles="dashed")
    colour_key(left, "diverging", "−1", "+1")
    return theme.render(fig, "one-of-all", 'says "what" <it> shows')


def values(text: str, name: str) -> list[str]:
    """What the elements have as an attribute."""
    return [each.attributes[name] for each in read(text).walk() if name in each.attributes]


@pytest.fixture(scope="module")
def drawn() -> str:
    with theme.styled():
        return picture().svg


def test_the_same_figure_is_the_same_text(drawn: str) -> None:
    with theme.styled():
        assert picture().svg == drawn


def test_the_page_s_policy_allows_all_of_it(drawn: str) -> None:
    root = ElementTree.fromstring(drawn)
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names <= {"svg", "g", "path", "use", "defs", "text", "clipPath", "rect", "image", "mask"}
    assert not any("style" in element.attrib for element in root.iter())
    assert "xlink" not in drawn
    assert "<!--" not in drawn


def test_every_colour_follows_the_theme(drawn: str) -> None:
    colours = {*values(drawn, "fill"), *values(drawn, "stroke")}
    assert colours <= {"none"} | set(tokens.palette().css.values())
    assert "color-mix(in srgb, var(--negative) 100%, var(--paper))" in colours
    assert "#" not in "".join(colours)


def test_ids_are_needed_unique_and_the_figure_s_own(drawn: str) -> None:
    ids = values(drawn, "id")
    assert len(ids) == len(set(ids))
    assert all(name.startswith("svg-one-of-all-") for name in ids)
    named = [value for each in read(drawn).walk() for value in each.attributes.values()]
    assert set(ids) == {match[1] for value in named if (match := re.fullmatch(r"(?:url\()?#([^)]+)\)?", value))}


def test_text_stays_text_and_log_ticks_are_plain(drawn: str) -> None:
    words = [each.text for each in read(drawn).walk("text")]
    assert {"relu", "tanh", "Loss", "loss", "step", "0.1", "1"} <= set(words)


def test_it_says_what_it_shows(drawn: str) -> None:
    root = ElementTree.fromstring(drawn)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == 'says "what" <it> shows'


def test_rasters_are_laid_on_the_paper_in_the_colours_of_the_scale(drawn: str) -> None:
    masks = {mask.attributes["id"]: next(mask.walk("image")).attributes["href"] for mask in read(drawn).walk("mask")}
    laid = [each.attributes for each in read(drawn).walk("rect") if "mask" in each.attributes]
    assert [each["fill"] for each in laid] == ["var(--negative)", "var(--positive)"] * 2  # the heat map and its key
    assert [each["mask"] for each in laid] == [f"url(#{name})" for name in masks]
    data = [image.removeprefix("data:image/png;base64,") for image in masks.values()]
    negative, positive = (np.asarray(Image.open(io.BytesIO(base64.b64decode(image)))) for image in data[:2])
    assert negative.tolist() == [[0, 0], [255, 0]]
    assert positive.tolist() == [[0, 255], [0, 0]]
    assert "pixels" not in drawn
    with theme.styled():
        grid = theme.render(image_grid(np.eye(8)[None], ["0"]), "grid", "a diagonal").svg
    assert grid.count("<mask") == grid.count('class="pixels"') == 1  # nothing is negative


def test_where_a_number_is_missing_there_is_no_paper() -> None:
    def grounds(values: list[list[float]]) -> int:
        with theme.styled():
            fig, ax = canvas()
            heatmap(ax, np.array(values))
            return theme.render(fig, "ground", "numbers").svg.count('fill="var(--paper)"')

    assert grounds([[1.0, 0.0]]) == 1
    assert grounds([[1.0, np.nan]]) == 0


def test_the_phones_version_is_narrow_and_has_its_own_ids(drawn: str) -> None:
    with theme.styled(for_phones=True):
        narrow = picture().svg
    assert 'viewBox="0 0 350 ' in narrow
    assert 'class="figure-svg only-narrow"' in narrow
    assert not set(values(narrow, "id")) & set(values(drawn, "id"))


def test_direct_labels_keep_their_distance() -> None:
    with theme.styled():
        fig, ax = canvas()
        for height in (1.0, 1.001, 1.002):
            ax.plot([0, 1], [0, height], label=f"to {height}")
        direct_label(ax)
        text = theme.render(fig, "close", "three lines").svg
    heights = sorted(float(each.attributes["y"]) for each in read(text).walk("text") if each.text.startswith("to "))
    assert len(heights) == 3
    assert min(np.diff(heights)) >= theme.LABEL_GAP - 0.5


@pytest.mark.parametrize(
    ("data", "short"),
    [
        ("M 10.04 20.06 L 11.04 20.06 L 12.04 21.06 ", "M10 20.1l1 0 1 1"),
        ("M 0.5 -0.25 C 1 2 3 4 5 6 z", "M.5-.2C1 2 3 4 5 6z"),
        ("M 0 0 L -0.5 0.04", "M0 0l-.5 0"),
        ("M 0 0 L 5 0.1 L 10 0 L 15 -0.1 L 20 5 L 20 0 Z", "M0 0l15-.1 5 5.1 0-5Z"),  # what nobody sees is left out
        ("M 0 0 L 5 0 L 0 0 L 5 0", "M0 0l5 0"),  # there, back and there
        ("M 0 0 L 5 0 M 9 9 L 10 9", "M0 0l5 0M9 9l1 0"),
    ],
)
def test_paths_are_short(data: str, short: str) -> None:
    assert svg.path_data(data) == short


def test_rounding_does_not_add_up_along_a_path() -> None:
    xs = np.arange(1001) * 0.14
    data = "M 0 0 " + " ".join(f"L {x:.6f} {index % 2}" for index, x in enumerate(xs))
    moves = re.findall(r"-?[\d.]+", svg.path_data(data)[4:])
    assert len(moves) > 1900, "every corner is seen"
    assert sum(float(move) for move in moves[::2]) == pytest.approx(xs[-1], abs=0.06)


def test_a_foreign_colour_is_refused() -> None:
    source = '<svg viewBox="0 0 1 1" xmlns="http://www.w3.org/2000/svg"><path d="M 0 0" style="stroke: #123456"/></svg>'
    with pytest.raises(FigureError, match="the colour #123456"):
        svg.themed(source, "x", "alt", {}, "")


def test_every_stand_in_is_close_to_its_colour_and_means_one_thing() -> None:
    palette = tokens.palette()
    for name, stand_in in palette.stand_ins.items():
        drawn = [int(stand_in[at : at + 2], 16) for at in (1, 3, 5)]
        assert max(abs(a - b) for a, b in zip(drawn, palette.light[name], strict=True)) <= 3, name
        assert palette.css[stand_in] == f"var(--{name})"


def test_a_theme_without_a_token_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "tokens.css"
    file.write_text(':root { --paper: #ffffff; } [data-theme="dark"] { --paper: #000000; }')
    with pytest.raises(FigureError, match="the theme has no --ink"):
        tokens.palette(file)


def written(colours: dict[str, str], root: str, dark: str, line: str) -> str:
    """A theme's CSS, laid out as told: what opens each block, and a line of either."""
    blocks = ("".join(line.format(name, value) for name, value in colours.items()) for _ in range(2))
    return f"{root}{next(blocks)}}}\n@media screen {{{dark}{next(blocks)}}}}}\n"


@pytest.mark.parametrize(
    ("root", "dark", "line"),
    [
        (":root {", '[data-theme="dark"] {', "--{}: {};"),
        (":root{", "[data-theme='dark']{", "--{}:{};"),
        ('@charset "utf-8"; :root\n{', ":root[data-theme=dark]\t{", "--{} :\n {} ;\n"),
        ("/* :root { --ink: #123456; } */ html, :root {", 'html[data-theme="dark"],\n.dark {', "--{}: {} /* so */;"),
    ],
)
def test_a_theme_may_be_laid_out_in_any_way(tmp_path: Path, root: str, dark: str, line: str) -> None:
    plain = dict.fromkeys((*tokens.USED, *tokens.USED_LAST), "#0a1b2c")
    file = tmp_path / "tokens.css"
    file.write_text(written(plain | {"ink": "#FF00AA", "paper": "#fC0"}, root, dark, line), encoding="utf-8-sig")
    palette = tokens.palette(file)
    for colours in (palette.light, palette.dark):
        assert colours == dict.fromkeys(plain, (10, 27, 44)) | {"ink": (255, 0, 170), "paper": (255, 204, 0)}
    assert tokens.read_tokens(file)["dark"] == plain | {"ink": "#ff00aa", "paper": "#ffcc00"}


def test_the_last_declaration_needs_no_semicolon(tmp_path: Path) -> None:
    file = tmp_path / "tokens.css"
    file.write_text(":root { --ink: #123456; --ink-2: #abcdef12; --paper: #fff }")
    assert tokens.read_tokens(file)["light"] == {"ink": "#123456", "paper": "#ffffff"}


def test_a_missing_token_is_said_of_its_block(tmp_path: Path) -> None:
    file = tmp_path / "tokens.css"
    light = "".join(f"--{name}: #0a1b2c;" for name in (*tokens.USED, *tokens.USED_LAST))
    file.write_text(f':root {{ {light} }} [data-theme="dark"] {{ {light.replace("--line: #0a1b2c", "--line: red")} }}')
    with pytest.raises(FigureError, match=r"no --line as a plain #rgb or #rrggbb in its block \[data-theme=dark\]"):
        tokens.palette(file)


def test_a_theme_that_is_not_utf_8_is_named_itself(tmp_path: Path) -> None:
    file = tmp_path / "tokens.css"
    file.write_bytes(":root {\n  /* für */\n}".encode("latin-1"))
    with pytest.raises(FigureError, match="this file is not UTF-8: it has the byte 0xfc") as caught:
        tokens.palette(file)
    assert (caught.value.file, caught.value.line) == (str(file), 2)


def test_round_markers_of_one_colour_are_one_path() -> None:
    fig, ax = canvas("text", height=2.0)
    ax.scatter([0, 1, 2, 3], [0, 1, 0, 1], s=16, color=colour("cat-1"), linewidths=0)
    text = theme.render(fig, "dots", "four dots").svg
    wanted = {"fill": "none", "stroke": "var(--cat-1)", "stroke-width": "4"}.items()
    (dots,) = (each.attributes for each in read(text).walk("path") if wanted <= each.attributes.items())
    assert dots["d"].count("h0") == 4


CLIPPED = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">
<defs><clipPath id="c"><rect x="0" y="0" width="5" height="5"/></clipPath></defs>
<path d="M 0 0 L 1 1" clip-path="url(#c)" style="fill: none; stroke: #000000"/>
<path d="M 0 0 L 2 2" clip-path="url(#c)" style="fill: none; stroke: #ffffff"/>
<path d="M 0 0 L 3 3" clip-path="url(#c)" transform="translate(1 1)" style="fill: none; stroke: #000000"/>
<path d="M 0 0 L 4 4" style="fill: none; stroke: #000000"/>
</svg>"""


def test_a_clip_that_neighbours_share_is_said_once() -> None:
    made = svg.themed(CLIPPED, "n", "a", {"#000000": "var(--ink)", "#ffffff": "var(--paper)"}, "c")
    group = next(read(made).walk("g"))
    assert group.attributes == {"clip-path": "url(#n-1)"}
    assert [each.attributes["d"] for each in group.walk("path")] == ["M0 0l1 1", "M0 0l2 2"]
    others = {each.attributes["d"]: each.attributes.get("clip-path") for each in read(made).walk("path")}
    assert others == {"M0 0l1 1": None, "M0 0l2 2": None, "M0 0l3 3": "url(#n-1)", "M0 0l4 4": None}
