"""Measures the engine beside its peers: the same work, the same weights, the same data, in a browser and through wgpu.

    workloads.py    what is computed: sizes, weights, data, floating-point operations
    twins.py        the same in PyTorch: what is right, and how long a CPU takes
    models.py       the same as users of this project write it
    roof.py         the best kernels for a product of matrices that we could write by hand
    onnx.py         the same as files for ONNX Runtime
    peers.py        the other engines: installed, bundled
    browser.py      one engine and one workload in a fresh Chromium
    native.py       ours through wgpu, the roof, PyTorch
    cpu.py          processor time of a browser
    profile.py      where a step of ours spends its time
    pages/          what runs in the browser: one script for each engine
    __main__.py     the rounds and the tables

In: names of workloads. Out: tables in Markdown. Nothing is timed before its results were right.
"""
