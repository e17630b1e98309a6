"""*Lands*: wide landscape panoramas rendered with Blender, alike from left to right, with depth and masks."""
