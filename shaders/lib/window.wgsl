// window: sizes that the kernels of convolutions and pools share, and where their windows lie
// why: a coordinate above or left of an image wraps around to a large u32, so that one comparison tells whether it lies
//      outside; divisions are done once, for the corner, and not for each tap
override IMAGES: u32 = 1u;
override HEIGHT: u32 = 1u; // of an image, over which windows slide
override WIDTH: u32 = 1u;
override OUT_HEIGHT: u32 = 1u; // windows below one another
override OUT_WIDTH: u32 = 1u;
override WINDOW_HEIGHT: u32 = 1u; // taps of a window
override WINDOW_WIDTH: u32 = 1u;
override STRIDE_Y: u32 = 1u; // from one window to the next
override STRIDE_X: u32 = 1u;
override TOP: u32 = 0u; // rows of padding above an image
override LEFT: u32 = 0u;

// Four pixels, or four windows, counted through all images: the first row of their image, and where they lie in it.
struct Four { first: vec4<u32>, y: vec4<u32>, x: vec4<u32> }

// Where to read for each of the four, and what it counts: 1, or 0 if there is nothing and the place is another's.
struct Places { at: vec4<u32>, weight: vec4<f32> }

fn corners(windows: vec4<u32>) -> Four {
  let y = windows / OUT_WIDTH % OUT_HEIGHT * STRIDE_Y - TOP;
  return Four(windows / (OUT_WIDTH * OUT_HEIGHT) * HEIGHT, y, windows % OUT_WIDTH * STRIDE_X - LEFT);
}

// The pixels that windows have at a tap.
fn pixels_at(corner: Four, tap_y: u32, tap_x: u32) -> Places {
  let y = corner.y + tap_y;
  let x = corner.x + tap_x;
  let inside = (y < vec4<u32>(HEIGHT)) & (x < vec4<u32>(WIDTH));
  let at = (corner.first + y) * WIDTH + x;
  return Places(select(vec4<u32>(), at, inside), select(vec4<f32>(), vec4<f32>(1.0), inside));
}

fn places(pixels: vec4<u32>) -> Four {
  let y = pixels / WIDTH % HEIGHT + TOP;
  return Four(pixels / (WIDTH * HEIGHT) * OUT_HEIGHT, y, pixels % WIDTH + LEFT);
}

// The windows that have these pixels at a tap.
fn windows_at(pixel: Four, tap_y: u32, tap_x: u32) -> Places {
  let y = (pixel.y - tap_y) / STRIDE_Y;
  let x = (pixel.x - tap_x) / STRIDE_X;
  let there = (y * STRIDE_Y + tap_y == pixel.y) & (x * STRIDE_X + tap_x == pixel.x);
  let inside = there & (y < vec4<u32>(OUT_HEIGHT)) & (x < vec4<u32>(OUT_WIDTH));
  let at = (pixel.first + y) * OUT_WIDTH + x;
  return Places(select(vec4<u32>(), at, inside), select(vec4<f32>(), vec4<f32>(1.0), inside));
}
