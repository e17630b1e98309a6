"""`maquette package`: the plugins' archives."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Output = Annotated[Path, typer.Option("--output", "-o", help="Directory for the archive.")]

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.callback()
def group() -> None:
    """Build the plugins' archives."""


@app.command()
def blender(
    output: Output = Path("dist"),
    blender_python: Annotated[
        Path | None, typer.Option("--blender", help="Python or environment that has Blender (bpy).")
    ] = None,
) -> None:
    """Build the Blender extension, checked by Blender's own tool."""
    from maquette.packaging.blender import build

    _tell(build(output, blender_python))


@app.command()
def krita(output: Output = Path("dist")) -> None:
    """Build the Krita plugin: import it with Tools > Scripts > Import Python Plugin from File."""
    from maquette.packaging.krita import build

    _tell(build(output))


def _tell(archive: Path) -> None:
    typer.echo(f"{archive} ({archive.stat().st_size / 1e3:.0f} kB)")
