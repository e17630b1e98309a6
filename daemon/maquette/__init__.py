"""Maquette: a local daemon that hosts generative models for Blender and Krita."""

# Not read from the installed metadata: that would cost every start of the daemon its tenth of a second.
__version__ = "0.1.0"
