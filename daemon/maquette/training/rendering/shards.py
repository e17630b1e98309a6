"""Rendered pictures on disk: some hundred in an .npz, written whole or not at all, so that interrupted runs go on."""

import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from maquette.errors import MaquetteError, Reason

PICTURES_PER_SHARD = 100

Shard = dict[str, NDArray[np.generic]]


def shard_path(folder: Path, prefix: str, first_seed: int) -> Path:
    """Where the shard that begins with this seed lies."""
    return folder / f"{prefix}-{first_seed:08d}.npz"


def list_shards(folder: Path, prefix: str) -> list[Path]:
    """The finished shards of a folder, in the order of their seeds."""
    return sorted(folder.glob(f"{prefix}-*.npz"))


def plan_shards(first_seed: int, count: int, per_shard: int = PICTURES_PER_SHARD) -> list[range]:
    """The seeds of each shard; the last one may be shorter."""
    end = first_seed + count
    return [range(start, min(start + per_shard, end)) for start in range(first_seed, end, per_shard)]


def make_shards(folder: Path, prefix: str, shards: list[range], make_shard: Callable[[range], Shard]) -> Iterator[Path]:
    """Make the shards that are not there yet; yields each one's path once it is finished.

    Several processes may share a folder: each takes the shards that no other is at work on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for seeds in shards:
        path = shard_path(folder, prefix, seeds.start)
        try:
            # The system lets go of the lock when its process ends, however it ends.
            with FileLock(path.with_suffix(".lock"), blocking=False):
                if is_finished(path, len(seeds)):
                    continue
                write_shard(path, make_shard(seeds))
        except Timeout:
            continue
        yield path


def write_shard(path: Path, shard: Shard) -> None:
    """Write a shard under another name and move it into place."""
    unfinished = path.with_suffix(f".{os.getpid()}.partial")
    with unfinished.open("wb") as stream:
        np.savez_compressed(stream, **shard)  # pyright: ignore[reportArgumentType]
    unfinished.replace(path)


def read_shard(path: Path, names: tuple[str, ...] = ()) -> Shard:
    """The arrays of a shard, all of them or those named.

    Raises:
        MaquetteError: CONTENT_CORRUPT if the file cannot be read, or lacks a name.
    """
    try:
        with np.load(path) as content:
            return {name: content[name] for name in names or content.files}
    except (OSError, ValueError, KeyError, BadZipFile, EOFError, zlib.error) as error:
        kind = path.name.split("-")[0]
        raise MaquetteError(
            Reason.CONTENT_CORRUPT, f"{path.name} is not a whole shard of {kind}.", "Delete it and render again."
        ) from error


def is_finished(path: Path, count: int) -> bool:
    """Whether a shard is there, can be read and holds this many pictures."""
    if not path.exists():
        return False
    try:
        return len(read_shard(path, ("seed",))["seed"]) == count
    except MaquetteError:
        return False
