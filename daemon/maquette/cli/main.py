"""The command ``maquette``: its subcommands, each loaded only when it is called."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated

import typer

import maquette
from maquette.cli.failures import exit_code_of, tell
from maquette.cli.installation import refresh_install_record


@dataclass(frozen=True)
class Subcommand:
    """A name and where to find what it does: a Typer application or a function."""

    name: str
    module: str
    attribute: str
    help: str


SUBCOMMANDS = (
    Subcommand("serve", "maquette.cli.daemon", "serve", "Run the daemon in this terminal until it is stopped."),
    Subcommand("status", "maquette.cli.daemon", "status", "Say whether the daemon runs, and what it is doing."),
    Subcommand("stop", "maquette.cli.daemon", "stop", "Stop the daemon."),
    Subcommand("doctor", "maquette.cli.doctor", "doctor", "Look for what could keep Maquette from working."),
    Subcommand("models", "maquette.cli.models", "app", "List, import, load and delete models."),
    Subcommand("scene", "maquette.cli.scene", "app", "Sample, render and edit scenes, from the shell to PNG."),
    Subcommand("inpaint", "maquette.cli.painting", "inpaint", "Fill a part of a picture, or of a folder of pictures."),
    Subcommand("outpaint", "maquette.cli.painting", "outpaint", "Extend pictures past their edges."),
    Subcommand("colorize", "maquette.cli.painting", "colorize", "Give colour to grey pictures."),
    Subcommand("restore", "maquette.cli.painting", "restore", "Repair what JPEG compression has damaged."),
    Subcommand("package", "maquette.cli.package", "app", "Build the plugins' archives."),
    Subcommand("demo", "maquette.demo.commands", "app", "Show Maquette at work in Blender, without a window."),
    Subcommand("bench", "maquette.bench.commands", "app", "Measure speed and memory."),
    Subcommand("train", "maquette.training.commands", "app", "Make the training pictures and the weights again."),
)


def present(subcommands: Sequence[Subcommand] = SUBCOMMANDS) -> list[Subcommand]:
    """Those whose module is part of this installation."""
    return [subcommand for subcommand in subcommands if _exists(subcommand.module)]


def build_app(called: str | None) -> typer.Typer:
    """The application with the called subcommand in full and the others by name and help only."""
    app = typer.Typer(
        name="maquette",
        help="Rearrange generated scenes from Blender and Krita, on your own machine.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)
    for subcommand in present():
        _add(app, subcommand, subcommand.name == called)
    return app


def main() -> None:
    """Run the command line; ends the process."""
    arguments = sys.argv[1:]
    called = next((argument for argument in arguments if not argument.startswith("-")), None)
    refresh_install_record()
    try:
        build_app(called)(prog_name="maquette")
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has left; there is nobody to tell.
        sys.stderr.close()
        sys.exit(141)
    except Exception as error:
        if (code := exit_code_of(error)) is None:
            raise
        tell(error)
        sys.exit(code)


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _add(app: typer.Typer, subcommand: Subcommand, in_full: bool) -> None:
    if not in_full:
        app.command(subcommand.name, help=subcommand.help)(_not_loaded)
        return
    found: typer.Typer | Callable[..., None] = getattr(import_module(subcommand.module), subcommand.attribute)
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=subcommand.name, help=subcommand.help)
    else:
        app.command(subcommand.name, help=found.__doc__)(found)


def _not_loaded() -> None:
    raise AssertionError("Only the called subcommand is run, and that one is loaded in full.")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(maquette.__version__)
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    del version
