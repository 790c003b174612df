"""A sheet of triangles is whole, and has a front and a back, on both backends."""

from __future__ import annotations

from tests.browser.test_pictures import GIVEN, HARNESS, Bare, Opener

TURNED = f"""import("/pictures.js").then(async (harness) => {{
  const {{ numbers, noise, f32, u32, surfaceOf, device, drawnByGpu, drawnByProcessor }} = harness;
  {GIVEN}
  const flat = (sign) => ({{ ...mesh, data: folded((u, v, axis) => (axis ? v : sign * u) * 0.9), front: 1, back: 0 }});
  const found = {{}};
  for (const [side, sign] of [["front", 1], ["back", -1]]) {{
    const ink = (data) => data.filter((value, i) => i % 4 === 1 && value < 250).length;
    const by = async (draw) => ink(draw(await surfaceOf(300, 200)));
    found[side] = [await by((surface) => drawnByProcessor(surface, [flat(sign)])),
      ink(drawnByGpu(await device(), await surfaceOf(300, 200), [flat(sign)]))];
  }}
  return found;
}})"""


def test_a_sheet_is_turned_over_as_a_whole(bare: Bare, open_page: Opener) -> None:
    """Both triangles of each cell: a fifth of the picture, with no hole in it, or nothing."""
    found = open_page(bare({"/pictures.js": HARNESS})).evaluate(TURNED)
    assert found == {"front": [135 * 90, 135 * 90], "back": [0, 0]}
