"""What the tests of every package need."""

from __future__ import annotations

from pathlib import Path

import pytest
from maquette.errors import MaquetteError, Reason
from maquette.packaging.wheels import fetch_wheels


@pytest.fixture(scope="module")
def wheels() -> list[Path]:
    """The libraries that plugins carry."""
    try:
        return fetch_wheels()
    except MaquetteError as error:
        if error.reason is Reason.NOT_INSTALLED:
            pytest.skip(f"offline and not cached: {error}")
        raise
