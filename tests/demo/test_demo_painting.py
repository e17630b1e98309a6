from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from maquette.demo.contact_sheet import painting_corners, painting_sheet
from maquette.demo.painting import PART, WIDER_BY, Painting, land, paint_all, tree_mask
from maquette_client.connection import Connection

FAKE_DAEMON = Path(__file__).parent.parent / "client" / "fake_daemon.py"
FAKE_VALUE = 9


@pytest.fixture
def runtime() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mq") as folder:
        runtime = Path(folder, "run")
        process = subprocess.Popen([sys.executable, str(FAKE_DAEMON), str(runtime)], env=dict(os.environ))
        while not (runtime / "daemon.json").exists():
            assert process.poll() is None
            time.sleep(0.01)
        yield runtime
        process.kill()
        process.wait()


def test_a_tree_is_erased_and_a_picture_extended(runtime: Path) -> None:
    erased, extended = paint_all(Connection(directories=[runtime]))
    tree = tree_mask() > 0
    assert (erased.after[tree] == FAKE_VALUE).all()
    rows, columns = np.nonzero(tree)
    around = erased.after.copy()
    bounds = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    around[bounds] = land()[bounds]
    assert (around == land()).all()
    assert erased.before.shape == erased.after.shape
    assert extended.after.shape == (PART.height, PART.width + 2 * WIDER_BY, 3)
    kept = extended.after[:, WIDER_BY : WIDER_BY + PART.width]
    assert (kept == land()[PART.top : PART.bottom, PART.left : PART.right]).all()
    assert (extended.after[:, :WIDER_BY] == FAKE_VALUE).all()
    assert {erased.model_id, extended.model_id} == {"fake-painter"}


def test_the_sheet_shows_each_before_and_after() -> None:
    def solid(width: int, value: int) -> np.ndarray:
        return np.full((10, width, 3), value, np.uint8)

    paintings = [
        Painting("a", solid(30, 10), solid(30, 20), "x", 1.0),
        Painting("b", solid(20, 30), solid(20, 40), "x", 1.0),
    ]
    sheet = painting_sheet(paintings)
    corners = painting_corners(paintings)
    assert [sheet.getpixel((left + 5, top + 5))[0] for left, top in corners] == [10, 20, 30, 40]
