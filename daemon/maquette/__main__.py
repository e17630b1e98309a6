"""``python -m maquette`` is the command ``maquette``."""

from maquette.cli.main import main

if __name__ == "__main__":
    main()
