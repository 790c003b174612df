"""Marks whose numbers are in no plan are drawn by the GPU, too: they are sent with the marks."""

from __future__ import annotations

from tests.browser.test_pictures import GIVEN, HARNESS, Bare, Opener

SENT = f"""import("/pictures.js").then(async (harness) => {{
  const {{ numbers, noise, f32, u32, surfaceOf, device, seen, drawnByGpu }} = harness;
  const {{ gpuPaint }} = await import("/runtime/views/paint-gpu.js");
  {GIVEN}
  const gpu = await device();
  const [lent, own] = [await surfaceOf(300, 200), await surfaceOf(300, 200)];
  const made = [];
  const create = gpu.createBuffer.bind(gpu);
  gpu.createBuffer = (described) => {{ made.push(described.label); return create(described); }};
  const pictures = [];
  for (const marks of MARKS) {{
    const right = drawnByGpu(gpu, lent, marks.filter((mark) => mark.data.array.length));
    made.length = 0;
    const encoder = gpu.createCommandEncoder();
    gpuPaint(gpu, encoder)(own, marks);
    gpu.queue.submit([encoder.finish()]);
    const found = seen(own);
    const apart = found.reduce((sum, value, i) => sum + Number(value !== right[i]), 0);
    const drawn = right.reduce((sum, value) => sum + Number(value < 250), 0);
    pictures.push([apart, drawn > 100, made.filter((each) => each === "numbers of a mark").length]);
  }}
  return pictures;
}})"""
KINDS = "{ ...dots, flags: 3, colours: categories, kind: u32(numbers(40, (i) => i)) }"
LENGTHS = [
    "[{ ...curve, count: 9, size: 64 }]",  # 256 bytes
    "[{ ...curve, data: rough, count: 399, size: 400, x: [-1, 2 / 399] }]",  # more than was made room for
    "[curve]",  # fewer again: the same buffer, and none of the numbers that were in it
    "[tiles]",  # looks for the largest of its numbers
    "[{ ...field, flags: 3 }, curve]",  # another mark
    f"[{KINDS}]",  # numbers of two kinds
    "[{ ...curve, data: f32([]), count: 3 }, dots]",  # nothing there is nothing drawn
]


def test_numbers_that_no_plan_has_are_drawn_by_the_gpu_as_well(bare: Bare, open_page: Opener) -> None:
    """Curves of earlier runs, bands: sent with the marks, into buffers that are used again while they fit."""
    script = SENT.replace("MARKS", f"[{', '.join(LENGTHS)}]")
    found = open_page(bare({"/pictures.js": HARNESS})).evaluate(script)
    # How many pixels are others than those drawn from a plan's buffers, whether some are drawn, buffers made.
    assert found == [[0, True, made] for made in (1, 1, 0, 0, 2, 1, 1)]
