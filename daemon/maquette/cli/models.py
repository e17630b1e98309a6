"""`maquette models`: what the daemon can run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from maquette_client import models
from maquette_client.v1 import model_pb2
from rich.console import Console
from rich.table import Table

from maquette.cli.session import call, megabytes, print_json, progress_bar

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def describe(model: model_pb2.Model) -> dict[str, object]:
    """A model's fields by name, for a program or a person to read."""
    return {
        "id": model.id,
        "title": model.title,
        "system": model.system,
        "tasks": list(model.tasks),
        "digest": model.digest,
        "width": model.width,
        "height": model.height,
        "file_bytes": model.file_bytes,
        "working_set_bytes": model.working_set_bytes,
        "dtypes": list(model.dtypes),
        "blob_names": list(model.blob_names),
        "embedded": model.embedded,
        "licence": model.licence,
        "loaded": model.loaded,
    }


@app.command("list")
def list_all(
    task: Annotated[str, typer.Option(help="Only models that serve this verb, for example sample_scene.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the models."""
    found = call(lambda connection: models.list_models(connection, task))
    if as_json:
        print_json([describe(model) for model in found])
        return
    table = Table("id", "title", "system", "size", "weights", "loaded")
    for model in found:
        size = f"{model.width} × {model.height}" if model.width else "any"
        table.add_row(
            model.id,
            model.title,
            model.system,
            size,
            megabytes(model.file_bytes) if model.file_bytes else "none",
            "yes" if model.loaded else "no",
        )
    Console().print(table if found else "There are no models.")


@app.command()
def show(model_id: str, as_json: AsJson = False) -> None:
    """Show everything that is known of one model."""
    content = describe(call(lambda connection: models.get_model(connection, model_id)))
    if as_json:
        print_json(content)
        return
    for name, value in content.items():
        items = [str(item) for item in value] if isinstance(value, list) else [str(value)]  # type: ignore[misc]
        typer.echo(f"{name.replace('_', ' '):<18} {', '.join(items)}")


@app.command("import")
def import_one(
    path: Annotated[Path, typer.Argument(help="The public checkpoint.")],
    model_id: Annotated[str, typer.Option("--id", help="Name to give it; empty = made from the file's name.")] = "",
    companion: Annotated[
        Path | None, typer.Option(help="Companion file; found beside the checkpoint if not given.")
    ] = None,
) -> None:
    """Convert a public checkpoint from a folder that `maquette models allow` has allowed."""
    companion_path = str(companion.absolute()) if companion else ""
    with progress_bar("importing") as on_progress:
        report = call(
            lambda connection: models.import_model(
                connection, str(path.absolute()), model_id, companion_path, on_progress
            )
        )
    typer.echo(f"Imported {report.model.id} ({megabytes(report.model.file_bytes)}).")
    for note in report.notes:
        typer.echo(note)
    if report.unused_keys:
        typer.echo(f"{len(report.unused_keys)} keys of the file were not needed.")


@app.command()
def allow(
    folder: Annotated[Path | None, typer.Argument(help="Folder to allow; none = list those that are.")] = None,
) -> None:
    """Allow checkpoints to be imported from a folder and everything below it."""
    from maquette.store.allowed_folders import open_allowed_folders

    allowed = open_allowed_folders()
    if folder is not None:
        typer.echo(f"Models may be imported from {allowed.allow(folder)}.")
        return
    for path in allowed.list():
        typer.echo(str(path))


@app.command()
def delete(model_id: str) -> None:
    """Delete an imported model from the disk."""
    call(lambda connection: models.delete_model(connection, model_id))
    typer.echo(f"Deleted {model_id}.")


@app.command()
def load(model_id: str) -> None:
    """Bring a model into memory, so that the first use need not wait."""
    with progress_bar("loading") as on_progress:
        model = call(lambda connection: models.load_model(connection, model_id, on_progress))
    typer.echo(f"Loaded {model.id}.")


@app.command()
def unload(model_id: str) -> None:
    """Free a model's memory."""
    call(lambda connection: models.unload_model(connection, model_id))
    typer.echo(f"Unloaded {model_id}.")
