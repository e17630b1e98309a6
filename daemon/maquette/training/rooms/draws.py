"""Where a room's choices come from: a seed, or noise of which every number stands for the same choice in every room."""

import math
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

TRIES = 30
CELLS = {1: 24, 2: 12}
"""Along each side of the grid on which places are tried, by the number of their coordinates."""
_SMALLEST_SHARE = 1e-6

Option = TypeVar("Option")
Thing = TypeVar("Thing")
Shares = tuple[float, ...]


class Draws(Protocol):
    """Answers to the questions that furnish a room; each question has a name."""

    def share(self, name: str) -> float:
        """A number in [0, 1), all of them equally likely."""
        ...

    def chance(self, name: str, probability: float) -> bool:
        """True with this probability."""
        ...

    def choice(self, name: str, options: Sequence[Option]) -> Option:
        """One of the options, all of them equally likely."""
        ...

    def place(
        self, name: str, coordinates: int, build: Callable[[Shares], Thing], fits: Callable[[Thing], bool]
    ) -> Thing | None:
        """A thing at a place where it fits, all of them about equally likely; None where it finds none.

        Args:
            name: of the question.
            coordinates: 1 or 2, how many shares a place is given by.
            build: the thing at a place.
            fits: whether it may stand there.
        """
        ...


def uniform(draws: Draws, name: str, low: float, high: float) -> float:
    """A number between two others."""
    return between(low, high, draws.share(name))


def between(low: float, high: float, share: float) -> float:
    """The number that lies this share of the way from one to another."""
    return low + (high - low) * share


class SeededDraws:
    """One answer after the other from a generator of random numbers; the questions' names do not matter."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)

    def share(self, name: str) -> float:
        """A number in [0, 1)."""
        del name
        return self._random.random()

    def chance(self, name: str, probability: float) -> bool:
        """True with this probability."""
        return self.share(name) < probability

    def choice(self, name: str, options: Sequence[Option]) -> Option:
        """One of the options."""
        del name
        return self._random.choice(options)

    def place(
        self, name: str, coordinates: int, build: Callable[[Shares], Thing], fits: Callable[[Thing], bool]
    ) -> Thing | None:
        """The first of some tries that fits."""
        for _ in range(TRIES):
            thing = build(tuple(self.share(name) for _ in range(coordinates)))
            if fits(thing):
                return thing
        return None


class NoiseDraws:
    """Answers that follow from normal noise: from like noise like rooms, apart from where a choice changes.

    Args:
        noise: (Z,) standard normal.
        slots: which number answers the question of each name.

    Attributes:
        equal: for each number, between which shares of normal noise it means the same (Z, 2); all of them as long as
            nobody has asked for it.
    """

    def __init__(self, noise: NDArray[np.float32], slots: Mapping[str, int]) -> None:
        self._noise = noise
        self._slots = slots
        self.equal = np.tile(np.array([0.0, 1.0], np.float32), (len(noise), 1))

    def share(self, name: str) -> float:
        """The share of normal noise that is smaller."""
        share = self._share(name)
        return self._told(name, share, share, share)

    def chance(self, name: str, probability: float) -> bool:
        """Whether the share is smaller than this."""
        happens = self._share(name) < probability
        return self._told(name, happens, *((0.0, probability) if happens else (probability, 1.0)))

    def choice(self, name: str, options: Sequence[Option]) -> Option:
        """One of the options: their order is that of the noise."""
        index = int(self._share(name) * len(options))
        return self._told(name, options[index], index / len(options), (index + 1) / len(options))

    def _share(self, name: str) -> float:
        below = 0.5 * math.erfc(-float(self._noise[self._slots[name]]) / math.sqrt(2))
        return min(max(below, _SMALLEST_SHARE), 1 - _SMALLEST_SHARE)

    def _told(self, name: str, answer: Option, low: float, high: float) -> Option:
        self.equal[self._slots[name]] = low, high
        return answer

    def place(
        self, name: str, coordinates: int, build: Callable[[Shares], Thing], fits: Callable[[Thing], bool]
    ) -> Thing | None:
        """The place before which lies the noise's share of all places that fit, found on a grid.

        So every place that fits is as likely as with tries of a seed, and what fits no better than to half a cell
        may stand as much too near.
        """
        cells = CELLS[coordinates]
        shares = self._shares(name, coordinates)
        fitting = np.zeros((cells,) * coordinates, np.bool_)
        for cell in np.ndindex(fitting.shape):
            fitting[cell] = fits(build(tuple((index + 0.5) / cells for index in cell)))
        if not fitting.any():
            return None
        found: list[float] = []
        for share in shares:
            index, inside = _quantile(fitting.reshape(cells, -1).sum(axis=1), share)
            found.append((index + inside) / cells)
            fitting = fitting[index]
        return build(tuple(found))

    def _shares(self, name: str, coordinates: int) -> Shares:
        return tuple(self.share(f"{name} {axis}") for axis in range(coordinates))


def _quantile(counts: NDArray[np.int64], share: float) -> tuple[int, float]:
    """The cell, and how far into it, before which lies this share of all that is counted."""
    ends = counts.cumsum()
    wanted = share * ends[-1]
    index = int((ends <= wanted).sum())
    return index, float((wanted - (ends[index] - counts[index])) / counts[index])


class NamedDraws:
    """Another source's answers, and the names of all questions that it was asked.

    Args:
        source: of the answers.
    """

    def __init__(self, source: Draws) -> None:
        self._source = source
        self.names: set[str] = set()

    def share(self, name: str) -> float:
        """The source's."""
        self.names.add(name)
        return self._source.share(name)

    def chance(self, name: str, probability: float) -> bool:
        """The source's."""
        self.names.add(name)
        return self._source.chance(name, probability)

    def choice(self, name: str, options: Sequence[Option]) -> Option:
        """The source's."""
        self.names.add(name)
        return self._source.choice(name, options)

    def place(
        self, name: str, coordinates: int, build: Callable[[Shares], Thing], fits: Callable[[Thing], bool]
    ) -> Thing | None:
        """The source's."""
        self.names.update(f"{name} {axis}" for axis in range(coordinates))
        return self._source.place(name, coordinates, build, fits)
