"""What authors write who know NumPy and PyTorch: what works, and what is a sentence. Run by `test_spellings.py`."""
