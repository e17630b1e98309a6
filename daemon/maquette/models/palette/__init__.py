"""Palette (Saharia et al. 2022): image-to-image diffusion that fills, extends, colours and repairs pictures."""
