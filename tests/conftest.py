"""What holds for all tests."""

from __future__ import annotations

import pytest
from hypothesis import settings

# How long an example takes says more about the machine than about the code.
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse to run when groups of tests are not kept on one worker, for then each worker starts every Blender.

    pytest-xdist 3.8 writes a test's group into its id, which pytest 9.2 does not let it do.
    """
    if not getattr(config.option, "loadgroup", False):
        return
    lost = [item for item in items if item.get_closest_marker("xdist_group") and "@" not in item.nodeid]
    if lost:
        raise pytest.UsageError("This pytest and pytest-xdist keep no groups together: install the pinned ones.")
