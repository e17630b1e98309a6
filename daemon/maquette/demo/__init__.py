"""The demonstration: a room rearranged in real Blender, without a window."""
