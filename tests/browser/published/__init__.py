"""The blog itself, built as a clone would build it and looked at in browsers."""
