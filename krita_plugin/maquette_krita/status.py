"""What the docker says about the connection: a sentence or two, and at most one thing to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from . import strings
from .client import ClientError, Condition, State


class Remedy(Enum):
    """The one thing that the docker offers to do."""

    NONE = "none"
    INSTALL = "install"
    START = "start"
    CHECK = "check"


@dataclass(frozen=True)
class Status:
    """What the docker says.

    Attributes:
        sentences: for the artist, most important first.
        remedy: the one action on offer.
        alarming: whether something is wrong.
    """

    sentences: tuple[str, ...]
    remedy: Remedy = Remedy.NONE
    alarming: bool = False


_REMEDIES = {
    State.NOT_INSTALLED: Remedy.INSTALL,
    State.NOT_RUNNING: Remedy.START,
    State.STARTING: Remedy.NONE,
    State.WRONG_TOKEN: Remedy.CHECK,
    State.VERSION_MISMATCH: Remedy.CHECK,
    State.READY: Remedy.NONE,
}
_CALM = (State.READY, State.STARTING)


def status_of(condition: Condition, problem: ClientError | None, device: str = "") -> Status:
    """What to say about the connection.

    Args:
        condition: of the connection.
        problem: of starting or asking the daemon; None when it went well.
        device: on which models run, as a person reads it.
    """
    if condition.state is State.READY:
        return Status((strings.RUNS_ON.format(device=device) if device else condition.message,))
    sentences = [condition.message]
    if condition.state in (State.WRONG_TOKEN, State.VERSION_MISMATCH):
        sentences.append(condition.action)
    if condition.state is State.WRONG_TOKEN:
        sentences.append(strings.HOW_TO_STOP)
    if problem is not None and problem.reason != condition.state.value:
        sentences += said(problem)
    return Status(tuple(sentences), _REMEDIES[condition.state], condition.state not in _CALM)


def said(problem: ClientError) -> tuple[str, ...]:
    """A failure in one or two sentences."""
    return (problem.message, problem.action) if problem.action else (problem.message,)
