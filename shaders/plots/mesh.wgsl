// mesh: a sheet of vertices anywhere in the plane, its triangles filled by a number at each vertex; they may overlap
// dispatch: draw(6, triangles); one box a triangle, its shape cut out in the fragment stage
// why: an edge is cut by the sign of one product for both triangles that share it, so that no pixel is filled twice or
// left out between them, and translucent layers show as layers; the processor cuts by the same products
struct Mesh {
  low: vec4<f32>,      // the colour of negative numbers, of -range where there is a range
  zero: vec4<f32>,
  high: vec4<f32>,
  line: vec4<f32>,     // the colour of the contour where the number is zero
  window: vec4<f32>,   // x0, y0, x1, y1 of the plot, in data units
  pixels: vec2<f32>,   // of the canvas
  front: f32,          // how opaque the sheet is where its rows run to the right and its columns up
  back: f32,           // and where it is turned over
  range: f32,          // magnitude of full colour; 0: by sign
  half: f32,           // half of the contour's width, in pixels; 0: none
  columns: u32,        // vertices side by side in the buffer
  every: u32,          // of them each so many-th is used, in both directions
  across: u32,         // cells side by side that are drawn
  pixel: u32,          // elements from one vertex' number to the next
  image: u32,          // and to the first
}
@group(0) @binding(0) var<uniform>       mesh: Mesh;
@group(0) @binding(1) var<storage, read> place: array<f32>;   // [vertices, 2]
@group(0) @binding(2) var<storage, read> number: array<f32>;  // one for each vertex

struct Triangle {
  @builtin(position) position: vec4<f32>,
  @location(0) @interpolate(flat) ab: vec4<f32>,       // its vertices in pixels, in the order of the buffer
  @location(1) @interpolate(flat) c: vec2<f32>,
  @location(2) @interpolate(flat) numbers: vec3<f32>,
  @location(3) @interpolate(flat) lower: f32,          // 1 for the lower one of its cell, whose front turns left
}

fn corner(i: u32) -> vec2<f32> {
  let p = vec2<f32>(place[2u * i], place[2u * i + 1u]);
  return (p - mesh.window.xy) / (mesh.window.zw - mesh.window.xy) * mesh.pixels;
}

fn cross2(a: vec2<f32>, b: vec2<f32>) -> f32 { return a.x * b.y - a.y * b.x; }

@vertex
fn cell(@builtin(vertex_index) vertex: u32, @builtin(instance_index) i: u32) -> Triangle {
  let cell = i / 2u;
  let first = (cell / mesh.across * mesh.columns + cell % mesh.across) * mesh.every;
  let last = first + (mesh.columns + 1u) * mesh.every;
  let lower = i % 2u == 0u;
  let middle = first + select(mesh.columns, 1u, lower) * mesh.every;
  let a = corner(first);
  let b = corner(middle);
  let c = corner(last);
  let low = min(a, min(b, c)) - 1.0;
  let high = max(a, max(b, c)) + 1.0;
  let p = mix(low, high, vec2<f32>(f32(vertex & 1u), f32(((vertex + 1u) / 3u) & 1u)));
  let at = mesh.image + vec3<u32>(first, middle, last) * mesh.pixel;
  let numbers = vec3<f32>(number[at.x], number[at.y], number[at.z]);
  let flat = !(abs(cross2(b - a, c - a)) > 1e-6);  // seen from its edge, or nowhere
  let beyond = vec4<f32>(2.0, 2.0, 0.0, 1.0);
  let position = select(vec4<f32>(p / mesh.pixels * 2.0 - 1.0, 0.0, 1.0), beyond, flat);
  return Triangle(position, vec4<f32>(a, b), c, numbers, f32(lower));
}

@fragment
fn fill(triangle: Triangle) -> @location(0) vec4<f32> {
  let p = vec2<f32>(triangle.position.x, mesh.pixels.y - triangle.position.y);
  let a = p - triangle.ab.xy;
  let b = p - triangle.ab.zw;
  let c = p - triangle.c;
  let ab = triangle.ab.zw - triangle.ab.xy;
  let bc = triangle.c - triangle.ab.zw;
  let ac = triangle.c - triangle.ab.xy;
  let area = cross2(ab, ac);
  let left = area > 0.0;
  let inside = (cross2(ab, a) >= 0.0) == left && (cross2(bc, b) >= 0.0) == left && (cross2(ac, a) >= 0.0) != left;
  let rise = triangle.numbers.yz - triangle.numbers.x;  // from the first vertex to the others
  let slope = vec2<f32>(rise.x * ac.y - rise.y * ab.y, rise.y * ab.x - rise.x * ac.x) / area;
  let v = triangle.numbers.x + dot(slope, a);
  let distance = v / max(length(slope), 1e-12);  // from where the number is zero, in pixels
  let share = clamp(v / max(mesh.range, 1e-12), -1.0, 1.0);
  let by_range = mix(mesh.zero, select(mesh.high, mesh.low, share < 0.0), abs(share));
  let by_sign = mix(mesh.low, mesh.high, clamp(distance + 0.5, 0.0, 1.0));
  let near = select(0.0, clamp(mesh.half + 0.5 - abs(distance), 0.0, 1.0), mesh.half > 0.0);
  let colour = mix(select(by_sign, by_range, mesh.range > 0.0), mesh.line, near);
  let cover = mix(select(mesh.back, mesh.front, left == (triangle.lower > 0.5)), 1.0, near);
  return select(vec4<f32>(0.0), vec4<f32>(colour.rgb, 1.0) * cover, inside);  // premultiplied, as the canvas is
}
