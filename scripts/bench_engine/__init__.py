"""Measures the engine beside its peers: the same work, the same weights, the same data, in browsers and outside them.

    workloads.py    what is computed: sizes, weights, data, floating-point operations
    twins.py        the same in PyTorch: what is right, and how long a CPU takes
    models.py       the same as users of this project write it
    roof.py         the best kernels for a product of matrices that we could write by hand
    onnx.py         the same as files for ONNX Runtime
    peers.py        the other engines: installed, bundled
    contenders.py   who runs a workload, where, with what
    places.py       a new Chromium, Firefox or Node, and node.mjs for the last
    browser.py      one engine and one workload in one of them
    native.py       ours through wgpu and wasmtime, the roof, PyTorch
    cpu.py          processor time of what was started
    rounds.py       each contender in turn, as often as is asked for
    record.py       what was measured, in a file that later runs go on with
    tables.py       the tables, from that file
    demos.py        demos on the processor, cold
    profile.py      where a step of ours spends its time
    against.py      what share of the roof it reaches
    pages/          what runs in the browser: one script for each engine
    __main__.py     what the command line asks for

In: names of workloads and contenders. Out: tables in Markdown. Nothing is timed before its results were right.
"""
