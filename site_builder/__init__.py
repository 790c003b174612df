"""build-site: articles whose models are trained at build time and in the reader's tab, from one set of kernels.

The packages, in the order in which a post and its models pass through them:

    graph, nn   a model in Python becomes a typed graph, and its derivative another
    plan        the graph becomes a plan: buffers and dispatches of WGSL kernels
    run         the plan runs through wgpu; the graph, in NumPy, defines what is right
    data        the numbers that models read
    record      runs become records: what was run, on what, derived from what
    selfcheck   whether the kernels are right on this machine
    figures     runs become pictures and the numbers that the prose quotes
    content     Markdown becomes HTML fragments, citations, references
    pages       fragments become pages, feeds and a site map
    bundle      scripts, styles, fonts and kernels become fingerprinted assets
    site, cli   join them and publish in one rename

Below them all, `project` is where the author's files lie and how their Python is run, and `errors` what may go wrong.
"""
