"""Write a small Palette with random weights where the daemon finds it: its pictures mean nothing, but they are quick.

python small_palette.py DATA_DIRECTORY
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "models"))

from palette_helpers import small_palette_entry

if __name__ == "__main__":
    small_palette_entry(Path(sys.argv[1]))
