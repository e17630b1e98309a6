"""The model zoo: one folder per system."""
