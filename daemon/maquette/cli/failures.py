"""Expected failures on a terminal: one sentence and the way out, no traceback."""

from __future__ import annotations

import sys

from maquette_client.errors import ClientError

from maquette.errors import MaquetteError

# As `python -m maquette.server` ends; whoever starts the daemon tells them apart.
_EXIT_CODES = {"ALREADY_RUNNING": 3, "UNSAFE_DIRECTORY": 4}


def exit_code_of(error: Exception) -> int | None:
    """The exit code for an expected failure; None for one that is a defect."""
    if isinstance(error, MaquetteError):
        return _EXIT_CODES.get(error.reason.value, 1)
    if isinstance(error, ClientError):
        return _EXIT_CODES.get(error.reason, 1)
    return None


def tell(error: Exception) -> None:
    """Say on standard error what failed and what to do next."""
    message = getattr(error, "message", str(error))
    action = getattr(error, "action", "")
    sys.stderr.write(f"maquette: {message}\n")
    if action:
        sys.stderr.write(f"          {action}\n")
