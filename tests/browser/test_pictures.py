"""The processor draws the pictures that the GPU draws: each shape with each of its flags, pixel by pixel."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

Opener = Callable[..., Page]
Bare = Callable[[dict[str, str]], str]

COLOURS = {"--negative": "#b2182b", "--paper": "#ffffff", "--positive": "#2166ac", "--ink": "#191c1f"}
CATEGORIES = {f"--cat-{k}": f"#{37 * k % 256:02x}{91 * k % 256:02x}{173 * k % 256:02x}" for k in range(1, 8)}
HARNESS = f"""
import {{ Surface }} from "/runtime/views/surface.js";
import {{ flatPaint }} from "/runtime/views/paint-flat.js";
import {{ gpuPaint }} from "/runtime/views/paint-gpu.js";
for (const [name, colour] of Object.entries({json.dumps(COLOURS | CATEGORIES)}))
  document.documentElement.style.setProperty(name, colour);

/** As many numbers as wanted, the same each time. */
export function numbers(count, of) {{ return Float32Array.from({{ length: count }}, (_, i) => of(i)); }}
export const noise = (i) => {{ const x = Math.sin(12.9898 * (i + 1)) * 43758.5453; return x - Math.floor(x); }};
export const f32 = (array, shape = [array.length]) => ({{ shape, dtype: "f32", array: Float32Array.from(array) }});
export const u32 = (array, shape = [array.length]) => ({{ shape, dtype: "u32", array: Uint32Array.from(array) }});

/** A canvas in the page, once its size is known. */
export async function surfaceOf(width, height) {{
  let surface;
  await new Promise((resolve) => {{
    surface = new Surface(resolve);
    Object.assign(surface.canvas.style, {{ display: "block", width: `${{width}}px`, height: `${{height}}px` }});
    document.body.append(surface.canvas);
  }});
  return surface;
}}

/** What is seen of it over white. */
export function seen({{ canvas }}) {{
  const {{ width, height }} = canvas;
  const paper = Object.assign(document.createElement("canvas"), {{ width, height }}).getContext("2d");
  paper.fillStyle = "#ffffff";
  paper.fillRect(0, 0, width, height);
  paper.drawImage(canvas, 0, 0);
  return paper.getImageData(0, 0, width, height).data;
}}

let opened;
export async function device() {{
  opened ??= (await navigator.gpu.requestAdapter()).requestDevice();
  return opened;
}}

/** The same marks with their numbers on the GPU. */
export function bound(device, mark) {{
  const place = (data) => {{
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
    const buffer = device.createBuffer({{ size: data.array.byteLength, usage }});
    device.queue.writeBuffer(buffer, 0, data.array);
    return {{ ...data, binding: {{ buffer, offset: 0, size: data.array.byteLength }} }};
  }};
  return {{ ...mark, data: place(mark.data), kind: mark.kind && place(mark.kind) }};
}}

export function drawnByGpu(device, surface, marks) {{
  const encoder = device.createCommandEncoder();
  gpuPaint(device, encoder)(surface, marks.map((mark) => bound(device, mark)));
  device.queue.submit([encoder.finish()]);
  return seen(surface);
}}

export function drawnByProcessor(surface, marks) {{
  flatPaint(surface, marks);
  return seen(surface);
}}

export async function compared(marks, ratio) {{
  const [one, other] = [await surfaceOf(300.5, 201), await surfaceOf(300.5, 201)];
  for (const each of [one, other]) Object.assign(each, {{ width: 300.5 * ratio | 0, height: 201 * ratio, ratio }});
  const right = drawnByGpu(await device(), one, marks);
  const found = drawnByProcessor(other, marks);
  let [drawn, far, most] = [0, 0, 0];
  for (let at = 0; at < right.length; at += 4) {{
    let apart = 0, ink = 0;
    for (let k = 0; k < 3; k++) {{
      apart = Math.max(apart, Math.abs(right[at + k] - found[at + k]));
      ink = Math.max(ink, 255 - right[at + k]);
    }}
    drawn += ink > 4;
    far += apart > 2;
    most = Math.max(most, apart);
  }}
  document.body.replaceChildren();
  return {{ drawn, far, most }};
}}
"""
# Each mark in its own words; `wave` is a curve, `hill` a field of 24 rows and 40 columns.
GIVEN = """
const wave = f32(numbers(64, (i) => Math.sin(i / 5) * 0.8));
const rough = f32(numbers(400, (i) => noise(i) * 2 - 1));
const hill = f32(numbers(960, (i) => Math.sin((i % 40) / 6) * Math.cos(Math.floor(i / 40) / 5)), [24, 40]);
const pairs = f32(numbers(80, (i) => noise(i) * 2 - 1), [40, 2]);
const all = { window: [-1, -1, 1, 1] };
const curve = { shape: "segment", data: wave, colours: ["--cat-1"], count: 63, size: 64, flags: 0, ...all,
  x: [-1, 2 / 63], width: 2.5 };
const categories = [1, 2, 3, 4, 5, 6, 7].map((k) => `--cat-${k}`);
const dots = { shape: "disc", data: pairs, colours: ["--ink"], count: 40, flags: 1, ...all, width: 7 };
const bars = { shape: "bar", data: f32([0.5, -0.7, 0.9, 0.2]), colours: ["--negative", "--positive"], count: 4,
  flags: 8, window: [-0.6, -1, 3.6, 1], x: [0, 1], width: 0.72 };
const field = { shape: "raster", data: hill, colours: ["--negative", "--paper", "--positive", "--ink"], count: 1,
  rows: 24, columns: 40, across: 1, flags: 1 };
const tiles = { ...field, data: f32(numbers(320, (i) => Math.sin(i / 7))), count: 5, rows: 8, columns: 8, across: 3,
  image: 64, pixel: 1, gap: 3, flags: 0 };
const folded = (of) => f32(numbers(2 * 15 * 13, (i) => of((i >> 1) % 15 / 14, Math.floor((i >> 1) / 15) / 12, i % 2)));
const mesh = { shape: "mesh", data: folded((u, v, axis) => (axis ? 1.6 * v - 0.75 + 0.2 * Math.sin(5 * u) :
  0.8 * Math.sin(5 * u + v))), kind: f32(numbers(195, (i) => Math.sin(i % 15 / 2) + i / 195 - 0.7)), ...all,
  colours: ["--negative", "--paper", "--positive", "--ink"], columns: 15, across: 14, every: 1, count: 336, flags: 0,
  front: 0.4, back: 0.7 };
"""
CASES = {
    "a curve": "[curve]",
    "a hairline": "[{ ...curve, width: 0.6 }]",
    "a broad line": "[{ ...curve, width: 9 }]",
    "a rough line": "[{ ...curve, data: rough, count: 399, size: 400, x: [-1, 2 / 399] }]",
    "a ring": "[{ ...curve, first: 20 }]",
    "a curve by category": "[{ ...curve, flags: 2, colours: categories, kind: u32(numbers(64, (i) => i / 4)) }]",
    "a ring by category": "[{ ...curve, first: 9, flags: 2, colours: categories, kind: u32(numbers(64, (i) => i)) }]",
    "a curve by sign": "[{ ...curve, flags: 6, colours: ['--negative', '--positive'], kind: wave }]",
    "a kind without a colour": "[{ ...curve, flags: 2, colours: ['--cat-1'], kind: u32(numbers(64, (i) => i % 3)) }]",
    "a path": "[{ ...curve, data: pairs, count: 39, size: 40, flags: 1, width: 1.25 }]",
    "paths": "[{ ...curve, data: pairs, count: 39, size: 40, flags: 1, run: 4 }]",
    "logarithms": """[{ ...curve, data: f32(numbers(64, (i) => 10 ** (-i / 16))), logs: [1, 1], x: [1, 1],
      window: [0, -4, Math.log10(64), 0] }]""",
    "a logarithm of nothing": """[{ ...curve, data: f32(numbers(64, (i) => i % 9)), logs: [0, 1],
      window: [-1, -2, 1, 1] }]""",
    "beyond the plane": "[{ ...curve, window: [-0.5, -0.3, 0.4, 0.2] }]",
    "one point": "[{ ...curve, count: 1, size: 1, data: f32([0.2]) }]",
    "no number": "[{ ...curve, data: f32(numbers(64, (i) => i % 10 ? Math.sin(i / 5) : NaN)) }]",
    "infinity": "[{ ...curve, data: f32(numbers(64, (i) => i % 10 ? Math.sin(i / 5) : Infinity)) }]",
    "dots": "[dots]",
    "dots by sign": "[{ ...dots, flags: 7, colours: ['--negative', '--positive'], kind: rough }]",
    "dots by category": "[{ ...dots, flags: 3, colours: categories, kind: u32(numbers(40, (i) => i)) }]",
    "bars by sign": "[bars]",
    "bars of one colour": "[{ ...bars, flags: 0 }]",
    "bars that stand higher": "[{ ...bars, base: 0.3 }]",
    "a bar of no number": "[{ ...bars, data: f32([0.5, NaN, 0.9, Infinity]) }]",
    "a field": "[field]",
    "a field with a contour": "[{ ...field, flags: 3 }]",
    "a field of cells": "[{ ...field, flags: 0 }]",
    "a field of cells from below": "[{ ...field, flags: 4 }]",
    "a field of cells from below, which do not fit": "[{ ...field, flags: 4, rows: 23 }]",
    "a field of cells with a contour": "[{ ...field, flags: 2 }]",
    "a field with a range": "[{ ...field, flags: 3, range: 0.4 }]",
    "a field of nothing": "[{ ...field, data: f32(new Float32Array(960), [24, 40]) }]",
    "a field with no numbers": "[{ ...field, data: f32(hill.array.map((x, i) => (i % 7 ? x : NaN)), [24, 40]) }]",
    "a field with infinities": "[{ ...field, data: f32(hill.array.map((x, i) => (i % 70 ? x : -1 / 0)), [24, 40]) }]",
    "a contour beside what is no number": """[{ ...field, flags: 3,
      data: f32(hill.array.map((x, i) => (i % 71 ? x : NaN)), [24, 40]) }]""",
    "cells of no number": "[{ ...field, flags: 0, data: f32(hill.array.map((x, i) => (i % 7 ? x : NaN)), [24, 40]) }]",
    "cells of infinity": """[{ ...field, flags: 0,
      data: f32(hill.array.map((x, i) => [1 / 0, -1 / 0][i % 70] ?? x), [24, 40]) }]""",
    "nothing but NaN": "[{ ...field, flags: 0, data: f32(new Float32Array(960).fill(NaN), [24, 40]) }]",
    "tiles": "[tiles]",
    "tiles with strides": "[{ ...tiles, image: 1, pixel: 5 }]",
    "tiles with contours": "[{ ...tiles, flags: 2 }]",
    "a folded mesh": "[mesh]",
    "a mesh with a contour": "[{ ...mesh, half: 1.1 }]",
    "an opaque mesh": "[{ ...mesh, front: 1, back: 1 }]",
    "a mesh by magnitude": "[{ ...mesh, range: 0.8, half: 0.7 }]",
    "a mesh of every second vertex": "[{ ...mesh, every: 2, across: 7, count: 84 }]",
    "a mesh of one of many numbers": "[{ ...mesh, every: 4, across: 3, count: 18, pixel: 2, image: 1, kind: rough }]",
    "a mesh beyond the plane": "[{ ...mesh, window: [-0.5, -0.3, 0.4, 0.2], half: 1.1 }]",
    "a mesh on pixels' middles": """[{ ...mesh, front: 1, data: folded((u, v, axis) => (axis ? 12 * v : 14 * u)),
      window: [-1 / 8, -1 / 8, 75 - 1 / 8, 50.25 - 1 / 8] }]""",
    "a mesh upside down on pixels' middles": """[{ ...mesh, data: folded((u, v, axis) => (axis ? 12 - 12 * v : 14 * u)),
      window: [-1 / 8, -1 / 8, 75 - 1 / 8, 50.25 - 1 / 8] }]""",
    "a mesh with no numbers": "[{ ...mesh, data: f32(mesh.data.array.map((x, i) => (i % 37 ? x : NaN))) }]",
    "a mesh over dots": "[dots, { ...mesh, half: 1.1 }]",
    "all together": "[{ ...field, flags: 3 }, curve, dots, { ...bars, width: 0.2 }]",
    "a field over dots": "[dots, { ...tiles, flags: 0 }]",
}


RATIOS = (1, 2)


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """A page with nothing on it, for all cases."""
    page = chromium.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("name", CASES)
def test_both_draw_the_same(bare: Bare, page: Page, name: str) -> None:
    """Within two of 255 shades, which is what rounding leaves; and something is to be seen, where something is."""
    if page.url == "about:blank":
        page.goto(bare({"/pictures.js": HARNESS}))
    for ratio in RATIOS:
        names = "numbers, noise, f32, u32, compared"
        found = page.evaluate(
            f"import('/pictures.js').then(({{ {names} }}) => {{ {GIVEN} return compared({CASES[name]}, {ratio}); }})"
        )
        assert found["far"] == 0, found
        assert (found["drawn"] > 0) == (name != "a field of nothing"), found


STRIPED = f"""import("/pictures.js").then(async (harness) => {{
  const {{ numbers, noise, f32, u32, surfaceOf, drawnByProcessor }} = harness;
  {GIVEN}
  const colours = async (value) => {{
    const all = {{ ...field, flags: 0, range: 1, data: f32(new Float32Array(960).fill(value), [24, 40]) }};
    const pixels = new Uint32Array(drawnByProcessor(await surfaceOf(80, 48), [all]).buffer);
    return [...new Set(pixels)];
  }};
  return {{ none: await colours(NaN), values: (await Promise.all([-1, 0, 1].map(colours))).flat() }};
}})"""


def test_what_is_no_number_is_striped_in_colours_of_no_value(bare: Bare, open_page: Opener) -> None:
    found = open_page(bare({"/pictures.js": HARNESS})).evaluate(STRIPED)
    assert len(found["none"]) == 2
    assert len(found["values"]) == 3
    assert not set(found["none"]) & set(found["values"])


SWITCHED = f"""import("/pictures.js").then(async (harness) => {{
  const {{ numbers, noise, f32, u32, surfaceOf, device, drawnByGpu, drawnByProcessor }} = harness;
  {GIVEN}
  const surface = await surfaceOf(300, 200);
  surface.canvas.className = "mine";
  const place = surface.canvas.parentNode, first = surface.canvas;
  const gpu = await device();
  const pictures = [];
  const draw = {{ gpu: () => drawnByGpu(gpu, surface, [curve]), processor: () => drawnByProcessor(surface, [curve]) }};
  const ink = (data) => data.filter((value, i) => i % 4 < 3 && value < 250).length;
  for (const painter of ["gpu", "gpu", "processor", "processor", "gpu", "processor"]) {{
    const before = surface.canvas;
    const drawn = ink(draw[painter]());
    pictures.push([painter, drawn > 1000, surface.canvas !== before]);
  }}
  surface.canvas.style.width = "150px";
  await new Promise((resolve) => setTimeout(resolve, 200));
  const after = surface.width;
  draw.processor();
  const found = {{ pictures, after, wide: surface.canvas.width, class: surface.canvas.className,
    shown: [...place.querySelectorAll("canvas")].length, gone: !first.isConnected }};
  surface.destroy();
  return found;
}})"""


def test_a_surface_goes_from_one_painter_to_the_other(bare: Bare, open_page: Opener) -> None:
    """A canvas gives one kind of context only, so there is another one, in the same place and as well observed."""
    found = open_page(bare({"/pictures.js": HARNESS})).evaluate(SWITCHED)
    assert found["pictures"] == [
        ["gpu", True, False],
        ["gpu", True, False],
        ["processor", True, True],
        ["processor", True, False],
        ["gpu", True, True],
        ["processor", True, True],
    ]
    assert (found["after"], found["wide"]) == (150, 150)
    assert (found["class"], found["shown"], found["gone"]) == ("mine", 1, True)
