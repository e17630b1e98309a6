"""What was measured and what it should be."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Statistic(Enum):
    """Which figure of the values a bar is about."""

    MEDIAN = "median"
    P95 = "p95"
    MAXIMUM = "maximum"


@dataclass(frozen=True)
class Bar:
    """What must hold.

    Attributes:
        statistic: figure that is compared.
        limit: in the measurement's unit.
        at_least: the figure must not be smaller than the limit; otherwise it must not be larger.
    """

    statistic: Statistic
    limit: float
    at_least: bool = False

    def __str__(self) -> str:
        return f"{self.statistic.value} {'≥' if self.at_least else '≤'} {self.limit:g}"


@dataclass(frozen=True)
class Measurement:
    """Values of one quantity, in the order in which they were taken.

    Attributes:
        what: for a person.
        unit: of the values and of the bar.
        values: at least one.
        bar: None = told, not judged.
        cores_of_others: how many cores other programs used meanwhile, on average.
    """

    what: str
    unit: str
    values: Sequence[float]
    bar: Bar | None = None
    cores_of_others: float = 0.0

    @property
    def median(self) -> float:
        """Of the values."""
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        """The smallest value that 95 % of the values do not exceed."""
        return sorted(self.values)[math.ceil(0.95 * len(self.values)) - 1]

    @property
    def maximum(self) -> float:
        """Of the values."""
        return max(self.values)

    def figure(self, statistic: Statistic) -> float:
        """One figure of the values."""
        return {Statistic.MEDIAN: self.median, Statistic.P95: self.p95, Statistic.MAXIMUM: self.maximum}[statistic]

    @property
    def met(self) -> bool | None:
        """Whether the bar holds; None without a bar."""
        if self.bar is None:
            return None
        figure = self.figure(self.bar.statistic)
        return figure >= self.bar.limit if self.bar.at_least else figure <= self.bar.limit
