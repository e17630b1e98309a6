"""What all plugins' packages have in common: a clean copy of the source with a private copy of the client."""

from __future__ import annotations

import shutil
from pathlib import Path

from maquette.errors import MaquetteError, Reason
from maquette.packaging.vendoring import vendor

_PACKAGE = Path(__file__).resolve().parent.parent
_LEFT_OUT = ("__pycache__", "_vendor", "*.pyc")


def plugin_source(folder: str, marker: str) -> Path:
    """A plugin's source: in the installed package, or in the checkout that this runs from.

    Args:
        folder: the source's name at the top of the repository.
        marker: a file that the source must have.

    Raises:
        MaquetteError: NOT_INSTALLED.
    """
    for candidate in (_PACKAGE / "plugins" / folder, _PACKAGE.parents[1] / folder):
        if (candidate / marker).is_file():
            return candidate
    raise MaquetteError(
        Reason.NOT_INSTALLED, f"The source of {folder} is not in this installation.", "Install Maquette again."
    )


def stage(source: Path, destination: Path, package: str = ".") -> None:
    """Copy a plugin's source to ``destination``, with the client's private copy in ``package`` inside it.

    Raises:
        MaquetteError: see :func:`maquette.packaging.vendoring.vendor`.
    """
    shutil.copytree(source, destination, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    vendor(destination / package / "_vendor")
