"""Measurements of speed and memory, each through a real daemon of its own."""
