"""`maquette package`: the plugins' archives."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.callback()
def group() -> None:
    """Build the plugins' archives."""


@app.command()
def blender(
    output: Annotated[Path, typer.Option("--output", "-o", help="Directory for the archive.")] = Path("dist"),
    blender_python: Annotated[
        Path | None, typer.Option("--blender", help="Python or environment that has Blender (bpy).")
    ] = None,
) -> None:
    """Build the Blender extension, checked by Blender's own tool."""
    from maquette.packaging.blender import build

    archive = build(output, blender_python)
    typer.echo(f"{archive} ({archive.stat().st_size / 1e3:.0f} kB)")
