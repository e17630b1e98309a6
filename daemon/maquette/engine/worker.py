"""The engine itself: takes messages, advances operations, reports what becomes of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TypeVar

from maquette.engine.failures import as_maquette_error, is_out_of_memory
from maquette.engine.messages import (
    Cancel,
    DescribeEngine,
    Done,
    EngineStatus,
    Failed,
    FromEngine,
    Hold,
    LoadedModels,
    LoadModel,
    Paint,
    Ready,
    Reported,
    Submit,
    ToEngine,
    UnloadModel,
)
from maquette.engine.model_cache import ModelCache
from maquette.engine.scheduler import Advanced, Raised, Scheduler
from maquette.engine.source import Model, ModelSource
from maquette.errors import MaquetteError, Reason
from maquette.models.operations import Operation, Progress
from maquette.models.requests import ImportModel

REPORT_EVERY_SECONDS = 0.05
PREVIEW_EVERY_SECONDS = 0.25
_LOADING_SHARE = 0.5
_PAINTERS_LOADING_SHARE = 0.1

Value = TypeVar("Value")


@dataclass(frozen=True)
class _Told:
    """What the server has been told of an operation, and when."""

    at: float = float("-inf")
    preview_at: float = float("-inf")
    fraction: float = 0.0


def _scaled(operation: Operation[Value], start: float, span: float) -> Operation[Value]:
    """``operation`` with its fractions mapped from [0, 1] to [start, start + span]."""
    try:
        while True:
            try:
                progress = next(operation)
            except StopIteration as stop:
                return stop.value
            yield replace(progress, fraction=start + span * min(1.0, max(0.0, progress.fraction)))
    finally:
        operation.close()


class Worker:
    """Runs operations on the models of one source, on one device.

    Args:
        source: where models come from.
        send: passes a message on to the server.
        capacity_bytes: weights to keep in memory when not in use.
        clock: seconds, increasing.
    """

    def __init__(
        self,
        source: ModelSource,
        send: Callable[[FromEngine], None],
        capacity_bytes: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._send = send
        self._clock = clock
        self._scheduler = Scheduler()
        self._told: dict[int, _Told] = {}
        self._requests: dict[int, object] = {}
        self._cache = ModelCache(source.load, capacity_bytes, self._models_changed)

    @property
    def busy(self) -> bool:
        """Whether an operation waits to be advanced."""
        return len(self._scheduler) > 0

    def start(self) -> None:
        """Say that the engine is able to work."""
        self._send(Ready(self._source.devices()))

    def stop(self) -> None:
        """Cancel every operation."""
        self._scheduler.cancel_all()

    def handle(self, message: ToEngine) -> None:
        """Take one message."""
        if isinstance(message, Submit):
            self._requests[message.operation] = message.request
            self._scheduler.add(message.operation, self._operation(message), message.priority)
        elif isinstance(message, Cancel):
            self._scheduler.cancel(message.operation)
            self._told.pop(message.operation, None)
            self._requests.pop(message.operation, None)
        elif isinstance(message, Hold):
            self._cache.hold(message.model_id)
        else:
            self._cache.release(message.model_id)

    def step(self) -> None:
        """Advance the most urgent operation once."""
        step = self._scheduler.step()
        if step is None:
            return
        if isinstance(step, Advanced):
            self._report(step)
            return
        self._told.pop(step.operation, None)
        request = self._requests.pop(step.operation, None)
        if isinstance(step, Raised):
            self._fail(step, request)
        else:
            self._send(Done(step.operation, step.result))

    def _report(self, step: Advanced) -> None:
        now = self._clock()
        told = self._told.get(step.operation, _Told())
        shows = step.progress.preview is not None and now - told.preview_at >= PREVIEW_EVERY_SECONDS
        if not shows and now - told.at < REPORT_EVERY_SECONDS:
            return
        fraction = max(told.fraction, min(1.0, step.progress.fraction))
        self._told[step.operation] = _Told(now, now if shows else told.preview_at, fraction)
        preview = step.progress.preview if shows else None
        self._send(Reported(step.operation, replace(step.progress, fraction=fraction, preview=preview)))

    def _fail(self, step: Raised, request: object) -> None:
        error = as_maquette_error(step.error, request)
        if is_out_of_memory(step.error):
            self._cache.evict_unused()
            self._source.trim()
        self._send(Failed(step.operation, error))

    def _models_changed(self) -> None:
        self._source.trim()
        self._send(LoadedModels(self._cache.loaded))

    def _operation(self, submit: Submit) -> Operation[object]:
        if isinstance(submit.request, DescribeEngine):
            return self._describe()
        if isinstance(submit.request, LoadModel):
            return self._load(submit.model_id)
        if isinstance(submit.request, UnloadModel):
            return self._unload(submit.model_id)
        if isinstance(submit.request, ImportModel):
            return self._source.import_model(submit.request)
        if isinstance(submit.request, Paint):
            return self._paint(submit.request)
        return self._run(submit.model_id, submit.request)

    def _describe(self) -> Operation[EngineStatus]:
        yield Progress("looking at the devices", 0.0)
        return EngineStatus(self._source.devices(), self._cache.loaded, len(self._scheduler))

    def _load(self, model_id: str) -> Operation[object]:
        model = yield from self._cache.acquire(model_id)
        return model.info

    def _unload(self, model_id: str) -> Operation[None]:
        yield Progress("unloading", 0.0)
        self._cache.unload(model_id)

    def _paint(self, paint: Paint) -> Operation[object]:
        helper_ids = self._source.helpers(paint.request)
        model_ids = tuple(dict.fromkeys((*paint.model_ids, *helper_ids)))
        missing = [model_id for model_id in model_ids if model_id not in self._cache.loaded]
        share = _PAINTERS_LOADING_SHARE if missing else 0.0
        models: dict[str, Model] = {}
        with ExitStack() as held:
            for model_id in model_ids:
                held.enter_context(self._cache.using(model_id))
            for index, model_id in enumerate(model_ids):
                start, span = share * index / len(model_ids), share / len(model_ids)
                models[model_id] = yield from _scaled(self._cache.acquire(model_id), start, span)
            chosen = [models[model_id] for model_id in paint.model_ids]
            helpers = [models[model_id] for model_id in helper_ids]
            return (yield from _scaled(self._source.paint(paint.request, chosen, helpers), share, 1.0 - share))

    def _run(self, model_id: str, request: object) -> Operation[object]:
        with self._cache.using(model_id):
            share = 0.0 if model_id in self._cache.loaded else _LOADING_SHARE
            model = yield from _scaled(self._cache.acquire(model_id), 0.0, share)
            verb = model.verbs.get(type(request))
            if verb is None:
                raise MaquetteError(
                    Reason.MODEL_UNSUPPORTED,
                    f"The model '{model_id}' cannot do this.",
                    "Choose a model that lists this task.",
                    {"model_id": model_id, "request": type(request).__name__},
                )
            return (yield from _scaled(verb(request), share, 1.0 - share))
