"""Maquette: a local daemon that hosts generative models for Blender and Krita."""

from importlib.metadata import version

__version__ = version("maquette")
