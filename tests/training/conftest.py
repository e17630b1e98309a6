"""Rooms to train on, and a weights file that has learned nothing from them."""

from __future__ import annotations

from pathlib import Path

import pytest
from blobgan_rooms import untrained_weights, write_rooms


@pytest.fixture
def rooms(tmp_path: Path) -> Path:
    folder = tmp_path / "rooms"
    write_rooms(folder, 0, 6)
    return folder


@pytest.fixture
def weights(tmp_path: Path, rooms: Path) -> Path:
    return untrained_weights(tmp_path / "blobgan-rooms.safetensors", rooms)
