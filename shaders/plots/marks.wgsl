// marks: lines, dots and bars, drawn from the buffers that training writes; nothing is read back
// dispatch: draw(6, marks); one quad a mark, its shape cut out in the fragment stage, so edges stay smooth
// why: a capsule's distance gives lines their round joins, dots and bars are its special cases
struct Mark {
  window: vec4<f32>,  // x0, y0, x1, y1 of the plot, in data units, or their decimal logarithms
  pixels: vec2<f32>,  // of the canvas
  logs: vec2<f32>,    // 1 where the axis is logarithmic
  x: vec2<f32>,       // first x and step, where x is not in the buffer
  width: f32,         // pixels
  base: f32,          // where bars stand, in data units
  first: u32,         // entry of the ring that is drawn first
  size: u32,          // entries in the ring
  run: u32,           // entries in one path
  flags: u32,         // 1: x and y in the buffer; 2: coloured by kind; 4: kind is f32, by sign; 8: bars by sign
  colours: array<vec4<f32>, 8>,
}
@group(0) @binding(0) var<uniform>       mark: Mark;
@group(0) @binding(1) var<storage, read> place: array<f32>;  // [size] or [size, 2]
@group(0) @binding(2) var<storage, read> kind: array<u32>;   // [size]

struct Shape {
  @builtin(position) position: vec4<f32>,
  @location(0) at: vec2<f32>,                            // pixels from the start, along and across
  @location(1) @interpolate(flat) extent: vec4<f32>,     // length, radius, 1 where its start and its end are round
  @location(2) @interpolate(flat) colour: vec4<f32>,
}

fn entry(i: u32) -> u32 { return (mark.first + i) % mark.size; }

fn pixel(i: u32) -> vec2<f32> {
  let j = entry(i);
  var p = vec2<f32>(mark.x.x + mark.x.y * f32(i), place[j]);
  if ((mark.flags & 1u) != 0u) { p = vec2<f32>(place[2u * j], place[2u * j + 1u]); }
  p = select(p, log2(max(p, vec2<f32>(1e-30))) * 0.30103, mark.logs > vec2<f32>(0.5));
  return (p - mark.window.xy) / (mark.window.zw - mark.window.xy) * mark.pixels;
}

fn colour(i: u32) -> vec4<f32> {
  if ((mark.flags & 2u) == 0u) { return mark.colours[0]; }
  let k = kind[entry(i)];
  if ((mark.flags & 4u) != 0u) { return mark.colours[select(0u, 1u, bitcast<f32>(k) > 0.0)]; }
  return mark.colours[k % 7u];
}

fn capsule(vertex: u32, a: vec2<f32>, b: vec2<f32>, radius: f32, round: vec2<f32>, ink: vec4<f32>) -> Shape {
  let corner = vec2<f32>(f32(vertex & 1u), f32(((vertex + 1u) / 3u) & 1u));
  let length = distance(a, b);
  let along = select(vec2<f32>(1.0, 0.0), (b - a) / length, length > 1e-6);
  let reach = radius + 1.0;
  let at = vec2<f32>(mix(-reach, length + reach, corner.x), mix(-reach, reach, corner.y));
  let p = a + along * at.x + vec2<f32>(-along.y, along.x) * at.y;
  return Shape(vec4<f32>(p / mark.pixels * 2.0 - 1.0, 0.0, 1.0), at, vec4<f32>(length, radius, round), ink);
}

// An end is round where the path turns or stops. Where it goes straight on the next segment begins at a clean cut, for
// smooth edges that overlap would be drawn twice and show as dots.
@vertex
fn segment(@builtin(vertex_index) vertex: u32, @builtin(instance_index) i: u32) -> Shape {
  let a = pixel(i);
  let b = pixel(i + 1u);
  let onward = pixel(i + 2u) - b;
  let straight = dot(onward, b - a) > 0.97 * length(onward) * distance(a, b) && (i + 2u) % mark.run != 0u;
  let broken = (i + 1u) % mark.run == 0u;  // the last entry of a path is joined to nothing
  let round = vec2<f32>(f32(i % mark.run == 0u), f32(!straight));
  return capsule(vertex, a, select(b, a, broken), select(mark.width * 0.5, -1.0, broken), round, colour(i));
}

@vertex
fn disc(@builtin(vertex_index) vertex: u32, @builtin(instance_index) i: u32) -> Shape {
  return capsule(vertex, pixel(i), pixel(i), mark.width * 0.5, vec2<f32>(1.0), colour(i));
}

@vertex
fn bar(@builtin(vertex_index) vertex: u32, @builtin(instance_index) i: u32) -> Shape {
  let tip = pixel(i);
  let foot = (mark.base - mark.window.y) / (mark.window.w - mark.window.y) * mark.pixels.y;
  let corner = vec2<f32>(f32(vertex & 1u) - 0.5, f32(((vertex + 1u) / 3u) & 1u));
  let p = vec2<f32>(tip.x + corner.x * mark.width, mix(foot, tip.y, corner.y));
  let sign = u32((mark.flags & 8u) != 0u && tip.y >= foot);
  return Shape(vec4<f32>(p / mark.pixels * 2.0 - 1.0, 0.0, 1.0), vec2<f32>(0.0), vec4<f32>(0.0, 9.0, 0.0, 0.0), mark.colours[sign]);
}

@fragment
fn ink(shape: Shape) -> @location(0) vec4<f32> {
  let beyond = shape.at.x - clamp(shape.at.x, 0.0, shape.extent.x);
  let cut = (beyond < 0.0 && shape.extent.z == 0.0) || (beyond > 0.0 && shape.extent.w == 0.0);
  let cover = clamp(shape.extent.y + 0.5 - length(vec2<f32>(beyond, shape.at.y)), 0.0, 1.0);
  return select(vec4<f32>(shape.colour.rgb, 1.0) * cover, vec4<f32>(0.0), cut);  // premultiplied, as the canvas is
}
