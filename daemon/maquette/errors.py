"""The closed set of errors that cross Maquette's boundaries.

An error is raised where it is known, as a :class:`MaquetteError` with a machine-readable reason, and translated to
a ``google.rpc.Status`` once, at the gRPC edge. Hosts branch on the reason, never on the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Reason(Enum):
    """Why an operation could not be done; the value is the wire name (``ErrorInfo.reason``)."""

    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    NOT_A_FINITE_NUMBER = "NOT_A_FINITE_NUMBER"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    PROTOCOL_MISMATCH = "PROTOCOL_MISMATCH"
    MODEL_NOT_FOUND = "MODEL_NOT_FOUND"
    MODEL_UNSUPPORTED = "MODEL_UNSUPPORTED"
    MODEL_IN_USE = "MODEL_IN_USE"
    CHECKPOINT_UNSAFE = "CHECKPOINT_UNSAFE"
    CHECKPOINT_CORRUPT = "CHECKPOINT_CORRUPT"
    IMPORT_NOT_ALLOWED = "IMPORT_NOT_ALLOWED"
    CONTENT_NOT_FOUND = "CONTENT_NOT_FOUND"
    CONTENT_CORRUPT = "CONTENT_CORRUPT"
    BLOB_NOT_FOUND = "BLOB_NOT_FOUND"
    BLOB_ALREADY_EXISTS = "BLOB_ALREADY_EXISTS"
    SCENE_MODEL_MISMATCH = "SCENE_MODEL_MISMATCH"
    OUT_OF_MEMORY = "OUT_OF_MEMORY"
    ENGINE_LOST = "ENGINE_LOST"
    ENGINE_UNAVAILABLE = "ENGINE_UNAVAILABLE"
    CANCELLED = "CANCELLED"
    ALREADY_RUNNING = "ALREADY_RUNNING"
    UNSAFE_DIRECTORY = "UNSAFE_DIRECTORY"
    NOT_INSTALLED = "NOT_INSTALLED"
    INTERNAL = "INTERNAL"


class MaquetteError(Exception):
    """A refusal or failure that a user can act upon. Travels between processes whole.

    Attributes:
        reason: machine-readable cause.
        message: one sentence that says what failed.
        action: one sentence that says what to do next; empty when nothing can be done.
        details: further facts as text, for example ``{"needed_bytes": "…", "largest_size": "…"}``.
    """

    def __init__(
        self, reason: Reason, message: str, action: str = "", details: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(reason, message, action, dict(details or {}))
        self.reason = reason
        self.message = message
        self.action = action
        self.details: dict[str, str] = dict(details or {})

    def __str__(self) -> str:
        return f"{self.message} {self.action}".strip()
