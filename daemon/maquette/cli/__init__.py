"""The command ``maquette``: a host like the others, with a terminal for a face."""
