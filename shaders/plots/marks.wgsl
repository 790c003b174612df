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
  @location(0) @interpolate(flat) line: vec4<f32>,    // its start and its end, in pixels
  @location(1) @interpolate(flat) extent: vec3<f32>,  // radius, 1 where its start and its end are round
  @location(2) @interpolate(flat) cuts: vec4<f32>,    // where they are not: normals of what bounds it there
  @location(3) @interpolate(flat) colour: vec4<f32>,
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

fn capsule(vertex: u32, a: vec2<f32>, b: vec2<f32>, extent: vec3<f32>, cuts: vec4<f32>, ink: vec4<f32>) -> Shape {
  let corner = vec2<f32>(f32(vertex & 1u), f32(((vertex + 1u) / 3u) & 1u));
  let length = distance(a, b);
  let along = select(vec2<f32>(1.0, 0.0), (b - a) / length, length > 1e-6);
  let reach = extent.x + 1.0;
  let at = vec2<f32>(mix(-reach, length + reach, corner.x), mix(-reach, reach, corner.y));
  let p = a + along * at.x + vec2<f32>(-along.y, along.x) * at.y;
  return Shape(vec4<f32>(p / mark.pixels * 2.0 - 1.0, 0.0, 1.0), vec4<f32>(a, b), extent, cuts, ink);
}

// How a path goes through entry i: a normal of the cut between its two segments there, and 1 if it goes straight on.
fn joint(i: u32) -> vec3<f32> {
  let before = pixel(i) - pixel(i - 1u);
  let after = pixel(i + 1u) - pixel(i);
  let onward = select(vec2<f32>(1.0, 0.0), after / length(after), length(after) > 1e-6);
  let straight = dot(after, before) > 0.97 * length(after) * length(before);
  return vec3<f32>(select(onward, onward + before / length(before), straight), f32(straight));
}

// An end is round where the path turns or stops. Where it goes straight on both segments end at one clean cut, for
// smooth edges that overlap would be drawn twice and show as dots, and edges apart would let the paper through.
@vertex
fn segment(@builtin(vertex_index) vertex: u32, @builtin(instance_index) i: u32) -> Shape {
  let begins = i % mark.run == 0u;
  let broken = (i + 1u) % mark.run == 0u;  // the last entry of a path is joined to nothing
  let stops = (i + 2u) % mark.run == 0u;
  let b = pixel(i + 1u);
  let start = joint(max(i, 1u));
  let end = joint(i + 1u);
  let round = vec2<f32>(f32(begins), f32(stops || end.z == 0.0));
  let extent = vec3<f32>(select(mark.width * 0.5, -1.0, broken), round);
  return capsule(vertex, pixel(i), select(b, pixel(i), broken), extent, vec4<f32>(start.xy, end.xy), colour(i));
}

@vertex
fn disc(@builtin(vertex_index) vertex: u32, @builtin(instance_index) i: u32) -> Shape {
  let extent = vec3<f32>(mark.width * 0.5, 1.0, 1.0);
  return capsule(vertex, pixel(i), pixel(i), extent, vec4<f32>(0.0), colour(i));
}

@vertex
fn bar(@builtin(vertex_index) vertex: u32, @builtin(instance_index) i: u32) -> Shape {
  let tip = pixel(i);
  let foot = (mark.base - mark.window.y) / (mark.window.w - mark.window.y) * mark.pixels.y;
  let corner = vec2<f32>(f32(vertex & 1u) - 0.5, f32(((vertex + 1u) / 3u) & 1u));
  let p = vec2<f32>(tip.x + corner.x * mark.width, mix(foot, tip.y, corner.y));
  let sign = u32((mark.flags & 8u) != 0u && tip.y >= foot);
  let place = vec4<f32>(p / mark.pixels * 2.0 - 1.0, 0.0, 1.0);
  return Shape(place, vec4<f32>(tip, tip), vec3<f32>(1e6, 1.0, 1.0), vec4<f32>(0.0), mark.colours[sign]);
}

@fragment
fn ink(shape: Shape) -> @location(0) vec4<f32> {
  let p = vec2<f32>(shape.position.x, mark.pixels.y - shape.position.y);
  let line = shape.line.zw - shape.line.xy;
  let length = length(line);
  let along = select(vec2<f32>(1.0, 0.0), line / length, length > 1e-6);
  let from_start = p - shape.line.xy;
  let at = vec2<f32>(dot(from_start, along), dot(from_start, vec2<f32>(-along.y, along.x)));
  let beyond = max(0.0, max(-at.x * shape.extent.y, (at.x - length) * shape.extent.z));
  let cut_off = (shape.extent.y == 0.0 && dot(from_start, shape.cuts.xy) < 0.0)
    || (shape.extent.z == 0.0 && dot(p - shape.line.zw, shape.cuts.zw) >= 0.0);
  let distance = sqrt(beyond * beyond + at.y * at.y);
  let cover = clamp(shape.extent.x + 0.5 - distance, 0.0, 1.0);
  return select(vec4<f32>(shape.colour.rgb, 1.0) * cover, vec4<f32>(0.0), cut_off);  // premultiplied, as the canvas is
}
