"""Exemplar fill: holes filled with patches of the picture itself."""
