// raster: numbers as colours, in one picture or in a grid of small ones; zero is paper, what is no number is striped
// dispatch: draw(3): one triangle over the whole canvas
// why: the range is found in the vertex stage, so full colour always means the largest magnitude of this very frame
struct Raster {
  low: vec4<f32>,      // the colour of -range
  zero: vec4<f32>,
  high: vec4<f32>,     // the colour of +range
  line: vec4<f32>,     // the colour of the contour where the value is zero
  pixels: vec2<f32>,   // of the canvas
  range: f32,          // magnitude of full colour; 0: the largest there is
  gap: f32,            // pixels between images
  rows: u32,
  columns: u32,
  across: u32,         // images side by side
  count: u32,          // images
  image: u32,          // elements from one image to the next
  pixel: u32,          // elements from one pixel to the next
  flags: u32,          // 1: values stand on the corners and are interpolated, first row below; 2: contour;
                       // 4: first row below
}
@group(0) @binding(0) var<uniform>       raster: Raster;
@group(0) @binding(1) var<storage, read> values: array<f32>;

struct Cover {
  @builtin(position) position: vec4<f32>,
  @location(0) @interpolate(flat) range: f32,
}

fn value(image: u32, row: u32, column: u32) -> f32 {
  return values[image * raster.image + (row * raster.columns + column) * raster.pixel];
}

// The largest magnitude of four values, those past the last replaced by it.
fn largest(i: u32, last: u32) -> f32 {
  let low = max(abs(values[min(i, last)]), abs(values[min(i + 1u, last)]));
  return max(low, max(abs(values[min(i + 2u, last)]), abs(values[min(i + 3u, last)])));
}

@vertex
fn cover(@builtin(vertex_index) vertex: u32) -> Cover {
  var range = raster.range;
  if (range == 0.0) {
    let last = arrayLength(&values) - 1u;
    for (var i = 0u; i <= last; i += 16u) { // some drivers end a loop after 65,535 passes, and say nothing
      range = max(range, max(max(largest(i, last), largest(i + 4u, last)), max(largest(i + 8u, last), largest(i + 12u, last))));
    }
    range = max(range, 1e-12);
  }
  let corner = vec2<f32>(f32(vertex & 1u), f32(vertex >> 1u));
  return Cover(vec4<f32>(corner * 4.0 - 1.0, 0.0, 1.0), range);
}

// By its bits: WGSL lets a compiler suppose that no float is NaN.
fn is_nan(v: f32) -> bool { return (bitcast<u32>(v) & 0x7fffffffu) > 0x7f800000u; }

// Not mix(), by which an infinity stays one: beside it there is no number, as on the processor.
fn between(a: f32, b: f32, share: f32) -> f32 { return a + (b - a) * share; }

fn interpolated(at: vec2<f32>) -> f32 {
  let grid = vec2<f32>(f32(raster.columns - 1u), f32(raster.rows - 1u));
  let p = clamp(at, vec2<f32>(0.0), vec2<f32>(1.0)) * grid;
  let a = vec2<u32>(p);
  let b = min(a + 1u, vec2<u32>(raster.columns - 1u, raster.rows - 1u));
  let t = fract(p);
  let above = between(value(0u, a.y, a.x), value(0u, a.y, b.x), t.x);
  return between(above, between(value(0u, b.y, a.x), value(0u, b.y, b.x), t.x), t.y);
}

@fragment
fn shade(cover: Cover) -> @location(0) vec4<f32> {
  let smooth_field = (raster.flags & 1u) != 0u;
  let down = cover.position.xy;
  let tiles = vec2<u32>(raster.across, (raster.count + raster.across - 1u) / raster.across);
  let side = raster.pixels / vec2<f32>(tiles);
  let tile = min(vec2<u32>(down / side), tiles - 1u);  // fwidth also asks beyond the edge
  let image = tile.y * raster.across + tile.x;
  let within = (down - vec2<f32>(tile) * side - raster.gap * 0.5) / (side - raster.gap);
  let upwards = (raster.flags & 4u) != 0u;
  let from_corner = vec2<f32>(within.x, select(within.y, 1.0 - within.y, upwards));
  let cell = vec2<u32>(clamp(from_corner, vec2<f32>(0.0), vec2<f32>(0.9999)) * vec2<f32>(f32(raster.columns), f32(raster.rows)));
  var v = 0.0;
  if (smooth_field) { v = interpolated(vec2<f32>(within.x, 1.0 - within.y)); } else if (image < raster.count) { v = value(image, cell.y, cell.x); }
  let slope = fwidth(v);
  let inside = image < raster.count && all(within >= vec2<f32>(0.0)) && all(within < vec2<f32>(1.0));
  let t = select(clamp(v / cover.range, -1.0, 1.0), sign(v), abs(v) >= cover.range);  // an infinity is the range, too
  var colour = mix(raster.zero, select(raster.high, raster.low, t < 0.0), abs(t));
  if (is_nan(v)) {
    let pixel = vec2<u32>(down);
    colour = mix(raster.zero, raster.line, select(0.45, 0.15, ((pixel.x + pixel.y) & 4u) != 0u));
  } else if ((raster.flags & 2u) != 0u) {
    let near = clamp(1.6 - abs(v) / max(slope, 1e-12), 0.0, 1.0);
    colour = mix(colour, raster.line, near);
  }
  return select(vec4<f32>(0.0), vec4<f32>(colour.rgb, 1.0), inside);
}
