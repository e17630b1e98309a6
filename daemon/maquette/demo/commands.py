"""`maquette demo`: a room rearranged in real Blender without a window, a picture painted in, sheets and timings."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from maquette.demo.steps import STEPS, TITLES, map_file, picture_file
from maquette.errors import MaquetteError, Reason

app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)

DEFAULT_SEED = 1
PAINTINGS = "paintings.png"
_PREPARATIONS = 1


@app.callback(invoke_without_command=True)
def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Directory for the pictures.")] = Path("out/demo"),
    seed: Annotated[int, typer.Option(help="Which room to begin with.")] = DEFAULT_SEED,
) -> None:
    """Rearrange a room in Blender, erase a tree from a picture, and extend a picture past its edges."""
    _need_blender()
    started = time.perf_counter()
    console = Console()
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="maquette-") as scratch:
        facts = _run(Path(scratch), output, seed, console)
        sheet = _write_sheet(Path(scratch), output)
    facts["total_seconds"] = time.perf_counter() - started
    (output / "timings.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    _print_timings(console, facts)
    console.print(
        f"\nLook at [bold]{sheet}[/bold] and [bold]{output / PAINTINGS}[/bold]. Blender's extension lies beside them.",
        soft_wrap=True,
    )


def _need_blender() -> None:
    if find_spec("bpy") is None:
        raise MaquetteError(
            Reason.NOT_INSTALLED,
            "The demonstration needs Blender as a Python module.",
            "Run `make demo`, or install it with: pip install 'maquette[blender]'.",
        )


def _run(scratch: Path, output: Path, seed: int, console: Console) -> dict[str, Any]:
    from maquette.packaging.blender import build

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Package the Blender extension", total=_PREPARATIONS + len(STEPS) + len(TITLES))
        archive = build(output)
        progress.update(task, advance=1, description="Start Blender")
        environment = _private_environment(scratch)
        try:
            facts = _watch_blender(archive, scratch, seed, environment, progress, task)
            facts["paintings"] = _paint(output, Path(environment["MAQUETTE_RUNTIME_DIR"]), progress, task)
            return facts
        finally:
            _stop_daemon(environment)


def _private_environment(scratch: Path) -> dict[str, str]:
    """A daemon and a Blender of the demonstration's own: nobody's settings, files or running daemon are touched."""
    runtime = scratch / "run"
    runtime.mkdir(mode=0o700)
    return {
        **os.environ,
        "BLENDER_USER_RESOURCES": str(scratch / "blender"),
        "MAQUETTE_RUNTIME_DIR": str(runtime),
        "MAQUETTE_DATA_DIR": str(scratch / "data"),
        "MAQUETTE_COMMAND": f"{sys.executable} -m maquette",
    }


def _watch_blender(
    archive: Path, scratch: Path, seed: int, environment: Mapping[str, str], progress: Progress, task: TaskID
) -> dict[str, Any]:
    facts: dict[str, Any] = {"seed": seed, "steps": {}}
    titles = {step.key: step.title for step in STEPS}
    waiting = iter([*titles.values(), TITLES[0]])
    with _blender(archive, scratch, seed, environment) as lines:
        for fact in lines:
            if (key := fact.pop("step", None)) is None:
                facts.update(fact)
                progress.update(task, description=next(waiting))
                continue
            facts["steps"][key] = fact
            progress.update(task, advance=1, description=next(waiting))
    missing = [title for key, title in titles.items() if key not in facts["steps"]]
    if missing:
        raise MaquetteError(Reason.INTERNAL, f"Blender stopped before: {missing[0]}.", _last_words(scratch))
    return facts


@contextmanager
def _blender(
    archive: Path, scratch: Path, seed: int, environment: Mapping[str, str]
) -> Generator[Generator[dict[str, Any]]]:
    command = [sys.executable, "-m", "maquette.demo.blender_session", str(archive), str(scratch), str(seed)]
    with (
        open(_log(scratch), "w", encoding="utf-8") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environment, text=True) as process,
    ):
        assert process.stdout is not None
        try:
            yield _facts(process.stdout)
        except BaseException:
            process.kill()
            raise


def _facts(lines: Any) -> Generator[dict[str, Any]]:
    """Blender and its extensions print as well; only our JSON lines are facts."""
    for line in lines:
        if line.startswith("{"):
            yield json.loads(line)


def _log(scratch: Path) -> Path:
    return scratch / "blender.log"


def _last_words(scratch: Path) -> str:
    lines = [line for line in _log(scratch).read_text(encoding="utf-8").splitlines() if line.strip()]
    return f"Its last words: {' '.join(lines[-3:])}" if lines else "It said nothing."


def _stop_daemon(environment: Mapping[str, str]) -> None:
    from maquette_client.runtime_file import read_runtime_file

    if (daemon := read_runtime_file(Path(environment["MAQUETTE_RUNTIME_DIR"]))) is not None:
        os.kill(daemon.pid, signal.SIGTERM)


def _paint(output: Path, runtime: Path, progress: Progress, task: TaskID) -> list[dict[str, Any]]:
    """Paint with the daemon that Blender has started, and write the sheet."""
    from maquette_client.connection import Connection

    from maquette.demo.contact_sheet import painting_sheet
    from maquette.demo.painting import Painting, paint_all

    paintings: list[Painting] = []
    waiting = iter([*TITLES[1:], "Write the sheets"])
    for painting in paint_all(Connection(directories=[runtime])):
        paintings.append(painting)
        progress.update(task, advance=1, description=next(waiting))
    painting_sheet(paintings).save(output / PAINTINGS)
    return [{"title": one.title, "model": one.model_id, "seconds": one.seconds} for one in paintings]


def _write_sheet(scratch: Path, output: Path) -> Path:
    import numpy as np

    from maquette.demo.contact_sheet import Step, contact_sheet

    pictures = [np.load(scratch / picture_file(step.key)) for step in STEPS]
    maps = [np.load(scratch / map_file(step.key)) for step in STEPS]
    shown = [
        Step(step.title, pictures[number - 1], pictures[number], maps[number])
        for number, step in enumerate(STEPS)
        if number > 0
    ]
    path = output / "contact-sheet.png"
    contact_sheet(shown).save(path)
    return path


def _print_timings(console: Console, facts: Mapping[str, Any]) -> None:
    table = Table("what", "time", title=f"Blender {facts['blender']}")
    steps = facts["steps"]
    table.add_row("Start the daemon", f"{steps['scene']['daemon_seconds']:.1f} s")
    for step in STEPS:
        table.add_row(step.title, f"{steps[step.key]['seconds']:.2f} s")
    move = steps["move"]
    table.add_row(
        f"While dragging: {move['drag_frames']} frames, edit to picture",
        f"median {move['drag_median_ms']:.0f} ms, p95 {move['drag_p95_ms']:.0f} ms",
    )
    for painting in facts["paintings"]:
        table.add_row(f"{painting['title']} ({painting['model']})", f"{painting['seconds']:.2f} s")
    table.add_row("Altogether", f"{facts['total_seconds']:.0f} s")
    console.print(table)
