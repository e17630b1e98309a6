"""Which operation moves on next: the most urgent class first, in turn within a class."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass

from maquette.engine.messages import Priority
from maquette.models.operations import Operation, Progress

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Advanced:
    """The operation yielded."""

    operation: int
    progress: Progress


@dataclass(frozen=True)
class Returned:
    """The operation ended with a result."""

    operation: int
    result: object


@dataclass(frozen=True)
class Raised:
    """The operation ended with an exception."""

    operation: int
    error: Exception


Step = Advanced | Returned | Raised


class Scheduler:
    """Operations in their order of urgency, advanced one step at a time."""

    def __init__(self) -> None:
        self._queues: dict[Priority, deque[int]] = {priority: deque() for priority in Priority}
        self._generators: dict[int, Operation[object]] = {}

    def __len__(self) -> int:
        return len(self._generators)

    def add(self, operation: int, generator: Operation[object], priority: Priority) -> None:
        """Let an operation take part, last in its class."""
        self._generators[operation] = generator
        self._queues[priority].append(operation)

    def cancel(self, operation: int) -> None:
        """Close an operation's generator, which runs its clean-up; unknown numbers are ignored."""
        generator = self._generators.pop(operation, None)
        if generator is None:
            return
        for queue in self._queues.values():
            if operation in queue:
                queue.remove(operation)
        try:
            generator.close()
        except Exception:
            _log.exception("operation %d failed while it was cancelled", operation)

    def cancel_all(self) -> None:
        """Cancel every operation."""
        for operation in list(self._generators):
            self.cancel(operation)

    def step(self) -> Step | None:
        """Advance the most urgent operation once; None when there is none."""
        queue = next((queue for queue in self._queues.values() if queue), None)
        if queue is None:
            return None
        operation = queue.popleft()
        try:
            progress = next(self._generators[operation])
        except StopIteration as stop:
            del self._generators[operation]
            return Returned(operation, stop.value)
        except Exception as error:
            del self._generators[operation]
            return Raised(operation, error)
        queue.append(operation)
        return Advanced(operation, progress)
