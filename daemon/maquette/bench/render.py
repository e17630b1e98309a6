"""The published network on a CPU: our renderer beside bare convolutions and a plain port, in one run."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence

from maquette.bench.measurement import Bar, Measurement, Statistic
from maquette.bench.other_work import OtherWork
from maquette.engine.environment import engine_environment

_NUMERIC_TYPES = ("float32", "bfloat16", "int8")
_WAYS = {
    **{f"bare {dtype}": f"bare, {dtype}" for dtype in _NUMERIC_TYPES},
    **{f"full {dtype}": f"full, {dtype}" for dtype in _NUMERIC_TYPES},
    "plain": "plain port",
    "preview": "preview",
    "final": "FINAL",
}


def measure_render(threads: Sequence[int] = (1, 2), rounds: int = 3) -> list[Measurement]:
    """Every way in turn, ``rounds`` times, with each number of threads."""
    others = OtherWork()
    command = [sys.executable, "-m", "maquette.bench.rendering_timings", str(rounds), *map(str, threads)]
    answer = subprocess.run(command, env=engine_environment(), check=True, stdout=subprocess.PIPE)
    return rendering_measurements(json.loads(answer.stdout), threads, others.cores())


def rendering_measurements(
    timings: Mapping[str, Sequence[float]], threads: Sequence[int], cores: float
) -> list[Measurement]:
    """The figures of what :func:`maquette.bench.rendering_timings.measure` found.

    "Bare" are the 3 × 3 convolutions alone; a preview and a FINAL follow the move of one blob; ratios are of speeds.
    """
    chosen = _NUMERIC_TYPES[int(timings["chosen"][0])]
    rows: list[Measurement] = []
    for count in threads:
        name = f"256², {count} thread{'' if count == 1 else 's'}"
        for way, title in _measured(timings, count).items():
            milliseconds = [1e3 * seconds for seconds in timings[f"{way}, {count}"]]
            rows.append(Measurement(f"{name}: {title}", "ms", milliseconds, None, cores))
        rows += _ratios(name, count, chosen, timings, cores)
    at_least = Bar(Statistic.MEDIAN, 40.0, at_least=True)
    for dtype, psnr in list(zip(_NUMERIC_TYPES, timings["psnr"], strict=False))[1:]:
        rows.append(Measurement(f"256²: PSNR of {dtype} to float32", "dB", [psnr], at_least, cores))
    return rows


def _measured(timings: Mapping[str, Sequence[float]], count: int) -> dict[str, str]:
    """The ways that this machine knows."""
    return {way: title for way, title in _WAYS.items() if f"{way}, {count}" in timings}


def _ratios(
    name: str, count: int, chosen: str, timings: Mapping[str, Sequence[float]], cores: float
) -> list[Measurement]:
    medians = {way: statistics.median(timings[f"{way}, {count}"]) for way in _measured(timings, count)}
    full, plain = medians[f"full {chosen}"], medians["plain"]
    ratios = [
        (f"{chosen} / bare", "%", 100 * medians[f"bare {chosen}"] / full, 60.0),
        (f"{chosen} / plain port", "×", plain / full, 4.0),
        ("preview / plain port", "×", plain / medians["preview"], 15.0),
        # Two timings of the same work are never equal.
        ("FINAL / full render", "%", 100 * full / medians["final"], 90.0),
    ]
    return [
        Measurement(f"{name}: {what}", unit, [value], Bar(Statistic.MEDIAN, limit, at_least=True), cores)
        for what, unit, value, limit in ratios
    ]
