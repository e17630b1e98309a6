"""The wheels that plugins carry: pinned by version and SHA-256, fetched once, kept in a cache."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from maquette.errors import MaquetteError, Reason

LOCK_FILE = Path(__file__).with_name("wheels.lock")
OLDEST_PYTHON = "3.10"


@dataclass(frozen=True)
class Pin:
    """One line of the lock file."""

    name: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        """Name of the wheel's file."""
        return f"{self.name.replace('-', '_')}-{self.version}-py3-none-any.whl"


def read_pins(lock_file: Path = LOCK_FILE) -> list[Pin]:
    """The pins of a lock file in pip's format: ``name==version --hash=sha256:…``."""
    pattern = re.compile(r"(?P<name>[\w.-]+)==(?P<version>[\w.]+) --hash=sha256:(?P<sha256>[0-9a-f]{64})")
    return [Pin(**match.groupdict()) for match in pattern.finditer(lock_file.read_text(encoding="utf-8"))]


def cache_directory(environment: Mapping[str, str] = os.environ) -> Path:
    """Where fetched wheels are kept: ``MAQUETTE_CACHE_DIR`` or the user's cache directory."""
    chosen = environment.get("MAQUETTE_CACHE_DIR")
    return (Path(chosen) if chosen else platformdirs.user_cache_path("maquette", appauthor=False)) / "wheels"


def fetch_wheels(cache: Path | None = None, lock_file: Path = LOCK_FILE) -> list[Path]:
    """The pinned wheels, from the cache or, those that are missing there, from the package index.

    Raises:
        MaquetteError: NOT_INSTALLED when they cannot be fetched, CONTENT_CORRUPT when one is not what was pinned.
    """
    cache = cache_directory() if cache is None else cache
    pins = read_pins(lock_file)
    if missing := [pin for pin in pins if not (cache / pin.file_name).is_file()]:
        cache.mkdir(parents=True, exist_ok=True)
        _download(missing, cache, lock_file)
    for pin in pins:
        _check(pin, cache / pin.file_name)
    return [cache / pin.file_name for pin in pins]


def _download(pins: list[Pin], cache: Path, lock_file: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--platform", "any", "--implementation", "py", "--abi", "none"]
    command += ["--python-version", OLDEST_PYTHON, "--require-hashes"]
    command += ["--requirement", str(lock_file), "--dest", str(cache)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        lines = [line for line in finished.stderr.strip().splitlines() if line.startswith("ERROR")]
        names = ", ".join(f"{pin.name} {pin.version}" for pin in pins)
        raise MaquetteError(
            Reason.NOT_INSTALLED,
            f"The plugins' libraries could not be fetched ({names}): {lines[-1] if lines else 'pip gave no reason'}",
            f"Go online once, or put the wheels named in {lock_file} into {cache}.",
        )


def _check(pin: Pin, wheel: Path) -> None:
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != pin.sha256:
        raise MaquetteError(
            Reason.CONTENT_CORRUPT, f"The wheel {wheel} is not the one that is pinned.", "Delete it and try again."
        )
