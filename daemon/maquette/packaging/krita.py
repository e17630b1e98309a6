"""The Krita plugin as one archive that Krita's own importer takes, on every platform and Python."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import maquette
from maquette.packaging.staging import plugin_source, stage

NAME = "maquette_krita"

# An archive's bytes depend on its content alone, not on when or where it was made.
_DATE = (1980, 1, 1, 0, 0, 0)
_FILE_MODE, _DIRECTORY_MODE = 0o100644 << 16, (0o040755 << 16) | 0x10
_UNIX = 3


def build(output_directory: Path) -> Path:
    """Build ``maquette_krita-<version>.zip`` and return its path; an older one of the same version is replaced.

    The same sources give the same bytes.

    Args:
        output_directory: made if it does not exist.

    Raises:
        MaquetteError: NOT_INSTALLED without the plugin's source or the libraries that it carries.
    """
    source = plugin_source("krita_plugin", f"{NAME}.desktop")
    output_directory.mkdir(parents=True, exist_ok=True)
    archive = output_directory / f"{NAME}-{maquette.__version__}.zip"
    with tempfile.TemporaryDirectory() as folder:
        staged = Path(folder, "plugin")
        stage(source, staged, NAME)
        unfinished = archive.with_suffix(".part")
        _write(staged, unfinished)
    unfinished.replace(archive)
    return archive


def _write(folder: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as opened:
        for path, name in _entries(folder):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system = _UNIX
            # Krita's importer finds a plugin by the entry of its directory, which zips written file by file lack.
            entry.external_attr = _DIRECTORY_MODE if path.is_dir() else _FILE_MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            opened.writestr(entry, b"" if path.is_dir() else path.read_bytes())


def _entries(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every path below the folder, parents first, with its name in the archive: a directory's ends with a slash."""
    for path in sorted(folder.rglob("*")):
        name = PurePosixPath(path.relative_to(folder)).as_posix()
        yield path, f"{name}/" if path.is_dir() else name
