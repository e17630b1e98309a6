"""The record by which hosts find what starts the daemon."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from maquette_client.locations import data_directory
from maquette_client.runtime_file import InstallRecord, read_install_record, write_install_record

import maquette


def own_record() -> InstallRecord:
    """This installation: its interpreter, run as a module, so that no script on the PATH is needed."""
    return InstallRecord((sys.executable, "-m", "maquette"), maquette.__version__)


def refresh_install_record(directory: Path | None = None) -> None:
    """Write the record if it is missing or names another installation.

    A data directory that cannot be written is no reason to refuse a command: `maquette doctor` tells of it.
    """
    directory = data_directory() if directory is None else directory
    if read_install_record(directory) != own_record():
        with contextlib.suppress(OSError):
            write_install_record(directory, own_record())
