"""The words in which a model is written: functions from tensors to tensors, named as in NumPy and PyTorch.

A file for each family of ops; `graph` hands out all that their `__all__` list. Every function checks shapes when it is
called and raises GraphError naming the author's line.

Infinities go through as IEEE 754 says, -infinity also through softmax and its losses, as the logit of what cannot be.
NaN goes through + - * / // %, powers, sums, products, normalisation, activations, rounding, `maximum`, `minimum`,
`sign`, `clip`, softmax and losses: a network that diverges shows it. max, min, argmax, argmin, max_pool, sort and top_k
find it first, as PyTorch does; `isnan` and `isfinite` tell it by its bits. Elsewhere devices may take it for any
number, since WGSL lets compilers assume that there is none: comparisons and `where` give a number, as do exp and log on
some. Nor do devices agree about the logarithm of 0 or less, a division by 0, and exp of infinity less infinity.
"""
