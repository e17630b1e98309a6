"""The modules of checks, in the order in which they are made in one Blender: each goes on where the last left off."""

MODULES = (
    "beginning",
    "picture",
    "following",
    "gallery",
    "files",
    "between",
    "camera",
    "objects",
    "keeping",
    "animation",
    "undo",
    "leaving",
)
