"""`maquette bench`: measure speed and memory through a real daemon of its own, and how good painting is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from maquette.bench.animation import measure_animation
from maquette.bench.content import measure_content
from maquette.bench.crash import measure_crash
from maquette.bench.drag import measure_drag
from maquette.bench.idle import measure_idle
from maquette.bench.measurement import Measurement
from maquette.bench.memory import measure_memory
from maquette.bench.painting_commands import inpaint, photographs
from maquette.bench.private_daemon import PrivateDaemon, private_daemon, weights_to_measure
from maquette.bench.render import measure_render
from maquette.bench.report import print_table, write_json
from maquette.bench.start import measure_start
from maquette.store.weights_file import read_metadata

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)

JsonFile = Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")]
Weights = Annotated[
    Path | None,
    typer.Option(help="Weights file to measure with; default: the embedded scene model, else random weights."),
]
Seconds = Annotated[float, typer.Option(min=0.1, help="How long.")]
Threads = Annotated[list[int], typer.Option(help="Threads of the engine; several are measured in turn, 0 = default.")]


_DEFAULT_THREADS = [1, 2]

app.command()(inpaint)
app.command()(photographs)


def _report(measurements: list[Measurement], json_file: Path | None, model_id: str = "") -> None:
    print_table(measurements)
    if json_file is not None:
        write_json(json_file, measurements, model_id)


def _with_weights(measure: Callable[[Path], list[Measurement]], weights: Path | None, json_file: Path | None) -> None:
    with weights_to_measure(weights) as path:
        _report(measure(path), json_file, read_metadata(path)["id"])


def _with_daemon(measure: Callable[[PrivateDaemon], list[Measurement]], weights: Path) -> list[Measurement]:
    with private_daemon(weights) as daemon:
        return measure(daemon)


@app.command()
def start(
    count: Annotated[int, typer.Option(min=1, help="How many starts.")] = 5,
    json_file: JsonFile = None,
) -> None:
    """From the execution of `maquette serve` to the first answer, and to an engine that is ready."""
    _report(measure_start(count), json_file)


@app.command()
def idle(seconds: Seconds = 30.0, weights: Weights = None, json_file: JsonFile = None) -> None:
    """Processor time of server, engine and client while nobody does anything."""
    _with_weights(lambda path: _with_daemon(lambda daemon: measure_idle(daemon, seconds), path), weights, json_file)


@app.command()
def drag(
    seconds: Seconds = 10.0,
    threads: Threads = _DEFAULT_THREADS,
    rounds: Annotated[int, typer.Option(min=1, help="How many drags with each number of threads.")] = 1,
    weights: Weights = None,
    json_file: JsonFile = None,
) -> None:
    """60 edits a second: how soon each is seen, and whether anything queues."""
    _with_weights(lambda path: measure_drag(path, threads, seconds, rounds), weights, json_file)


@app.command()
def render(
    threads: Threads = _DEFAULT_THREADS,
    rounds: Annotated[int, typer.Option(min=1, help="How many times each way.")] = 3,
    json_file: JsonFile = None,
) -> None:
    """A network of the published size: ours beside bare convolutions and a plain port."""
    _report(measure_render(threads, rounds), json_file, "random weights")


@app.command()
def content(
    side: Annotated[int, typer.Option(min=16, help="Width and height of the picture in pixels.")] = 4096,
    rounds: Annotated[int, typer.Option(min=1, help="How many times each way.")] = 7,
    weights: Weights = None,
    json_file: JsonFile = None,
) -> None:
    """A large picture through GetContent, beside a plain stream of as many bytes."""
    _with_weights(
        lambda path: _with_daemon(lambda daemon: measure_content(daemon, side, rounds), path), weights, json_file
    )


@app.command()
def crash(
    count: Annotated[int, typer.Option(min=1, help="How many times.")] = 3,
    weights: Weights = None,
    json_file: JsonFile = None,
) -> None:
    """Kill the engine in mid-render: how soon the caller knows, and how soon all is well again."""
    _with_weights(lambda path: _with_daemon(lambda daemon: measure_crash(daemon, count), path), weights, json_file)


@app.command()
def memory(
    edits: Annotated[int, typer.Option(min=20, help="Edits in all; the first look is after a tenth of them.")] = 2000,
    weights: Weights = None,
    json_file: JsonFile = None,
) -> None:
    """Memory of server and engine early and late in a long series of edits."""
    _with_weights(
        lambda path: _with_daemon(lambda daemon: measure_memory(daemon, edits // 10, edits), path), weights, json_file
    )


@app.command()
def animation(
    frames: Annotated[int, typer.Option(min=2, help="How many frames.")] = 250,
    weights: Weights = None,
    json_file: JsonFile = None,
) -> None:
    """An animation rendered into files by Blender without a window."""
    _with_weights(lambda path: _with_daemon(lambda daemon: measure_animation(daemon, frames), path), weights, json_file)


@app.command("all")
def everything(weights: Weights = None, json_file: JsonFile = None) -> None:
    """Everything, one after the other: about four minutes."""
    _with_weights(_measure_everything, weights, json_file)


def _measure_everything(weights: Path) -> list[Measurement]:
    measurements = measure_start()
    measurements += measure_drag(weights, (0,))
    for measure in (measure_idle, measure_content, measure_memory, measure_crash):
        measurements += _with_daemon(measure, weights)
    return measurements
