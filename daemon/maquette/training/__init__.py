"""How the embedded weights were made: training data, recipes and their evaluation."""
