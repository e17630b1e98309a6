"""What has to hold after everything that the plugin does."""

from __future__ import annotations

from typing import Any

import pytest
from paintings import Pixels, differing, grown
from person import Person
from studio import PATIENCE_SECONDS

IN_KRITA = [pytest.mark.host, pytest.mark.xdist_group("krita"), pytest.mark.timeout(4 * PATIENCE_SECONDS)]

# The docker's first choices: a filling reaches so far beyond the selection, and blends so far beyond that.
GROW, BLEND, MORE_FOR_REMOVAL = 4, 8, 4


def check_only_near_selection(person: Person, before: Pixels, reach: float) -> None:
    """Something changed, all of it within reach of what is selected."""
    changed = differing(before, person.picture())
    assert changed.any()
    assert not (changed & ~grown(person.selected() > 0, reach)).any()


def check_undo_and_redo(person: Person, before: Any, steps: int = 1) -> None:
    """So many undos bring back what was, to the byte; redo brings the answer back, and undo takes it again."""
    after = person.fingerprint()
    assert after != before
    person.undo(steps)
    person.wait_until_it_is(before)
    person.redo(steps)
    person.wait_until_it_is(after)
    person.undo(steps)
    person.wait_until_it_is(before)
