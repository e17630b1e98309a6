from __future__ import annotations

import itertools
import logging
from typing import Any

import pytest
from fake_zoo import FakeSource, picture, scene_of
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
    Priority,
    Ready,
    Release,
    Reported,
    Submit,
    UnloadModel,
)
from maquette.engine.worker import PREVIEW_EVERY_SECONDS, REPORT_EVERY_SECONDS, Worker
from maquette.errors import Reason
from maquette.models.operations import Progress
from maquette.models.painting.requests import Inpaint, PaintResult, RestoreJpeg
from maquette.models.requests import ModelInfo, RenderScene, RenderSceneResult


class Bench:
    """A worker with a clock of its own, and everything that it has sent."""

    def __init__(self, tick: float = 1.0) -> None:
        self.sent: list[FromEngine] = []
        times = itertools.count(0.0, tick)
        self.worker = Worker(FakeSource(), self.sent.append, 10_000, lambda: next(times))

    def run(self, request: object, model_id: str = "fake-rooms", operation: int = 1) -> None:
        self.worker.handle(Submit(operation, model_id, request, Priority.PREVIEW))
        while self.worker.busy:
            self.worker.step()

    def all(self, kind: type[Any]) -> list[Any]:
        return [message for message in self.sent if isinstance(message, kind)]


def render(noise_seed: int = 1, model_id: str = "fake-rooms") -> RenderScene:
    return RenderScene(scene_of(model_id, noise_seed))


def test_it_says_when_it_is_ready_and_on_which_device() -> None:
    bench = Bench()
    bench.worker.start()
    (ready,) = bench.all(Ready)
    assert [device.title for device in ready.devices if device.in_use] == ["CPU, 1 thread"]


def test_a_verb_runs_on_a_model_that_is_loaded_on_the_way() -> None:
    bench = Bench()
    bench.run(render())
    (done,) = bench.all(Done)
    assert isinstance(done.result, RenderSceneResult)
    assert bench.all(LoadedModels) == [LoadedModels(("fake-rooms",))]


def test_progress_never_goes_back_over_loading_and_running() -> None:
    bench = Bench()
    bench.run(render())
    fractions = [report.progress.fraction for report in bench.all(Reported)]
    assert fractions == sorted(fractions)
    assert len(fractions) == 5
    assert fractions[-1] < 1.0


def test_reports_are_rarer_than_steps() -> None:
    bench = Bench(tick=REPORT_EVERY_SECONDS / 10)
    bench.run(render())
    assert len(bench.all(Reported)) == 1


def test_an_unexpected_exception_is_told_only_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench()
    with caplog.at_level(logging.ERROR):
        bench.run(render(666))
    (failed,) = bench.all(Failed)
    assert failed.error.reason is Reason.INTERNAL
    assert "a fault of the model" not in str(failed.error)
    assert "a fault of the model" in caplog.text


def test_running_out_of_memory_says_what_was_needed_and_frees_what_is_not_used() -> None:
    bench = Bench()
    bench.run(LoadModel(), "fake-large")
    bench.run(render(667), operation=2)
    (failed,) = bench.all(Failed)
    assert failed.error.reason is Reason.OUT_OF_MEMORY
    assert failed.error.details["needed_bytes"] == "800"
    assert int(failed.error.details["available_bytes"]) > 0
    assert bench.all(LoadedModels)[-1] == LoadedModels(())


def paint(*model_ids: str) -> Paint:
    return Paint(Inpaint(picture(8, 8, 1), picture(8, 8, 1)), model_ids)


def test_painting_brings_every_model_that_it_may_need_into_memory() -> None:
    bench = Bench()
    bench.run(paint("fake-rooms", "fake-painter"), "")
    (done,) = bench.all(Done)
    assert isinstance(done.result, PaintResult)
    assert done.result.model_id == "fake-painter"
    assert done.result.notes == ("fake-rooms was there.", "fake-painter was there.", "fake-filler was there.")
    assert bench.all(LoadedModels)[-1] == LoadedModels(("fake-rooms", "fake-painter", "fake-filler"))
    fractions = [report.progress.fraction for report in bench.all(Reported)]
    assert fractions == sorted(fractions)
    assert fractions[-1] < 1.0


def test_what_needs_no_helper_loads_none_and_what_is_both_is_loaded_once() -> None:
    bench = Bench()
    bench.run(Paint(RestoreJpeg(picture(8, 8, 1)), ("fake-painter",)), "")
    assert bench.all(LoadedModels)[-1] == LoadedModels(("fake-painter",))
    bench.run(paint("fake-filler"), "", 2)
    assert bench.all(Done)[-1].result.notes == ("fake-filler was there.", "fake-filler was there.")


def test_painters_in_use_are_not_unloaded_and_those_of_a_cancelled_call_are() -> None:
    bench = Bench()
    bench.worker.handle(Submit(1, "", paint("fake-slow-painter"), Priority.BATCH))
    while len(bench.all(LoadedModels)) < 2:
        bench.worker.step()
    bench.worker.handle(Submit(2, "fake-slow-painter", UnloadModel(), Priority.INTERACTIVE))
    bench.worker.step()
    bench.worker.step()
    assert [failed.error.reason for failed in bench.all(Failed)] == [Reason.MODEL_IN_USE]
    bench.worker.handle(Cancel(1))
    bench.run(UnloadModel(), "fake-slow-painter", 3)
    assert bench.all(LoadedModels)[-1] == LoadedModels(("fake-filler",))


def test_an_unknown_painter_is_refused() -> None:
    bench = Bench()
    bench.run(paint("nobody"), "")
    (failed,) = bench.all(Failed)
    assert failed.error.reason is Reason.MODEL_NOT_FOUND


class Pictures(FakeSource):
    """Paints in 20 steps, with a preview at every second one."""

    def paint(self, request, models, helpers):
        for step in range(20):
            yield Progress("painting", step / 20, picture(1, 1, step) if step % 2 else None)
        return None


def test_previews_have_a_pace_of_their_own_and_the_first_is_never_held_back() -> None:
    sent: list[FromEngine] = []
    times = itertools.count(0.0, REPORT_EVERY_SECONDS / 2)
    worker = Worker(Pictures(), sent.append, 10_000, lambda: next(times))
    worker.handle(Submit(1, "", Paint(RestoreJpeg(picture(8, 8, 1)), ("fake-painter",)), Priority.PREVIEW))
    while worker.busy:
        worker.step()
    shown = [message.progress for message in sent if isinstance(message, Reported) and message.progress.preview]
    assert 1 < len(shown) <= 1 + 20 * REPORT_EVERY_SECONDS / 2 / PREVIEW_EVERY_SECONDS
    assert shown[0].preview == picture(1, 1, 1)


def test_a_request_that_the_model_has_no_verb_for_is_refused() -> None:
    bench = Bench()
    bench.run("what?")
    (failed,) = bench.all(Failed)
    assert failed.error.reason is Reason.MODEL_UNSUPPORTED


def test_an_unknown_model_is_refused() -> None:
    bench = Bench()
    bench.run(render(), "nobody")
    (failed,) = bench.all(Failed)
    assert failed.error.reason is Reason.MODEL_NOT_FOUND


def test_a_cancelled_operation_is_heard_of_no_more() -> None:
    bench = Bench()
    bench.worker.handle(Submit(1, "fake-rooms", render(), Priority.PREVIEW))
    bench.worker.step()
    bench.worker.handle(Cancel(1))
    assert not bench.worker.busy
    assert bench.all(Done) == bench.all(Failed) == []


def test_loading_answers_with_the_model_and_unloading_frees_it() -> None:
    bench = Bench()
    bench.run(LoadModel())
    bench.run(UnloadModel(), operation=2)
    loaded, unloaded = bench.all(Done)
    assert isinstance(loaded.result, ModelInfo)
    assert unloaded.result is None
    assert bench.all(LoadedModels)[-1] == LoadedModels(())


def test_a_held_model_is_not_unloaded_until_it_is_released() -> None:
    bench = Bench()
    bench.worker.handle(Hold("fake-rooms"))
    bench.run(LoadModel())
    bench.run(UnloadModel(), operation=2)
    bench.worker.handle(Release("fake-rooms"))
    bench.run(UnloadModel(), operation=3)
    assert [failed.error.reason for failed in bench.all(Failed)] == [Reason.MODEL_IN_USE]
    assert [done.operation for done in bench.all(Done)] == [1, 3]


def test_the_status_tells_devices_models_and_work() -> None:
    bench = Bench()
    bench.run(LoadModel())
    bench.run(DescribeEngine(), "", 2)
    status = bench.all(Done)[-1].result
    assert isinstance(status, EngineStatus)
    assert status.loaded == ("fake-rooms",)
    assert status.operations == 1
