"""Phases of a run, its progress and the time left."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette_krita.run import Phase, Run, TimeLeft, time_words

ALLOWED = {
    "IDLE": {"READING"},
    "READING": {"WORKING", "IDLE"},
    "WORKING": {"IDLE", "CHOOSING", "APPLYING"},
    "CHOOSING": {"IDLE", "APPLYING"},
    "APPLYING": {"IDLE", "CHOOSING"},
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(Phase, Phase)))
def test_only_sensible_phases_follow(before, after):
    run = Run()
    run.phase = before
    if after.name in ALLOWED[before.name]:
        run.go(after)
        assert run.phase is after
    else:
        with pytest.raises(ValueError, match="cannot follow"):
            run.go(after)
        assert run.phase is before


def test_only_what_leaves_the_document_alone_can_be_cancelled():
    def holds(phase: Phase) -> tuple[bool, bool]:
        run = Run()
        run.phase = phase
        return run.in_flight, run.can_cancel

    assert {phase.name: holds(phase) for phase in Phase} == {
        "IDLE": (False, False),
        "READING": (True, True),
        "WORKING": (True, True),
        "CHOOSING": (False, False),
        "APPLYING": (True, False),
    }


def test_progress_never_goes_back():
    run = Run()
    run.go(Phase.READING)
    run.go(Phase.WORKING)
    fractions = []
    for now, fraction in enumerate([0.1, 0.4, 0.3, 2.0]):
        run.working(now, "Filling", fraction)
        fractions.append(run.progress.fraction)
    assert fractions == [0.1, 0.4, 0.4, 1.0]
    assert run.phase is Phase.WORKING


def test_progress_that_comes_late_is_not_listened_to():
    run = Run()
    run.working(0, "Filling", 0.5)
    assert (run.phase, run.progress.fraction) == (Phase.IDLE, None)


def test_even_work_is_foretold():
    left = TimeLeft(100.0)
    assert left.update(100.1, 0.01) is None
    estimates = [left.update(100 + second, second / 20) for second in range(1, 20)]
    for second, estimate in enumerate(estimates, 1):
        assert estimate == pytest.approx(20 - second, abs=0.5)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 1)), max_size=20))
def test_the_time_left_is_never_negative(updates):
    left, now = TimeLeft(0.0), 0.0
    for seconds, fraction in updates:
        now += seconds
        estimate = left.update(now, fraction)
        assert estimate is None or estimate >= 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (0.2, "almost done"), (7.6, "about 8 s left"), (89, "about 89 s left"), (150, "about 2 min left")],
)
def test_time_is_said_in_words(seconds, words):
    assert time_words(seconds) == words
