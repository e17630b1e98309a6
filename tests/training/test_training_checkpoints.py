from __future__ import annotations

import pytest
from maquette.training import checkpoints
from maquette.training.checkpoints import train_for


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that goes on by a second whenever it is read."""
    ticks = iter(range(1000))
    monkeypatch.setattr(checkpoints.time, "monotonic", lambda: float(next(ticks)))


def _run(budget: float, spent: float, save_every: float) -> tuple[list[float], list[float], float]:
    steps: list[float] = []
    kept: list[float] = []
    return steps, kept, train_for(budget, steps.append, kept.append, spent, save_every)


def test_steps_fill_the_time_and_what_was_learned_is_kept_now_and_then_and_at_the_end() -> None:
    assert _run(8, 0, 3) == ([1, 2, 3, 4, 5, 6, 7], [3, 6, 8], 8)


def test_the_seconds_of_earlier_runs_count() -> None:
    assert _run(8, 5, 3) == ([6, 7], [8], 8)


def test_without_time_left_nothing_is_learned_but_all_is_kept() -> None:
    assert _run(8, 20, 3) == ([], [21], 21)
