"""What every verb of every model is: a generator that yields progress and returns its result."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

from maquette.imaging.picture import Picture

Result = TypeVar("Result")


@dataclass(frozen=True)
class Progress:
    """A report between two steps.

    Attributes:
        stage: what is being done, in a few words for a person ("rendering").
        fraction: how much of the whole operation is done, in [0, 1], never decreasing.
        preview: an intermediate picture, if there is one.
    """

    stage: str
    fraction: float
    preview: Picture | None = None


Operation = Generator[Progress, None, Result]
"""Closing the generator cancels the operation; it must release what it holds in ``finally``."""
