from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TypeVar

import pytest
from fake_zoo import INFO, FakeModel
from maquette.engine.model_cache import ModelCache
from maquette.errors import MaquetteError, Reason
from maquette.models.operations import Operation, Progress

T = TypeVar("T")


class Loader:
    def __init__(self) -> None:
        self.starts: Counter[str] = Counter()
        self.closed: list[str] = []

    def __call__(self, model_id: str) -> Operation[FakeModel]:
        self.starts[model_id] += 1
        try:
            yield Progress("loading", 0.0)
            yield Progress("loading", 0.5)
            if model_id == "broken":
                raise MaquetteError(Reason.CHECKPOINT_CORRUPT, "It is broken.")
            return FakeModel(replace(INFO, id=model_id, file_bytes=100))
        finally:
            self.closed.append(model_id)


def finish(operation: Operation[T]) -> T:
    while True:
        try:
            next(operation)
        except StopIteration as stop:
            return stop.value


@pytest.fixture
def loader() -> Loader:
    return Loader()


def cache_of(loader: Loader, capacity: int = 250, changes: list[int] | None = None) -> ModelCache:
    return ModelCache(loader, capacity, lambda: changes.append(1) if changes is not None else None)


def test_a_model_is_loaded_once(loader: Loader) -> None:
    cache = cache_of(loader)
    assert finish(cache.acquire("a")) is finish(cache.acquire("a"))
    assert loader.starts["a"] == 1


def test_the_least_recently_used_goes_first(loader: Loader) -> None:
    cache = cache_of(loader)
    for model_id in ("a", "b", "a", "c"):
        finish(cache.acquire(model_id))
    assert cache.loaded == ("a", "c")


def test_a_held_model_stays(loader: Loader) -> None:
    cache = cache_of(loader)
    cache.hold("a")
    for model_id in ("a", "b", "c", "d"):
        finish(cache.acquire(model_id))
    assert "a" in cache.loaded
    cache.release("a")
    finish(cache.acquire("e"))
    assert "a" not in cache.loaded


def test_a_model_larger_than_the_capacity_is_kept_while_it_is_the_newest(loader: Loader) -> None:
    cache = cache_of(loader, capacity=10)
    finish(cache.acquire("a"))
    assert cache.loaded == ("a",)
    finish(cache.acquire("b"))
    assert cache.loaded == ("b",)


def test_two_operations_share_one_load(loader: Loader) -> None:
    cache = cache_of(loader)
    first, second = cache.acquire("a"), cache.acquire("a")
    next(first)
    next(second)
    assert finish(first) is finish(second)
    assert loader.starts["a"] == 1


def test_a_cancelled_waiter_leaves_the_load_to_the_other(loader: Loader) -> None:
    cache = cache_of(loader)
    first, second = cache.acquire("a"), cache.acquire("a")
    next(first)
    next(second)
    first.close()
    assert loader.closed == []
    assert finish(second).info.id == "a"


def test_the_last_cancelled_waiter_cancels_the_load(loader: Loader) -> None:
    cache = cache_of(loader)
    only = cache.acquire("a")
    next(only)
    only.close()
    assert loader.closed == ["a"]
    assert cache.loaded == ()
    assert finish(cache.acquire("a")).info.id == "a"


def test_a_failed_load_fails_everyone_who_waits_and_can_be_tried_again(loader: Loader) -> None:
    cache = cache_of(loader)
    first, second = cache.acquire("broken"), cache.acquire("broken")
    next(first)
    next(second)
    for operation in (first, second):
        with pytest.raises(MaquetteError) as caught:
            finish(operation)
        assert caught.value.reason is Reason.CHECKPOINT_CORRUPT
    with pytest.raises(MaquetteError):
        finish(cache.acquire("broken"))
    assert loader.starts["broken"] == 2


def test_unloading_frees_and_tells(loader: Loader) -> None:
    changes: list[int] = []
    cache = cache_of(loader, changes=changes)
    finish(cache.acquire("a"))
    cache.unload("a")
    assert cache.loaded == ()
    assert len(changes) == 2


def test_a_model_in_use_is_not_unloaded(loader: Loader) -> None:
    cache = cache_of(loader)
    finish(cache.acquire("a"))
    with cache.using("a"), pytest.raises(MaquetteError) as caught:
        cache.unload("a")
    assert caught.value.reason is Reason.MODEL_IN_USE


def test_unloading_what_is_not_loaded_does_nothing(loader: Loader) -> None:
    cache_of(loader).unload("a")


def test_what_nothing_uses_is_evicted_when_memory_runs_out(loader: Loader) -> None:
    cache = cache_of(loader)
    finish(cache.acquire("a"))
    finish(cache.acquire("b"))
    with cache.using("b"):
        cache.evict_unused()
    assert cache.loaded == ("b",)
