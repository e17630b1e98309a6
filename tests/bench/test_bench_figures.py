"""The figures drawn from values, and when a bar is met."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from maquette.bench.measurement import Bar, Measurement, Statistic
from maquette.bench.report import print_table
from rich.console import Console

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


@given(VALUES)
def test_p95_is_the_smallest_value_that_95_percent_do_not_exceed(values: list[float]) -> None:
    p95 = Measurement("x", "ms", values).p95
    assert p95 in values
    assert sum(value <= p95 for value in values) >= 0.95 * len(values)
    assert sum(value < p95 for value in values) < 0.95 * len(values)


@pytest.mark.parametrize(
    ("bar", "met"),
    [
        (None, None),
        (Bar(Statistic.MEDIAN, 2.0), True),
        (Bar(Statistic.MAXIMUM, 2.0), False),
        (Bar(Statistic.P95, 9.0), True),
        (Bar(Statistic.MEDIAN, 2.0, at_least=True), True),
        (Bar(Statistic.MEDIAN, 2.1, at_least=True), False),
    ],
)
def test_a_bar_is_about_one_figure_and_one_direction(bar: Bar | None, met: bool | None) -> None:
    assert Measurement("x", "ms", [1.0, 2.0, 9.0], bar).met is met


def test_the_table_says_which_bar_is_missed() -> None:
    out = io.StringIO()
    slow, fast = Measurement("slow", "ms", [9.0], Bar(Statistic.MEDIAN, 2.0)), Measurement("fast", "ms", [1.0])
    print_table([slow, fast], Console(file=out))
    lines = {line.split()[1]: line for line in out.getvalue().splitlines() if "slow" in line or "fast" in line}
    assert "missed" in lines["slow"]
    assert "median ≤ 2" in lines["slow"]
    assert "missed" not in lines["fast"]
