// half: blocks of four rows and four columns in half precision, for products that a model allows to be rounded
// why: many devices multiply numbers of 16 bits twice as fast as those of 32. What is read is rounded to 11 bits; a product
//      of two blocks, sums of four, is taken in f16, and whoever adds these up does so in f32: long sums then neither
//      overflow nor lose their small terms. Beyond 65504, operands and sums of four become infinite, as IEEE 754 has it;
//      WGSL promises not even that, so that a model must stay below. Below 6e-8 they become 0, as gradients are often that
//      small: these are computed in f32
// source: Micikevicius et al., Mixed Precision Training (2018), sections 3.2 and 3.3

// The block whose column c is what is given for it, rounded.
fn halved(c0: vec4<f32>, c1: vec4<f32>, c2: vec4<f32>, c3: vec4<f32>) -> mat4x4<f16> {
  return mat4x4<f16>(vec4<f16>(c0), vec4<f16>(c1), vec4<f16>(c2), vec4<f16>(c3));
}

// The product of two blocks, to be added up.
fn multiplied(columns: mat4x4<f16>, rows: mat4x4<f16>) -> mat4x4<f32> {
  return mat4x4<f32>(columns * rows);
}
