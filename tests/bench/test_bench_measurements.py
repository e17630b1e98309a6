"""Every benchmark, a few edits long: what it returns, not how fast that was."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from maquette.bench.content import measure_content
from maquette.bench.crash import measure_crash
from maquette.bench.drag import Drags
from maquette.bench.idle import measure_idle
from maquette.bench.measurement import Measurement
from maquette.bench.memory import measure_memory
from maquette.bench.private_daemon import PrivateDaemon, weights_to_measure
from maquette.bench.start import measure_start
from maquette.cli.main import build_app
from maquette.store.weights_file import read_metadata
from typer.testing import CliRunner

pytestmark = pytest.mark.xdist_group("bench")


def by_name(measurements: Sequence[Measurement]) -> dict[str, Measurement]:
    for item in measurements:
        assert all(math.isfinite(value) for value in item.values), item
        assert item.median <= item.p95 <= item.maximum
        assert item.cores_of_others >= 0
    return {item.what: item for item in measurements}


def test_starting_is_timed_and_the_server_has_no_torch() -> None:
    found = by_name(measure_start(count=1))
    answered, ready = found["maquette serve → GetServerInfo"], found["maquette serve → engine ready"]
    assert 0 < answered.median < ready.median
    assert found["server has torch in memory"].met


def test_a_drag_is_timed_edit_by_edit(daemon: PrivateDaemon) -> None:
    drags = Drags()
    drags.add(daemon, seconds=0.5)
    found = by_name(drags.measurements("drag"))
    assert len(found["drag: every edit → frame"].values) == 30
    assert 0 < found["drag: in the model"].median < found["drag: every edit → frame"].maximum
    assert len(found["drag: settle → FINAL"].values) == 5
    assert found["drag: revisions that went back"].met
    assert found["drag: frames waiting for a stalled host"].met


def test_idling_costs_something_between_nothing_and_everything(daemon: PrivateDaemon) -> None:
    found = by_name(measure_idle(daemon, seconds=0.5))
    assert set(found) == {"idle server", "idle engine", "idle client"}
    assert all(0 <= item.median <= 200 for item in found.values())


def test_a_picture_is_fetched_both_ways(daemon: PrivateDaemon) -> None:
    found = by_name(measure_content(daemon, side=600, rounds=2))
    ours, plain = found["600² RGBA8: GetContent"], found["600² RGBA8: plain stream"]
    assert len(ours.values) == len(plain.values) == 2
    assert found["600² RGBA8: GetContent / plain stream"].median == pytest.approx(100 * ours.median / plain.median)


def test_memory_is_looked_at_twice(daemon: PrivateDaemon) -> None:
    found = by_name(measure_memory(daemon, early=5, late=20))
    early, late = (
        found[f"server after {count} edits"].median + found[f"engine after {count} edits"].median for count in (5, 20)
    )
    assert early > 0
    assert found["growth from 5 to 20 edits"].median == pytest.approx(100 * (late / early - 1))


def test_a_killed_engine_is_told_of_before_the_next_render_and_changes_nothing(daemon: PrivateDaemon) -> None:
    found = by_name(measure_crash(daemon, count=1))
    told, recovered = found["engine killed → typed error"], found["engine killed → next render"]
    assert 0 < told.median < recovered.median
    assert found["scene or picture changed by the kill"].met


def test_the_command_prints_a_table_and_writes_json(weights: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    arguments = [
        "bench",
        "drag",
        "--seconds",
        "0.3",
        "--threads",
        "1",
        "--weights",
        str(weights),
        "--json",
        str(report),
    ]
    result = CliRunner().invoke(build_app("bench"), arguments)
    assert result.exit_code == 0, result.output
    assert "drag, 1 thread: every edit → frame" in result.output
    content = json.loads(report.read_text(encoding="utf-8"))
    assert content["model"] == "tiny-rooms"
    (edits,) = [item for item in content["measurements"] if item["what"] == "drag, 1 thread: every edit → frame"]
    assert (edits["unit"], edits["bar"], edits["count"]) == ("ms", "p95 ≤ 60", 18)


def test_there_is_always_a_scene_model_to_measure_with() -> None:
    with weights_to_measure(None) as path:
        assert "edit_scene" in read_metadata(path)["tasks"]
