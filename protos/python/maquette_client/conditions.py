"""In which state the connection to the daemon is, with one sentence and one action for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from maquette_client.v1 import system_pb2


class State(Enum):
    """What a host tells its user apart; the value is the ClientError reason of a call in that state."""

    NOT_INSTALLED = "NOT_INSTALLED"
    NOT_RUNNING = "NOT_RUNNING"
    STARTING = "STARTING"
    WRONG_TOKEN = "WRONG_TOKEN"
    VERSION_MISMATCH = "VERSION_MISMATCH"
    READY = "READY"


@dataclass(frozen=True)
class Condition:
    """A state with one sentence and one action for the user.

    Attributes:
        server: the daemon's answer; set when READY.
    """

    state: State
    message: str
    action: str = ""
    server: system_pb2.GetServerInfoResponse | None = field(default=None, compare=False)


def not_installed() -> Condition:
    """Nothing to connect to and nothing to start."""
    return Condition(
        State.NOT_INSTALLED,
        "Maquette is not installed on this machine.",
        "Run `make demo` in Maquette's folder once, or set the command in the preferences.",
    )


def not_running() -> Condition:
    """Installed, and no daemon."""
    return Condition(State.NOT_RUNNING, "The Maquette daemon is not running.", "Start it.")


def starting() -> Condition:
    """It was started and does not answer yet."""
    return Condition(State.STARTING, "The Maquette daemon is starting.", "Wait a moment.")


def found() -> Condition:
    """It runs, and nothing has been said to it yet."""
    return Condition(State.STARTING, "Connecting to the Maquette daemon.", "Wait a moment.")


def unresponsive() -> Condition:
    """Its process lives and it does not answer."""
    return Condition(
        State.NOT_RUNNING,
        "The Maquette daemon's process does not answer.",
        "Stop it with `maquette stop` and start it.",
    )


def ready(server: system_pb2.GetServerInfoResponse) -> Condition:
    """Connected."""
    return Condition(State.READY, f"Connected to Maquette {server.version}.", "", server)


def wrong_token() -> Condition:
    """The daemon does not take the token of its runtime file."""
    return Condition(
        State.WRONG_TOKEN,
        "The running daemon does not accept this user's token.",
        "Stop the daemon and start it again.",
    )


def version_mismatch(version: str, daemon_is_older: bool) -> Condition:
    """No version of the protocol is spoken by both."""
    older, newer = ("daemon", "plugin") if daemon_is_older else ("plugin", "daemon")
    return Condition(
        State.VERSION_MISMATCH,
        f"The daemon (version {version}) and this plugin cannot talk: the {older} is older than the {newer}.",
        f"Update the {older}.",
    )
