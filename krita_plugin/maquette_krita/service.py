"""The daemon as the dockers see it: how the connection is, what can be done about it, and which models there are."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

from .client import ClientError, Condition, Connection, Handle, Pump, State, models
from .jobs import Verb
from .status import Status, status_of

# What a model must serve, in the words of the daemon's catalogue.
_TASKS = {
    Verb.FILL: "inpaint",
    Verb.REMOVE: "inpaint",
    Verb.EXTEND: "outpaint",
    Verb.COLORIZE: "colorize",
    Verb.RESTORE_JPEG: "restore_jpeg",
}


class Service:
    """One connection and what is known of the daemon behind it.

    Args:
        connection: to the daemon.
        pump: what turns it.
        on_change: told of every change.
        on_ready: told when the daemon has answered an inquiry.
    """

    def __init__(
        self,
        connection: Connection,
        pump: Pump,
        on_change: Callable[[], None],
        on_ready: Callable[[], None],
    ) -> None:
        self.connection, self._pump = connection, pump
        self._on_change, self._on_ready = on_change, on_ready
        connection.on_condition = self._condition_changed
        self.models: list[tuple[str, str]] = []
        self.device = ""
        self._tasks: dict[str, tuple[str, ...]] = {}
        self._trouble: ClientError | None = None
        self._inquiries = 0
        self._starting = self._closed = False

    @property
    def status(self) -> Status:
        """What the dockers say about the connection."""
        return status_of(self.connection.condition, self._trouble, self.device)

    def close(self) -> None:
        """Ask nothing more."""
        self._closed = True
        self.connection.close()

    def can_do(self, model_id: str, verb: Verb) -> bool:
        """Whether a model serves a verb; of a model that is not known, perhaps."""
        return model_id not in self._tasks or _TASKS[verb] in self._tasks[model_id]

    def title(self, model_id: str) -> str:
        """A model's name for people."""
        return dict(self.models).get(model_id, model_id)

    def glance(self) -> None:
        """Somebody looks: see that the docker tells the truth, without traffic unless there is something new."""
        if self._inquiries or self._closed:
            return
        try:
            condition = self.connection.glance()
        except ClientError as error:
            self._trouble = error
            self._on_change()
            return
        if condition.state is State.STARTING or (condition.state is State.READY and not self.models):
            self.ask()

    def ask(self) -> None:
        """Connect if a daemon runs, and list its models."""
        if not self._inquiries:
            self._submit(self._inquire())

    def start(self) -> None:
        """Start the daemon and connect."""
        if not self._starting:
            self._starting = True
            self._submit(self._start())

    def _submit(self, coroutine: Coroutine[Any, Any, None]) -> None:
        self._inquiries += 1
        self._trouble = None
        self._pump.submit(coroutine, self._asked)
        self._on_change()

    async def _inquire(self) -> None:
        await self.connection.ready()
        found = await models.list_models(self.connection)
        self._tasks = {model.id: tuple(model.tasks) for model in found}
        painters = [model for model in found if set(model.tasks) & set(_TASKS.values())]
        self.models = [(model.id, model.title or model.id) for model in painters]

    async def _start(self) -> None:
        try:
            await self.connection.start()
        finally:
            self._starting = False
        await self._inquire()

    def _asked(self, handle: Handle[None]) -> None:
        self._inquiries -= 1
        try:
            handle.result()
            # The engine may take seconds to say it; nobody waits for that.
            self._pump.submit(self._find_device(), self._device_found)
            self._on_ready()
        except ClientError as error:
            # States are said by the docker already.
            self._trouble = error if error.reason not in State.__members__ else None
        self._on_change()

    async def _find_device(self) -> str:
        devices = await models.list_devices(self.connection)
        return next((device.title for device in devices if device.in_use), "")

    def _device_found(self, handle: Handle[str]) -> None:
        # Without an engine there is no device to tell of; what fails for want of one says so itself.
        with contextlib.suppress(ClientError):
            self.device = handle.result()
        self._on_change()

    def _condition_changed(self, condition: Condition) -> None:
        if condition.state is not State.READY:
            self.device, self.models = "", []
        self._on_change()
