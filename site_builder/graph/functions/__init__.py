"""The words in which a model is written: functions from tensors to tensors, named as in NumPy and PyTorch.

A file for each family of ops; `graph` hands out all that their `__all__` list. Every function checks shapes when it is
called and raises GraphError naming the author's line.
"""
