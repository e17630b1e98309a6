"""Where the store keeps its files."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import platformdirs


def data_directory(environment: Mapping[str, str] | None = None) -> Path:
    """The user's data directory for Maquette: ``$MAQUETTE_DATA_DIR``, else the platform's custom."""
    chosen = (os.environ if environment is None else environment).get("MAQUETTE_DATA_DIR")
    if chosen:
        return Path(chosen).absolute()
    name = "Maquette" if sys.platform in ("win32", "darwin") else "maquette"
    return platformdirs.user_data_path(name, appauthor=False)


def embedded_weights_directory() -> Path:
    """The weights that ship with Maquette."""
    return Path(__file__).resolve().parent.parent / "weights"
