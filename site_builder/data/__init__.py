"""The numbers that models read: data sets that come with the generator, and those that authors make."""

from site_builder.data.datasets import load_data

__all__ = ["load_data"]
