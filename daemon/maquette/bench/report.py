"""Measurements as a table for a person and as JSON for a program."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from rich.console import Console
from rich.table import Table

import maquette
from maquette.bench.measurement import Measurement

_WIDTH = 120
_VERDICTS = {True: "met", False: "missed", None: ""}


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def print_table(measurements: Sequence[Measurement], console: Console | None = None) -> None:
    """What, its figures, the bar and whether it is met."""
    table = Table("what", "unit", "median", "p95", "bar", "", "others' cores")
    for item in measurements:
        bar = str(item.bar) if item.bar else ""
        others = f"{item.cores_of_others:.1f}"
        table.add_row(item.what, item.unit, _figure(item.median), _figure(item.p95), bar, _VERDICTS[item.met], others)
    for column in table.columns:
        column.no_wrap = True
    console = console or Console()
    console.width = max(console.width, _WIDTH)
    console.print(table)


def _as_json(item: Measurement) -> dict[str, object]:
    return {
        "what": item.what,
        "unit": item.unit,
        "count": len(item.values),
        "median": item.median,
        "p95": item.p95,
        "largest": item.maximum,
        "bar": str(item.bar) if item.bar else None,
        "met": item.met,
        "cores_of_others": item.cores_of_others,
    }


def write_json(path: Path, measurements: Sequence[Measurement], model_id: str) -> None:
    """The measurements, and on which machine, when and with which model they were taken."""
    content = {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "version": maquette.__version__,
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "model": model_id,
        "measurements": [_as_json(item) for item in measurements],
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
