"""The one error that the client raises for whatever a person can act upon."""

from __future__ import annotations

from collections.abc import Mapping


class ClientError(Exception):
    """A refusal or failure that a user can act upon.

    Attributes:
        reason: machine-readable cause in UPPER_SNAKE: the daemon's ``ErrorInfo.reason``, or one that the client found
            by itself (NOT_RUNNING, SCENE_FILE_CORRUPT, …). Branch on this, never on the text.
        message: one sentence that says what failed.
        action: one sentence that says what to do next; empty when nothing can be done.
        details: further facts as text, for example ``{"needed_bytes": "…"}``.
    """

    def __init__(self, reason: str, message: str, action: str = "", details: Mapping[str, str] | None = None) -> None:
        super().__init__(reason, message, action, dict(details or {}))
        self.reason = reason
        self.message = message
        self.action = action
        self.details: dict[str, str] = dict(details or {})

    def __str__(self) -> str:
        return f"{self.message} {self.action}".strip()
