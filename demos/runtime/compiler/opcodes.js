/**
 * WebAssembly's instructions by their names, as bytes. From 0xfc00 on they have a prefix, 0xfc or 0xfd.
 *
 * Source: WebAssembly Core Specification 2.0, chapter 5.4. Nothing of relaxed SIMD is here, whose results differ.
 */

/** Names, whose codes follow one another from the number before them on. */
const TABLE = `
28 i32.load 2a f32.load 36 i32.store 38 f32.store
45 i32.eqz i32.eq i32.ne 49 i32.lt_u 4b i32.gt_u 4d i32.le_u 4f i32.ge_u
5b f32.eq f32.ne f32.lt f32.gt f32.le f32.ge
6a i32.add i32.sub i32.mul 6e i32.div_u 70 i32.rem_u i32.and i32.or i32.xor i32.shl 76 i32.shr_u
8b f32.abs f32.neg f32.ceil f32.floor f32.trunc f32.nearest f32.sqrt f32.add f32.sub f32.mul f32.div
b3 f32.convert_i32_u bc i32.reinterpret_f32 be f32.reinterpret_i32 fc01 i32.trunc_sat_f32_u
fd00 v128.load fd09 v128.load32_splat fd0b v128.store fd11 i32x4.splat fd13 f32x4.splat
fd1b i32x4.extract_lane i32x4.replace_lane fd1f f32x4.extract_lane f32x4.replace_lane
fd37 i32x4.eq i32x4.ne fd3a i32x4.lt_u fd3c i32x4.gt_u fd3e i32x4.le_u fd40 i32x4.ge_u
fd41 f32x4.eq f32x4.ne f32x4.lt f32x4.gt f32x4.le f32x4.ge
fd4d v128.not v128.and fd50 v128.or v128.xor v128.bitselect v128.any_true
fd56 v128.load32_lane fd5b v128.store64_lane v128.load32_zero v128.load64_zero
fd67 f32x4.ceil f32x4.floor f32x4.trunc f32x4.nearest
fda3 i32x4.all_true fdab i32x4.shl fdad i32x4.shr_u i32x4.add fdb1 i32x4.sub fdb5 i32x4.mul fdb7 i32x4.min_u
fde0 f32x4.abs f32x4.neg fde3 f32x4.sqrt f32x4.add f32x4.sub f32x4.mul f32x4.div fdea f32x4.pmin f32x4.pmax
fdf9 i32x4.trunc_sat_f32x4_u fdfb f32x4.convert_i32x4_u`;

/** @type {Record<string, number>} */
export const OPCODES = {};
let next = 0;
for (const word of TABLE.trim().split(/\s+/)) {
  if (word.includes(".")) OPCODES[word] = next++;
  else next = parseInt(word, 16);
}

/** @type {Record<import("./compiler.d.ts").WasmType, number>} */
export const TYPES = { i32: 0x7f, f32: 0x7d, v128: 0x7b };
