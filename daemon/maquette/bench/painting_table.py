"""What several methods reached, the bar, and whether it is met: as a table for a person and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

import maquette

_WIDTH = 170
_VERDICTS = {True: "met", False: "missed", None: ""}


@dataclass(frozen=True)
class Row:
    """One figure of several methods.

    Attributes:
        what: for a person.
        figures: by method.
        ours: the method that is judged.
        against: the methods that it is judged by; without any, nothing is judged.
        margin: how much better than the best of them it must be; negative = how much worse it may be.
        higher_is_better: otherwise the least figure is the best.
        limit: that must hold instead of a comparison.
    """

    what: str
    figures: Mapping[str, float]
    ours: str = ""
    against: Sequence[str] = field(default_factory=tuple)
    margin: float = 0.0
    higher_is_better: bool = True
    limit: float | None = None

    @property
    def bar(self) -> float | None:
        """What the judged figure must reach, or must not exceed; None = nothing is judged."""
        others = [self.figures[name] for name in self.against]
        if not others:
            return self.limit
        return max(others) + self.margin if self.higher_is_better else min(others) - self.margin

    @property
    def met(self) -> bool | None:
        """Whether the bar holds; None without a bar."""
        if self.bar is None:
            return None
        value = self.figures[self.ours]
        return value >= self.bar if self.higher_is_better else value <= self.bar


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def print_rows(rows: Sequence[Row], console: Console | None = None) -> None:
    """All rows under one heading; a column for every method that any row names."""
    methods = list(dict.fromkeys(name for row in rows for name in row.figures))
    table = Table("what", *methods, "bar", "", padding=(0, 0), collapse_padding=True)
    for row in rows:
        sign = "≥ " if row.higher_is_better else "≤ "
        bar = sign + _figure(row.bar) if row.bar is not None else ""
        table.add_row(row.what, *(_figure(row.figures.get(name)) for name in methods), bar, _VERDICTS[row.met])
    for column in table.columns:
        column.no_wrap = True
    console = console or Console()
    console.width = max(console.width, _WIDTH)
    console.print(table)


def write_rows(path: Path, rows: Sequence[Row], about: Mapping[str, object]) -> None:
    """The rows as JSON, under what is said about the run."""
    content = {
        "version": maquette.__version__,
        **about,
        "rows": [
            {"what": row.what, "figures": dict(row.figures), "judged": row.ours, "bar": row.bar, "met": row.met}
            for row in rows
        ],
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
