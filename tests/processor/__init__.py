"""Plans on the processor: kernels compiled to WebAssembly, run by Node and by wasmtime."""
