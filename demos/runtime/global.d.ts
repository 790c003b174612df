declare module "*.wgsl" {
  const text: string;
  export default text;
}
declare module "*.css";

// TypeScript's own library has WebGPU's types but not the values of its flags.
declare const GPUBufferUsage: Record<"MAP_READ" | "COPY_SRC" | "COPY_DST" | "UNIFORM" | "STORAGE", number>;
declare const GPUShaderStage: Record<"VERTEX" | "FRAGMENT" | "COMPUTE", number>;
declare const GPUMapMode: Record<"READ", number>;
