"""Pictures from files to files, one after the other, so that what was done need not be done again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from maquette_client.connection import Connection
from maquette_client.errors import ClientError
from maquette_client.scenes import OnProgress

from maquette.cli.pictures.document import Document
from maquette.cli.pictures.files import SUFFIXES, encode, kind_of_name
from maquette.cli.session import call, progress_bar, write_whole


@dataclass(frozen=True)
class Job:
    """A picture and where its answers go."""

    source: Path
    targets: tuple[Path, ...]

    @property
    def is_done(self) -> bool:
        """All its answers are there."""
        return all(target.exists() for target in self.targets)


@dataclass(frozen=True)
class Painted:
    """The answers for one picture.

    Attributes:
        documents: as many as the job has targets.
        model_id: that made them.
        notes: what is worth knowing, one sentence each.
    """

    documents: Sequence[Document]
    model_id: str
    notes: Sequence[str]


# Paints one file, given the connection, the file and whom to tell of the progress.
Work = Callable[[Connection, Path, OnProgress], Coroutine[Any, Any, Painted]]


def _numbered(target: Path, count: int) -> tuple[Path, ...]:
    if count == 1:
        return (target,)
    return tuple(target.with_name(f"{target.stem}-{number}{target.suffix}") for number in range(1, count + 1))


def jobs_of(source: Path, target: Path, candidates: int) -> list[Job]:
    """What there is to do: one picture, or every picture of a folder and the folders in it.

    Raises:
        ClientError: FILE_NOT_READ or FILE_NOT_SUPPORTED.
    """
    if not source.is_dir():
        if target.is_dir():
            target = target / source.name
        kind_of_name(target)
        return [Job(source, _numbered(target, candidates))]
    if source.resolve() == target.resolve():
        raise ClientError("FILE_NOT_WRITTEN", f"The pictures in {source} would be replaced.", "Name another folder.")
    found = [
        path
        for path in sorted(source.rglob("*"))
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.is_relative_to(target)
    ]
    if not found:
        raise ClientError("FILE_NOT_READ", f"There are no pictures in {source}.", f"It may hold {', '.join(SUFFIXES)}.")
    return [Job(path, _numbered(target / path.relative_to(source), candidates)) for path in found]


def run_jobs(jobs: Sequence[Job], work: Work, *, title: str, overwrite: bool) -> None:
    """Do what is not done yet, and say what became of it; a failure does not keep the others from being done.

    Raises:
        ClientError: the only job failed.
        typer.Exit: with code 1 when some of several failed.
    """
    open_jobs = [job for job in jobs if overwrite or not job.is_done]
    for job in jobs:
        if job not in open_jobs:
            typer.echo(f"Kept {_names(job)}: already there (--overwrite paints it again).")
    failed = _run_all(open_jobs, work, title) if open_jobs else []
    if failed and len(jobs) == 1:
        raise failed[0][1]
    for job, error in failed:
        sys.stderr.write(f"maquette: {job.source}: {error}\n")
    if len(jobs) > 1:
        done, kept = len(open_jobs) - len(failed), len(jobs) - len(open_jobs)
        typer.echo(f"{done} painted, {kept} kept, {len(failed)} failed.")
    if failed:
        raise typer.Exit(1)


def _names(job: Job) -> str:
    return ", ".join(str(target) for target in job.targets)


def _run_all(jobs: Sequence[Job], work: Work, title: str) -> list[tuple[Job, ClientError]]:
    failed: list[tuple[Job, ClientError]] = []

    async def run(connection: Connection) -> None:
        for index, job in enumerate(jobs):
            name = f"{index + 1}/{len(jobs)} {job.source.name}: " if len(jobs) > 1 else ""

            def report(stage: str, fraction: float, index: int = index, name: str = name) -> None:
                on_progress(name + stage, (index + fraction) / len(jobs))

            try:
                painted = await work(connection, job.source, report)
                _write(job, painted)
            except ClientError as error:
                failed.append((job, error))

    with progress_bar(title) as on_progress:
        call(run)
    return failed


def _write(job: Job, painted: Painted) -> None:
    contents = [encode(document, target) for document, target in zip(painted.documents, job.targets, strict=True)]
    for content, target in zip(contents, job.targets, strict=True):
        write_whole(target, content)
    typer.echo(f"Wrote {_names(job)} (model {painted.model_id}).")
    for note in painted.notes:
        typer.echo(f"  {note}")
