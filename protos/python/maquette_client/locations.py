"""Where the daemon and its clients meet on disk: the runtime directory and the data directory."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

from maquette_client.errors import ClientError

LOCK_NAME = "daemon.lock"
SOCKET_NAME = "daemon.sock"
RUNTIME_FILE_NAME = "daemon.json"
LOG_NAME = "daemon.log"
INSTALL_RECORD_NAME = "install.json"
ALLOWED_FOLDERS_NAME = "allowed_folders.json"

# struct sockaddr_un holds 104 bytes on macOS (108 on Linux), the closing zero included.
LONGEST_SOCKET_PATH = 103

HAS_UNIX_SOCKETS = sys.platform != "win32"


def runtime_directory(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """Where a daemon that starts now keeps its lock, socket, runtime file and log."""
    return runtime_directories(environment, platform)[0]


def runtime_directories(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> tuple[Path, ...]:
    """Where a daemon may be, most wanted first.

    A host started from a menu and a daemon started from a shell may see different environments, so a client looks at
    all of these. ``MAQUETTE_RUNTIME_DIR``, when set, is the only one.
    """
    environment = os.environ if environment is None else environment
    if chosen := environment.get("MAQUETTE_RUNTIME_DIR"):
        return (Path(chosen).absolute(),)
    home = _home(environment)
    if platform == "win32":
        return (_windows_local(environment) / "Maquette" / "run",)
    if platform == "darwin":
        return (home / "Library" / "Application Support" / "Maquette" / "run",)
    fallback = home / ".local" / "state" / "maquette" / "run"
    if session := _own_directory(environment.get("XDG_RUNTIME_DIR")):
        return (session / "maquette", fallback)
    if session := _own_directory(f"/run/user/{_user_id()}"):
        return (fallback, session / "maquette")
    return (fallback,)


def data_directory(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """Where imported models, the allowed folders and the install record are kept."""
    environment = os.environ if environment is None else environment
    if chosen := environment.get("MAQUETTE_DATA_DIR"):
        return Path(chosen).absolute()
    if platform == "win32":
        return _windows_local(environment) / "Maquette"
    if platform == "darwin":
        return _home(environment) / "Library" / "Application Support" / "Maquette"
    if (chosen := environment.get("XDG_DATA_HOME")) and Path(chosen).is_absolute():
        return Path(chosen) / "maquette"
    return _home(environment) / ".local" / "share" / "maquette"


def ensure_private_directory(path: Path) -> None:
    """Create ``path`` for this user alone, or make sure that it is so already.

    Raises:
        ClientError: UNSAFE_DIRECTORY when it belongs to, or is open to, somebody else.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise _unsafe(path, error.strerror or str(error)) from error
    check_private_directory(path)


def check_private_directory(path: Path) -> None:
    """Refuse a directory that somebody else owns or may enter (POSIX; Windows guards its own user directories).

    Raises:
        ClientError: UNSAFE_DIRECTORY.
        FileNotFoundError: there is no such directory.
    """
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise _unsafe(path, "it is not a directory")
    if not HAS_UNIX_SOCKETS:
        return
    if status.st_uid != _user_id():
        raise _unsafe(path, "it belongs to another user")
    if (mode := status.st_mode & 0o777) != 0o700:
        raise _unsafe(path, f"its mode is {mode:04o} and not 0700")


def _unsafe(path: Path, why: str) -> ClientError:
    return ClientError(
        "UNSAFE_DIRECTORY",
        f"The runtime directory {path} is not safe to use: {why}.",
        "Delete it, or set MAQUETTE_RUNTIME_DIR to a directory of your own with mode 0700.",
        {"directory": str(path)},
    )


def _own_directory(path: str | None) -> Path | None:
    if not path or not os.path.isabs(path):
        return None
    try:
        status = os.stat(path)
    except OSError:
        return None
    return Path(path) if stat.S_ISDIR(status.st_mode) and status.st_uid == _user_id() else None


def _user_id() -> int:
    return os.getuid() if sys.platform != "win32" else 0


def _home(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("HOME") or os.path.expanduser("~"))


def _windows_local(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("LOCALAPPDATA") or _home(environment) / "AppData" / "Local")
