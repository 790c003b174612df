/**
 * WebAssembly's instructions by their names, as bytes. From 0xfc00 on they have a prefix, 0xfc or 0xfd.
 *
 * Source: WebAssembly Core Specification 2.0, chapter 5.4. Nothing of relaxed SIMD is here, whose results differ.
 */

/** @type {Record<string, number>} */
export const OPCODES = {
  "i32.eqz": 0x45, "i32.eq": 0x46, "i32.ne": 0x47, "i32.lt_u": 0x49, "i32.gt_u": 0x4b, "i32.le_u": 0x4d, "i32.ge_u": 0x4f,
  "f32.eq": 0x5b, "f32.ne": 0x5c, "f32.lt": 0x5d, "f32.gt": 0x5e, "f32.le": 0x5f, "f32.ge": 0x60,
  "i32.add": 0x6a, "i32.sub": 0x6b, "i32.mul": 0x6c, "i32.div_u": 0x6e, "i32.rem_u": 0x70,
  "i32.and": 0x71, "i32.or": 0x72, "i32.xor": 0x73, "i32.shl": 0x74, "i32.shr_u": 0x76,
  "f32.abs": 0x8b, "f32.neg": 0x8c, "f32.ceil": 0x8d, "f32.floor": 0x8e, "f32.trunc": 0x8f, "f32.nearest": 0x90,
  "f32.sqrt": 0x91, "f32.add": 0x92, "f32.sub": 0x93, "f32.mul": 0x94, "f32.div": 0x95,
  "f32.convert_i32_u": 0xb3, "i32.reinterpret_f32": 0xbc, "f32.reinterpret_i32": 0xbe,
  "i32.trunc_sat_f32_u": 0xfc01,
  "i32x4.splat": 0xfd11, "f32x4.splat": 0xfd13,
  "i32x4.eq": 0xfd37, "i32x4.ne": 0xfd38, "i32x4.lt_u": 0xfd3a, "i32x4.gt_u": 0xfd3c, "i32x4.le_u": 0xfd3e, "i32x4.ge_u": 0xfd40,
  "f32x4.eq": 0xfd41, "f32x4.ne": 0xfd42, "f32x4.lt": 0xfd43, "f32x4.gt": 0xfd44, "f32x4.le": 0xfd45, "f32x4.ge": 0xfd46,
  "v128.not": 0xfd4d, "v128.and": 0xfd4e, "v128.or": 0xfd50, "v128.xor": 0xfd51, "v128.bitselect": 0xfd52,
  "v128.any_true": 0xfd53, "i32x4.all_true": 0xfda3,
  "f32x4.ceil": 0xfd67, "f32x4.floor": 0xfd68, "f32x4.trunc": 0xfd69, "f32x4.nearest": 0xfd6a,
  "i32x4.shl": 0xfdab, "i32x4.shr_u": 0xfdad, "i32x4.add": 0xfdae, "i32x4.sub": 0xfdb1, "i32x4.mul": 0xfdb5, "i32x4.min_u": 0xfdb7,
  "f32x4.abs": 0xfde0, "f32x4.neg": 0xfde1, "f32x4.sqrt": 0xfde3,
  "f32x4.add": 0xfde4, "f32x4.sub": 0xfde5, "f32x4.mul": 0xfde6, "f32x4.div": 0xfde7, "f32x4.pmin": 0xfdea, "f32x4.pmax": 0xfdeb,
  "i32x4.trunc_sat_f32x4_u": 0xfdf9, "f32x4.convert_i32x4_u": 0xfdfb,
};

/** Instructions that name a lane. @type {Record<string, number>} */
export const LANES = { "i32x4.extract_lane": 0xfd1b, "i32x4.replace_lane": 0xfd1c, "f32x4.extract_lane": 0xfd1f, "f32x4.replace_lane": 0xfd20 };

/** Loads and stores; behind them stand the alignment, 4 bytes always, and an offset. @type {Record<string, number>} */
export const MEMORY = {
  "i32.load": 0x28, "f32.load": 0x2a, "i32.store": 0x36, "f32.store": 0x38,
  "v128.load": 0xfd00, "v128.store": 0xfd0b, "v128.load32_splat": 0xfd09, "v128.load32_zero": 0xfd5c, "v128.load64_zero": 0xfd5d,
};

/** Loads and stores of one lane, which stands behind the offset. @type {Record<string, number>} */
export const MEMORY_LANES = { "v128.load32_lane": 0xfd56, "v128.store64_lane": 0xfd5b };

/** @type {Record<import("./compiler.d.ts").WasmType, number>} */
export const TYPES = { i32: 0x7f, f32: 0x7d, v128: 0x7b };
