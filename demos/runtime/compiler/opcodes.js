/**
 * WebAssembly's instructions by their names, as bytes. From 64512, 0xfc00, on they have a prefix, 0xfc or 0xfd.
 *
 * Source: WebAssembly Core Specification 2.0, chapter 5.4. Nothing of relaxed SIMD is here, whose results differ.
 */

/** Names behind `type.`, whose codes follow one another; a number says how many are left out. */
const TABLE = `40 i32. load 1 f32. load 11 i32. store 1 f32. store 12 i32. eqz eq ne 1 lt_u 1 gt_u 1 le_u 1 ge_u 11
f32. eq ne lt gt le ge 9 i32. add sub mul 1 div_u 1 rem_u and or xor shl 1 shr_u 20 f32. abs neg ceil
floor trunc nearest sqrt add sub mul div 29 convert_i32_u 8 i32. reinterpret_f32 1 f32. reinterpret_i32
64322 i32. trunc_sat_f32_u 254 v128. load 8 load32_splat 1 store 5 i32x4. splat 1 f32x4. splat 7 i32x4.
extract_lane replace_lane 2 f32x4. extract_lane replace_lane 22 i32x4. eq ne 1 lt_u 1 gt_u 1 le_u 1 ge_u
f32x4. eq ne lt gt le ge 6 v128. not and 1 or xor bitselect any_true 2 load32_lane 4 store64_lane
load32_zero load64_zero 9 f32x4. ceil floor trunc nearest 56 i32x4. all_true 7 shl 1 shr_u add 2 sub 3
mul 1 min_u 40 f32x4. abs neg 1 sqrt add sub mul div 2 pmin pmax 13 i32x4. trunc_sat_f32x4_u 1 f32x4.
convert_i32x4_u`;

/** @type {Record<string, number>} */
export const OPCODES = {};
let next = 0;
let type = "";
for (const word of TABLE.split(/\s+/)) {
  if (Number(word)) next += Number(word);
  else if (word.endsWith(".")) type = word;
  else OPCODES[type + word] = next++;
}

/** @type {Record<import("./compiler.d.ts").WasmType, number>} */
export const TYPES = { i32: 0x7f, f32: 0x7d, v128: 0x7b };
