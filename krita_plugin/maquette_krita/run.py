"""Where a run stands, how far it is and how long it will take: a state machine without a clock or a host of its own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from . import strings

# A guess before this much was done, or this long was waited, would only mislead.
_LEAST_FRACTION = 0.04
_LEAST_SECONDS = 0.4

# Weight of the newest estimate; the rest is carried over, less the time that passed.
_NEWEST = 0.4


class Phase(Enum):
    """Of a run."""

    IDLE = "idle"
    READING = "reading"
    WORKING = "working"
    CHOOSING = "choosing"
    APPLYING = "applying"


_FOLLOWING = {
    Phase.IDLE: {Phase.READING},
    Phase.READING: {Phase.WORKING, Phase.IDLE},
    Phase.WORKING: {Phase.IDLE, Phase.CHOOSING, Phase.APPLYING},
    Phase.CHOOSING: {Phase.IDLE, Phase.APPLYING},
    Phase.APPLYING: {Phase.IDLE, Phase.CHOOSING},
}


class TimeLeft:
    """Seconds left of work that goes on evenly, smoothed.

    Args:
        now: when it began, in seconds of any clock.
    """

    def __init__(self, now: float) -> None:
        self._began = self._last = now
        self._estimate: float | None = None

    def update(self, now: float, fraction: float) -> float | None:
        """Seconds left; None while nobody can tell."""
        elapsed = now - self._began
        if fraction >= _LEAST_FRACTION and elapsed >= _LEAST_SECONDS:
            newest = elapsed * (1 - min(fraction, 1.0)) / fraction
            if self._estimate is None:
                self._estimate = newest
            else:
                carried = max(0.0, self._estimate - (now - self._last))
                self._estimate = _NEWEST * newest + (1 - _NEWEST) * carried
        self._last = now
        return self._estimate


def time_words(seconds: float | None) -> str:
    """The time left as a person says it; empty when nobody can tell."""
    if seconds is None:
        return ""
    if seconds < 1.5:
        return strings.ALMOST_DONE
    if seconds < 90:
        return strings.SECONDS_LEFT.format(seconds=round(seconds))
    return strings.MINUTES_LEFT.format(minutes=round(seconds / 60))


@dataclass(frozen=True)
class Progress:
    """What the progress bar shows.

    Attributes:
        stage: in words for a person.
        fraction: done, 0 to 1; None = not known.
        seconds_left: None = not known.
    """

    stage: str = ""
    fraction: float | None = None
    seconds_left: float | None = None


class Run:
    """The phase and progress of what is being done."""

    def __init__(self) -> None:
        self.phase = Phase.IDLE
        self.progress = Progress()
        self._time_left: TimeLeft | None = None

    @property
    def in_flight(self) -> bool:
        """Something is being done that can be waited for."""
        return self.phase in (Phase.READING, Phase.WORKING, Phase.APPLYING)

    @property
    def can_cancel(self) -> bool:
        """Stopping it leaves the document as it is."""
        return self.phase in (Phase.READING, Phase.WORKING)

    def go(self, phase: Phase, stage: str = "") -> None:
        """Go to another phase.

        Raises:
            ValueError: that phase cannot follow this one.
        """
        if phase not in _FOLLOWING[self.phase]:
            raise ValueError(f"{phase.name} cannot follow {self.phase.name}")
        self.phase, self.progress, self._time_left = phase, Progress(stage), None

    def working(self, now: float, stage: str, fraction: float) -> None:
        """The daemon told how far it is; what comes late, after the end, is not listened to."""
        if self.phase is not Phase.WORKING:
            return
        if self._time_left is None:
            self._time_left = TimeLeft(now)
        fraction = max(min(fraction, 1.0), self.progress.fraction or 0.0)
        self.progress = Progress(stage, fraction, self._time_left.update(now, fraction))
