"""What `maquette doctor` looks at: one function a subject, each returning findings."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from maquette_client.conditions import State
from maquette_client.errors import ClientError
from maquette_client.locations import LOG_NAME, check_private_directory, data_directory, runtime_directories
from maquette_client.models import list_devices
from maquette_client.runtime_file import read_install_record

import maquette
from maquette.cli.daemon import describe_daemon
from maquette.cli.installation import own_record
from maquette.cli.session import call, megabytes
from maquette.store.catalogue import CatalogueEntry, open_catalogue
from maquette.store.digests import file_digest

_OLDEST_PYTHON = (3, 11)
_PROBE_SECONDS = 60


class Verdict(Enum):
    """How a finding is to be taken."""

    GOOD = "good"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One fact, and what to do about it if it is a problem."""

    subject: str
    verdict: Verdict
    text: str
    action: str = ""


def good(subject: str, text: str) -> Finding:
    """A fact that is as it should be."""
    return Finding(subject, Verdict.GOOD, text)


def note(subject: str, text: str, action: str = "") -> Finding:
    """A fact worth knowing."""
    return Finding(subject, Verdict.NOTE, text, action)


def problem(subject: str, text: str, action: str) -> Finding:
    """A fact that keeps something from working."""
    return Finding(subject, Verdict.PROBLEM, text, action)


def check_python() -> Iterator[Finding]:
    """The interpreter and this installation."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < _OLDEST_PYTHON:
        yield problem("python", f"Python {version} is too old.", "Install Maquette with Python 3.11 or newer.")
    else:
        yield good("python", f"Python {version}, {sys.executable}")
    yield good("maquette", f"Maquette {maquette.__version__}")


def check_torch() -> Iterator[Finding]:
    """The build of torch, without loading it."""
    try:
        yield good("torch", f"torch {metadata.version('torch')}")
    except metadata.PackageNotFoundError:
        yield problem("torch", "torch is not installed.", "Install Maquette again: make demo")


def check_install_record() -> Iterator[Finding]:
    """Whether hosts find what to start."""
    directory = data_directory()
    if read_install_record(directory) == own_record():
        yield good("install record", f"Hosts start {' '.join(own_record().command)}")
    else:
        yield problem(
            "install record",
            f"{directory} cannot be written, so hosts do not find this installation.",
            "Make the directory writable, or set MAQUETTE_DATA_DIR.",
        )


def check_runtime_directories(directories: Iterable[Path] | None = None) -> Iterator[Finding]:
    """Owner and mode of the directories in which a daemon may be."""
    for directory in runtime_directories() if directories is None else directories:
        try:
            check_private_directory(directory)
        except FileNotFoundError:
            yield good("runtime directory", f"{directory} does not exist yet")
        except ClientError as error:
            yield problem("runtime directory", error.message, error.action)
        else:
            yield good("runtime directory", f"{directory}, mode 0700, log {directory / LOG_NAME}")


def check_daemon() -> Iterator[Finding]:
    """Whether the daemon runs, and the device that models run on."""
    found = describe_daemon()
    if found["state"] == State.READY.value:
        yield good("daemon", f"{found['message']} Process {found['process']}, up {found['uptime']}.")
        yield from _devices_of_daemon()
        return
    if found["state"] == State.NOT_RUNNING.value:
        yield note("daemon", f"{found['message']}", "It is started when it is needed.")
    else:
        yield problem("daemon", f"{found['message']}", f"{found['action']}")
    yield from _probed_device()


def check_models() -> Iterator[Finding]:
    """Every model's file, read in full."""
    entries, problems = open_catalogue().scan()
    for entry in entries:
        yield _model(entry)
    for error in problems:
        yield problem("model", error.message, error.action)
    if not entries:
        yield problem("model", "There is no usable model.", "Install Maquette again, or import a checkpoint.")


def check_hosts() -> Iterator[Finding]:
    """The hosts on this machine, and where the extension is installed."""
    found = [str(path) for name in ("blender", "krita") if (path := shutil.which(name))]
    if find_spec("bpy") is not None:
        found.append(f"Blender {metadata.version('bpy')} as a Python module")
    if found:
        yield from (good("host", host) for host in found)
    else:
        yield note("host", "Neither Blender nor Krita was found on the PATH.")
    for extension in sorted(_extensions()):
        yield good("extension", str(extension))


def _devices_of_daemon() -> Iterator[Finding]:
    try:
        devices = call(list_devices, start=False)
    except ClientError as error:
        yield problem("device", error.message, error.action)
        return
    for device in devices:
        if device.in_use:
            yield good("device", f"{device.title} ({device.name}): {device.explanation}")


def _probed_device() -> Iterator[Finding]:
    # In a process of its own: loading torch takes seconds and may fail in ways that no exception tells.
    program = (
        "import json; from maquette.engine.devices import choose_device; "
        "name, why = choose_device(''); print(json.dumps([name, why]))"
    )
    command = [sys.executable, "-c", program]
    try:
        finished = subprocess.run(command, capture_output=True, text=True, timeout=_PROBE_SECONDS, check=False)
        name, why = json.loads(finished.stdout)
    except (subprocess.TimeoutExpired, ValueError, OSError) as error:
        yield problem("device", f"torch could not be asked for a device ({error}).", "Install Maquette again.")
    else:
        yield good("device", f"{name}: {why}")


def _model(entry: CatalogueEntry) -> Finding:
    info = entry.info
    if entry.path is not None and file_digest(entry.path) != info.digest:
        return problem("model", f"{info.id} has changed while it was read.", "Run `maquette doctor` again.")
    kind = "embedded" if info.embedded else "imported"
    return good("model", f"{info.id}, {kind}, {megabytes(info.file_bytes)}, SHA-256 {info.digest}")


def _extensions() -> Iterator[Path]:
    home = Path.home()
    roots = [home / ".config" / "blender", home / "Library" / "Application Support" / "Blender"]
    if roaming := os.environ.get("APPDATA"):
        roots.append(Path(roaming) / "Blender Foundation" / "Blender")
    for root in roots:
        yield from root.glob("*/extensions/*/maquette")
