"""The folders that files may be imported from: a host can name a path, only the user can allow a folder."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import cast

from maquette.errors import MaquetteError, Reason
from maquette.store.atomic import write_atomically
from maquette.store.locations import data_directory


def _refuse(message: str, action: str) -> MaquetteError:
    return MaquetteError(Reason.IMPORT_NOT_ALLOWED, message, action)


class AllowedFolders:
    """A list of folders, kept as JSON.

    Args:
        path: the file; need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def list(self) -> tuple[Path, ...]:
        """The allowed folders, resolved.

        Raises:
            MaquetteError: IMPORT_NOT_ALLOWED when the list itself is damaged.
        """
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return ()
        except (OSError, ValueError) as error:
            raise self._damaged() from error
        folders: object = cast("dict[str, object]", content).get("folders") if isinstance(content, dict) else None
        if not isinstance(folders, list):
            raise self._damaged()
        return tuple(Path(str(folder)) for folder in cast("list[object]", folders))

    def _damaged(self) -> MaquetteError:
        message = f"The list of allowed folders, {self._path}, cannot be read."
        return _refuse(message, "Delete it and allow the folders again with `maquette models allow`.")

    def allow(self, folder: Path) -> Path:
        """Allow a folder and everything below it; returns it resolved.

        Raises:
            MaquetteError: INVALID_ARGUMENT when it is no folder.
        """
        resolved = folder.expanduser().resolve()
        if not resolved.is_dir():
            message = f"There is no folder '{folder}'."
            raise MaquetteError(Reason.INVALID_ARGUMENT, message, "Name an existing folder.")
        self._write((*(known for known in self.list() if known != resolved), resolved))
        return resolved

    def forget(self, folder: Path) -> None:
        """Take a folder off the list; nothing happens when it is not on it."""
        resolved = folder.expanduser().resolve()
        self._write(tuple(known for known in self.list() if known != resolved))

    def _write(self, folders: tuple[Path, ...]) -> None:
        content = {"schema": 1, "folders": [str(folder) for folder in folders]}
        write_atomically(self._path, [json.dumps(content, indent=1).encode()])

    def check_import_path(self, path: str) -> Path:
        """The real file behind ``path`` if it lies, links followed, in an allowed folder.

        Raises:
            MaquetteError: IMPORT_NOT_ALLOWED, or INVALID_ARGUMENT for a relative path.
        """
        if "\0" in path or not Path(path).is_absolute():
            message = "The path of the checkpoint is not absolute."
            raise MaquetteError(Reason.INVALID_ARGUMENT, message, "Send an absolute path.")
        allowed = self.list()
        # Whether a file exists outside the allowed folders is nobody's business: one answer for both.
        outside = _refuse(
            "The checkpoint does not lie in a folder that files may be imported from.",
            "Allow its folder with `maquette models allow FOLDER`, or move the file.",
        )
        try:
            resolved = Path(path).resolve(strict=True)
            mode = resolved.stat().st_mode
        except (OSError, RuntimeError) as error:
            raise outside from error
        if not any(resolved.is_relative_to(folder) for folder in allowed):
            raise outside
        if not stat.S_ISREG(mode):
            raise _refuse("The checkpoint is not a regular file.", "Name a file.")
        return resolved


def open_allowed_folders(data: Path | None = None) -> AllowedFolders:
    """The allowed folders of this user; ``data``: another data directory."""
    return AllowedFolders((data or data_directory()) / "allowed_folders.json")
