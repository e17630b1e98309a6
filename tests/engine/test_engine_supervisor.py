from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from fake_zoo import picture, scene_of
from maquette.engine import shared_bytes, supervisor
from maquette.engine.messages import DescribeEngine, EngineState, EngineStatus, LoadModel, Priority, UnloadModel
from maquette.engine.supervisor import EngineSettings, Finished, Supervisor
from maquette.errors import MaquetteError, Reason
from maquette.models.operations import Progress
from maquette.models.requests import ModelInfo, RenderScene, RenderSceneResult


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in place of the memory file system."""
    monkeypatch.setattr(shared_bytes, "MEMORY_FILE_SYSTEM", tmp_path)
    return tmp_path


@pytest.fixture
async def engine(memory: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Supervisor]:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    engine = Supervisor(EngineSettings(source="fake_zoo"), maximum_operations=4)
    engine.start()
    yield engine
    await engine.stop()
    assert list(memory.iterdir()) == []


def render(model_id: str = "fake-rooms") -> RenderScene:
    return RenderScene(scene_of(model_id, 1))


async def rendered(engine: Supervisor, model_id: str = "fake-rooms") -> RenderSceneResult:
    return await engine.result(model_id, render(model_id), RenderSceneResult, Priority.PREVIEW)


async def status(engine: Supervisor) -> EngineStatus:
    return await engine.result("", DescribeEngine(), EngineStatus, Priority.INTERACTIVE)


async def wait_for_another(engine: Supervisor) -> None:
    with contextlib.suppress(MaquetteError):
        await status(engine)
    await status(engine)


async def last(events: AsyncIterator[Progress | Finished]) -> Progress | Finished:
    return [event async for event in events][-1]


def kill(engine: Supervisor) -> None:
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)


async def test_an_operation_waits_for_the_engine_and_ends_with_its_result(engine: Supervisor) -> None:
    assert engine.state is EngineState.STARTING
    events = [event async for event in engine.operate("fake-large", render("fake-large"), Priority.PREVIEW)]
    assert isinstance(events[-1], Finished)
    assert len(events[-1].result.picture.pixels) == 3 * 1024 * 1024
    assert engine.loaded == ("fake-large",)
    assert engine.device_title == "CPU, 1 thread"


async def test_the_engines_threads_do_not_spin_unless_the_user_wants_them_to(
    engine: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    await rendered(engine)
    assert psutil.Process(engine.pid).environ()["OMP_WAIT_POLICY"] == "PASSIVE"
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    kill(engine)
    await wait_for_another(engine)
    assert psutil.Process(engine.pid).environ()["OMP_WAIT_POLICY"] == "ACTIVE"


async def test_a_preview_is_not_lost_to_a_later_report_without_one() -> None:
    running = supervisor._Running()
    running.report(Progress("painting", 0.1, picture(1, 1, 1)))
    running.report(Progress("painting", 0.2))
    assert running.progress == Progress("painting", 0.2, picture(1, 1, 1))
    running.changed.clear()
    running.report(Progress("painting", 0.3))
    assert running.progress == Progress("painting", 0.3)


async def test_an_error_of_the_engine_is_raised_here(engine: Supervisor) -> None:
    with pytest.raises(MaquetteError) as caught:
        await rendered(engine, "nobody")
    assert caught.value.reason is Reason.MODEL_NOT_FOUND


async def test_closing_an_operation_cancels_it(engine: Supervisor) -> None:
    events = engine.operate("fake-slow", render("fake-slow"), Priority.BATCH)
    assert isinstance(await anext(events), Progress)
    await events.aclose()
    assert (await status(engine)).operations == 1


async def test_a_killed_engine_fails_what_ran_and_does_the_next(engine: Supervisor) -> None:
    events = engine.operate("fake-slow", render("fake-slow"), Priority.PREVIEW)
    await anext(events)
    kill(engine)
    with pytest.raises(MaquetteError) as caught:
        await asyncio.wait_for(last(events), 60.0)
    assert caught.value.reason is Reason.ENGINE_LOST
    assert (await rendered(engine)).picture.spec.width == 64


async def test_a_hold_outlives_the_engine(engine: Supervisor) -> None:
    await rendered(engine)
    engine.hold("fake-rooms")
    kill(engine)
    await wait_for_another(engine)
    await engine.result("fake-rooms", LoadModel(), ModelInfo, Priority.PREVIEW)
    with pytest.raises(MaquetteError) as caught:
        await engine.result("fake-rooms", UnloadModel(), type(None), Priority.PREVIEW)
    assert caught.value.reason is Reason.MODEL_IN_USE
    engine.release("fake-rooms")
    await engine.result("fake-rooms", UnloadModel(), type(None), Priority.PREVIEW)


async def test_operations_above_the_limit_are_refused(engine: Supervisor) -> None:
    tasks = [asyncio.create_task(rendered(engine)) for _ in range(5)]
    results = await asyncio.gather(*tasks, return_exceptions=True)
    refused = [result for result in results if isinstance(result, MaquetteError)]
    assert [error.reason for error in refused] == [Reason.LIMIT_EXCEEDED]
    assert (await rendered(engine)).picture.spec.width == 64


async def test_urgent_work_overtakes_a_long_render(engine: Supervisor) -> None:
    slow = asyncio.create_task(rendered(engine, "fake-slow"))
    await asyncio.sleep(0)
    await engine.result("fake-rooms", render(), RenderSceneResult, Priority.INTERACTIVE)
    assert not slow.done()
    slow.cancel()
    await asyncio.gather(slow, return_exceptions=True)


async def test_an_engine_that_never_starts_is_called_unavailable(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setenv("FAKE_ZOO_FAILS", "1")
    monkeypatch.setattr(supervisor, "BACK_OFF_SECONDS", (0.0, 0.0, 0.0, 30.0))
    engine = Supervisor(EngineSettings(source="fake_zoo"), 4, log=os.open(os.devnull, os.O_WRONLY))
    engine.start()
    with pytest.raises(MaquetteError) as caught:
        await rendered(engine)
    assert caught.value.reason is Reason.ENGINE_UNAVAILABLE
    await engine.stop()


async def test_folders_of_dead_servers_are_removed(memory: Path) -> None:
    abandoned = memory / f"maquette-{os.getuid()}-4194305-abc"
    living = memory / f"maquette-{os.getuid()}-{os.getpid()}-abc"
    for folder in (abandoned, living):
        folder.mkdir()
    shared_bytes.remove_abandoned()
    assert list(memory.iterdir()) == [living]
