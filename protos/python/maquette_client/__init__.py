"""What every host of Maquette shares: the messages and the thin client. Pure Python, no threads, no numpy."""
