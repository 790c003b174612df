/**
 * WebAssembly's instructions by their names, as bytes. From 64512, 0xfc00, on they have a prefix, 0xfc or 0xfd.
 *
 * Source: WebAssembly Core Specification 2.0, chapter 5.4. Nothing of relaxed SIMD is here, whose results differ.
 */

/** Names behind `type.`, whose codes follow one another from the number before them on. */
const TABLE = `40 i32. load 42 f32. load 54 i32. store 56 f32. store 69 i32. eqz eq ne 73 lt_u 75 gt_u 77 le_u 79 ge_u 91 f32. eq
ne lt gt le ge 106 i32. add sub mul 110 div_u 112 rem_u and or xor shl 118 shr_u 139 f32. abs neg ceil floor trunc
nearest sqrt add sub mul div 179 convert_i32_u 188 i32. reinterpret_f32 190 f32. reinterpret_i32 64513 i32.
trunc_sat_f32_u 64768 v128. load 64777 load32_splat 64779 store 64785 i32x4. splat 64787 f32x4. splat 64795 i32x4.
extract_lane replace_lane 64799 f32x4. extract_lane replace_lane 64823 i32x4. eq ne 64826 lt_u 64828 gt_u 64830 le_u
64832 ge_u 64833 f32x4. eq ne lt gt le ge 64845 v128. not and 64848 or xor bitselect any_true 64854 load32_lane
64859 store64_lane load32_zero load64_zero 64871 f32x4. ceil floor trunc nearest 64931 i32x4. all_true 64939 shl
64941 shr_u add 64945 sub 64949 mul 64951 min_u 64992 f32x4. abs neg 64995 sqrt add sub mul div 65002 pmin pmax
65017 i32x4. trunc_sat_f32x4_u 65019 f32x4. convert_i32x4_u`;

/** @type {Record<string, number>} */
export const OPCODES = {};
let next = 0;
let type = "";
for (const word of TABLE.split(/\s+/)) {
  if (Number(word)) next = Number(word);
  else if (word.endsWith(".")) type = word;
  else OPCODES[type + word] = next++;
}

/** @type {Record<import("./compiler.d.ts").WasmType, number>} */
export const TYPES = { i32: 0x7f, f32: 0x7d, v128: 0x7b };
