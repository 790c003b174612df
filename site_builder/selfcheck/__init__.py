"""Whether the kernels are right on this machine: a case for every op, and the trials made of them."""
