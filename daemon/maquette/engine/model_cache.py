"""Models in memory: the least recently used go first, those in use never."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Generator
from contextlib import contextmanager

from maquette.engine.source import Model
from maquette.errors import MaquetteError, Reason
from maquette.models.operations import Operation, Progress


class _Loading:
    """One load that several operations wait for and advance together."""

    def __init__(self, generator: Operation[Model]) -> None:
        self._generator = generator
        self._error: Exception | None = None
        self.model: Model | None = None
        self.sharers = 0

    def advance(self) -> Progress | None:
        if self._error is not None:
            raise self._error
        try:
            return next(self._generator)
        except StopIteration as stop:
            self.model = stop.value
            return None
        except Exception as error:
            self._error = error
            raise

    def close(self) -> None:
        self._generator.close()


class ModelCache:
    """Loaded models up to a number of bytes of weights.

    Args:
        load: brings a model into memory.
        capacity_bytes: weights (file bytes) to keep when not in use.
        on_change: called after a model came or went.
    """

    def __init__(
        self, load: Callable[[str], Operation[Model]], capacity_bytes: int, on_change: Callable[[], None]
    ) -> None:
        self._load = load
        self._capacity_bytes = capacity_bytes
        self._on_change = on_change
        self._models: OrderedDict[str, Model] = OrderedDict()
        self._loading: dict[str, _Loading] = {}
        self._users: Counter[str] = Counter()

    @property
    def loaded(self) -> tuple[str, ...]:
        """Ids of the models in memory, least recently used first."""
        return tuple(self._models)

    def acquire(self, model_id: str) -> Operation[Model]:
        """The model, loaded if need be; operations that need the same model share one load."""
        loading = self._loading.get(model_id)
        if model_id not in self._models:
            if loading is None:
                loading = self._loading[model_id] = _Loading(self._load(model_id))
            yield from self._wait(model_id, loading)
        self._models.move_to_end(model_id)
        return self._models[model_id]

    def _wait(self, model_id: str, loading: _Loading) -> Operation[None]:
        loading.sharers += 1
        try:
            while loading.model is None:
                progress = loading.advance()
                if progress is not None:
                    yield progress
            if model_id not in self._models:
                self._insert(model_id, loading.model)
        finally:
            loading.sharers -= 1
            if loading.sharers == 0 and self._loading.get(model_id) is loading:
                del self._loading[model_id]
                loading.close()

    def _insert(self, model_id: str, model: Model) -> None:
        self._models[model_id] = model
        with self.using(model_id):
            self._evict(self._capacity_bytes)
        self._on_change()

    def _evict(self, capacity_bytes: int) -> None:
        total = sum(model.info.file_bytes for model in self._models.values())
        for model_id in list(self._models):
            if total <= capacity_bytes:
                break
            if not self._users[model_id]:
                total -= self._models.pop(model_id).info.file_bytes

    def evict_unused(self) -> None:
        """Free every model that nothing uses."""
        before = self.loaded
        self._evict(0)
        if self.loaded != before:
            self._on_change()

    def hold(self, model_id: str) -> None:
        """Keep a model, once loaded, until :meth:`release`; holds are counted."""
        self._users[model_id] += 1

    def release(self, model_id: str) -> None:
        """Take one hold back."""
        self._users[model_id] -= 1
        if self._users[model_id] <= 0:
            del self._users[model_id]

    @contextmanager
    def using(self, model_id: str) -> Generator[None]:
        """Hold a model for the length of a block."""
        self.hold(model_id)
        try:
            yield
        finally:
            self.release(model_id)

    def unload(self, model_id: str) -> None:
        """Free a model; nothing happens when it is not in memory.

        Raises:
            MaquetteError: MODEL_IN_USE.
        """
        if model_id not in self._models:
            return
        if self._users[model_id]:
            raise MaquetteError(
                Reason.MODEL_IN_USE,
                f"The model '{model_id}' is in use.",
                "Close the scenes that are being edited with it, then try again.",
            )
        del self._models[model_id]
        self._on_change()
