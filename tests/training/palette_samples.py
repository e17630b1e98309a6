"""A Palette small enough to be trained in a test."""

from __future__ import annotations

from maquette.models.palette.conditioning import TASK_WIDTH
from maquette.models.palette.network import UnetShape

TINY = UnetShape(7, 3, 8, (16, 32), 1, frozenset({1}), 16, 8, 4, TASK_WIDTH)
