"""*Rooms*: furnished bedroom interiors rendered with Blender, with exact layouts."""
