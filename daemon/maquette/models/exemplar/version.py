"""Which revision of the algorithm this is. No numpy: the catalogue reads it."""

ALGORITHM_VERSION = "exemplar-1"
"""Changed whenever the same request would give other pixels. The model has no weights file: its digest is of this."""
