"""Scripts, styles, kernels and fonts become fingerprinted assets. `node` runs the JavaScript tools."""
