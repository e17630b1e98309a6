"""Tests in real hosts. One that is not there is skipped with a reason, unless the machine promises to have them all."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """With MAQUETTE_REQUIRE_HOSTS=1 a skipped host test is a failed one."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("MAQUETTE_REQUIRE_HOSTS") == "1":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"MAQUETTE_REQUIRE_HOSTS=1, but this host test was left out. {reason}"
