"""Operations within operations: one reports as a stretch of the other, and closing one closes both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from maquette.imaging.picture import Picture
from maquette.models.operations import Operation, Progress

Result = TypeVar("Result")
PreviewOf = Callable[[Picture], Picture | None]


@dataclass(frozen=True)
class Stretch:
    """A part of an operation's progress: fractions from ``start`` to ``stop``."""

    start: float = 0.0
    stop: float = 1.0

    def at(self, fraction: float) -> float:
        """The whole operation's fraction when this stretch is at one of its own."""
        return self.start + (self.stop - self.start) * min(1.0, max(0.0, fraction))

    def part(self, start: float, stop: float) -> Stretch:
        """A stretch of this stretch."""
        return Stretch(self.at(start), self.at(stop))


def within(operation: Operation[Result], stretch: Stretch, preview_of: PreviewOf | None = None) -> Operation[Result]:
    """Run an inner operation as a stretch of an outer one.

    Args:
        operation: is closed when the outer one is, however that ends.
        stretch: of the outer operation's progress.
        preview_of: what the outer operation shows of an inner preview; None = nothing.
    """
    try:
        while True:
            try:
                report = next(operation)
            except StopIteration as finished:
                return finished.value
            preview = preview_of(report.preview) if preview_of and report.preview else None
            yield Progress(report.stage, stretch.at(report.fraction), preview)
    finally:
        operation.close()


_MASK = 0xFFFFFFFFFFFFFFFF


def derived_seed(seed: int, *places: int) -> int:
    """A seed of its own for one part of an answer; 63 bits (finaliser of SplitMix64)."""
    value = seed & _MASK
    for place in places:
        value = (value + 0x9E3779B97F4A7C15 * (place + 1)) & _MASK
        value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
        value ^= value >> 31
    return value >> 1
