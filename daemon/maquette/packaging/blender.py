"""The Blender extension as one archive for every platform and Python, built and checked by Blender's own tool."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

from maquette.errors import MaquetteError, Reason
from maquette.packaging.staging import plugin_source, stage

_TOOL_IN_BLENDER = "scripts/addons_core/bl_pkg/cli/blender_ext.py"


def build(output_directory: Path, blender_python: Path | None = None) -> Path:
    """Build ``maquette-<version>.zip`` and return its path; an older one of the same version is replaced.

    Args:
        output_directory: made if it does not exist.
        blender_python: Python (or environment) that has Blender as a module; None = this one's, or Blender on the PATH.

    Raises:
        MaquetteError: NOT_INSTALLED without Blender's tool or the libraries, INTERNAL when the tool refuses.
    """
    tool = find_extension_tool(blender_python)
    output_directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        staged = Path(folder, "maquette")
        stage(addon_source(), staged)
        archive = output_directory / archive_name(staged / "blender_manifest.toml")
        archive.unlink(missing_ok=True)
        _run(tool, "build", "--source-dir", str(staged), "--output-dir", str(output_directory.resolve()))
    _run(tool, "validate", str(archive))
    return archive


def addon_source() -> Path:
    """The add-on's source.

    Raises:
        MaquetteError: NOT_INSTALLED.
    """
    return plugin_source("blender_addon", "blender_manifest.toml")


def archive_name(manifest: Path) -> str:
    """The name that Blender's tool gives the archive: ``<id>-<version>.zip``."""
    text = manifest.read_text(encoding="utf-8")
    found = {key: re.search(rf'(?m)^{key}\s*=\s*"([^"]+)"', text) for key in ("id", "version")}
    if not (found["id"] and found["version"]):
        raise MaquetteError(Reason.INTERNAL, f"{manifest} names no id or version.", "Add them to the manifest.")
    return f"{found['id'][1]}-{found['version'][1]}.zip"


def find_extension_tool(blender_python: Path | None = None) -> Path:
    """Blender's ``blender_ext.py``, the newest that is found.

    Raises:
        MaquetteError: NOT_INSTALLED.
    """
    places = _environment_places(blender_python) if blender_python is not None else _own_places()
    tools = [tool for place in places for tool in sorted(place.glob(f"*/{_TOOL_IN_BLENDER}"), key=_version_of)]
    if not tools:
        raise MaquetteError(
            Reason.NOT_INSTALLED,
            "Blender's own extension tool was not found, and nothing else may say that the archive is right.",
            "Install Blender as a module (`pip install 'maquette[blender]'`), or name one that has it (--blender).",
        )
    return tools[-1]


def _version_of(tool: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", tool.parents[4].name))


def _own_places() -> Iterator[Path]:
    if blender := shutil.which("blender"):
        yield Path(blender).resolve().parent
    yield from {Path(sysconfig.get_path(kind), "bpy") for kind in ("purelib", "platlib")}


def _environment_places(blender_python: Path) -> Iterator[Path]:
    # A virtual environment's python is a link: its own folder, not the link's target, tells the environment.
    root = blender_python.absolute() if blender_python.is_dir() else blender_python.absolute().parent.parent
    yield from root.glob("lib/python*/site-packages/bpy")
    yield root / "Lib" / "site-packages" / "bpy"
    yield root


def _run(tool: Path, *arguments: str) -> None:
    finished = subprocess.run([sys.executable, str(tool), *arguments], capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        said = (finished.stderr.strip() or finished.stdout.strip()).splitlines()
        raise MaquetteError(
            Reason.INTERNAL,
            f"Blender's extension tool refused to {arguments[0]}: {' '.join(said[-3:]) or 'it said nothing'}",
            "Look at the manifest and the files that it names.",
        )
