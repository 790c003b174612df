"""The author's project: where it lies, its Python files and how they are run, the cache, the machine, the workers.

What every other room may use and none of it knows: posts, models, kernels, pages.
"""
