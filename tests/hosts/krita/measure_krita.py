"""Measure the plugin in real Krita, and print the figures as JSON.

    python tests/hosts/krita/measure_krita.py [FOLDER]

A filling of 256 pixels in a document of 2048 × 2048: seconds to the first preview and to the layer; cancelling: seconds
until the daemon's processor time stands still; the pump's turns and the gaps of Krita's event loop meanwhile; the
processor time that Krita takes with nothing to do, with the docker open and without the plugin's daemon.
"""

# ruff: noqa: T201
from __future__ import annotations

import json
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from daemon_house import DaemonHouse  # noqa: E402
from displays import open_display  # noqa: E402
from maquette.packaging.krita import build  # noqa: E402
from paintings import as_krita, lawn  # noqa: E402
from person import Person  # noqa: E402
from studio import Studio  # noqa: E402

SIDE, HOLE = 2048, [900, 1100, 256, 256]
IDLE_SECONDS = 10.0
STILL_SECONDS = 0.3


def processor_seconds(process: psutil.Process) -> float:
    """Of a process and all below it."""
    total = 0.0
    for each in [process, *process.children(recursive=True)]:
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def fill(person: Person) -> dict[str, Any]:
    """One filling, from the click on."""
    person.open(as_krita(lawn(SIDE, SIDE)))
    person.ask("select", bounds=HOLE)
    person.ask("start_watching")
    started = time.monotonic()
    person.press("fill")
    person.wait_for(lambda: len(person.layers()) > 1, "the layer")
    layer = time.monotonic() - started
    watched = person.ask("stop_watching")
    turns = watched["turns"]
    return {
        "seconds_to_preview": watched["preview"],
        "seconds_to_layer": round(layer, 2),
        "turns": len(turns),
        "turn_ms_median": statistics.median(turns),
        "turn_ms_largest": turns[:10],
        "event_loop_gap_ms_largest": watched["gaps"][:10],
        "sentences": person.sentences(),
    }


def cancel(person: Person, daemon: psutil.Process) -> dict[str, Any]:
    """From the click on Cancel until the daemon rests."""
    person.open(as_krita(lawn(SIDE, SIDE)))
    person.ask("select", bounds=[300, 300, 1400, 1400])
    person.press("fill")
    person.wait_for(lambda: person.widget("progress"), "the progress")
    resting = processor_seconds(daemon)
    person.wait_for(lambda: processor_seconds(daemon) > resting + 0.2, "the daemon to be at work")
    person.press("cancel")
    clicked = last_change = time.monotonic()
    used = processor_seconds(daemon)
    while time.monotonic() - last_change < STILL_SECONDS and time.monotonic() - clicked < 60:
        time.sleep(0.01)
        if (now := processor_seconds(daemon)) > used:
            used, last_change = now, time.monotonic()
    return {"seconds_from_cancel_to_rest": round(last_change - clicked, 2), "sentences": person.sentences()}


def idle(person: Person, krita: psutil.Process) -> float:
    """Per cent of one core; a selection's moving outline would cost Krita more than that."""
    person.ask("trigger", name="deselect")
    before = processor_seconds(krita)
    time.sleep(IDLE_SECONDS)
    return round(100 * (processor_seconds(krita) - before) / IDLE_SECONDS, 2)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="maquette-krita") as name:
        folder = Path(name)
        (folder / "home").mkdir()
        house = DaemonHouse(folder)
        archive = build(folder / "package")
        with open_display("1600x1000") as display:
            studio = Studio(folder / "home", display, archive, house.variables)
            try:
                studio.start()
                print(json.dumps(measured(studio, house), indent=1))
            finally:
                studio.close()
                house.kill(signal.SIGTERM)


def measured(studio: Studio, house: DaemonHouse) -> dict[str, Any]:
    person, figures = Person(studio), {}
    assert studio.process is not None
    krita = psutil.Process(studio.process.pid)
    person.open(as_krita(lawn(SIDE, SIDE)))
    figures["idle_percent_without_daemon"] = idle(person, krita)
    house.start()
    person.wait_to_be_ready()
    daemon = psutil.Process(house.pid())
    figures["first_fill"] = fill(person)
    figures["second_fill"] = fill(person)
    figures["idle_percent_with_daemon"] = idle(person, krita)
    figures["cancel"] = cancel(person, daemon)
    return figures


if __name__ == "__main__":
    main()
