from __future__ import annotations

import asyncio
import os
import sys

import pytest
from maquette_client.errors import ClientError
from maquette_client.pump import Pump

# A turn ends by itself when nothing is left to do: what is tested is not how fast this machine is just now.
UNHURRIED = 3600.0


@pytest.fixture
def pump():
    pump = Pump()
    yield pump
    pump.close()


async def answer(value: int, pauses: int = 3) -> int:
    for _ in range(pauses):
        await asyncio.sleep(0)
    return value


def test_a_submitted_coroutine_runs_only_in_turns_and_then_tells_its_result(pump):
    results = []
    handle = pump.submit(answer(7), lambda handle: results.append(handle.result()))
    assert (pump.busy, handle.done, results) == (True, False, [])
    pump.turn(UNHURRIED)
    assert (pump.busy, handle.done, results) == (False, True, [7])


def test_the_host_is_told_once_when_there_is_something_to_turn_for(pump):
    starts = []
    pump.on_busy = lambda: starts.append(1)
    pump.submit(answer(1))
    pump.submit(answer(2))
    assert len(starts) == 1
    while pump.turn():
        pass
    pump.submit(answer(3))
    assert len(starts) == 2


def test_a_turn_keeps_to_its_budget_however_much_there_is_to_do(pump):
    passes = []

    async def endless():
        while True:
            passes.append(1)
            await asyncio.sleep(0)

    handle = pump.submit(endless())
    pump.turn(budget_seconds=0.0)
    assert len(passes) == 1
    assert pump.turn(budget_seconds=0.001)
    handle.cancel()


def test_a_turn_without_work_does_not_wait(pump):
    waits = asyncio.Event

    async def forever():
        await waits().wait()

    pump.submit(forever())
    assert pump.turn(UNHURRIED)


def test_background_work_does_not_make_the_pump_busy_unless_its_source_says_so(pump):
    handle = pump.submit(answer(1), background=True)
    assert not pump.busy
    pump.add_source(lambda: not handle.done)
    assert pump.busy
    pump.turn(UNHURRIED)
    assert not pump.busy


def test_a_cancelled_handle_says_cancelled(pump):
    handle = pump.submit(asyncio.sleep(3600))
    handle.cancel()
    pump.turn(UNHURRIED)
    assert handle.done
    with pytest.raises(ClientError) as caught:
        handle.result()
    assert caught.value.reason == "CANCELLED"


def test_a_failure_reaches_the_one_who_asks_for_the_result(pump):
    async def fail():
        raise ClientError("OUT_OF_MEMORY", "Too large.", "Take less.")

    handle = pump.submit(fail())
    pump.turn(UNHURRIED)
    with pytest.raises(ClientError, match="Too large"):
        handle.result()


def test_run_waits_for_the_result_and_gives_up_after_the_timeout(pump):
    assert pump.run(asyncio.sleep(0.01, 5)) == 5
    with pytest.raises(ClientError) as caught:
        pump.run(asyncio.sleep(3600), timeout=0.01)
    assert caught.value.reason == "TIMED_OUT"


def test_what_an_interrupt_left_running_is_cancelled_by_close():
    ended = []

    async def interrupted():
        asyncio.get_running_loop().call_soon(interrupt)
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append(1)

    def interrupt():
        raise KeyboardInterrupt

    pump = Pump()
    with pytest.raises(KeyboardInterrupt):
        pump.run(interrupted())
    assert not ended
    pump.close()
    assert ended


def test_closing_cancels_what_runs_and_frees_every_descriptor():
    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))

    if not sys.platform.startswith("linux"):
        pytest.skip("counts descriptors by /proc")
    before = descriptors()
    ended = []

    async def tidy():
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append(1)

    for _ in range(5):
        pump = Pump()
        pump.submit(tidy())
        pump.turn()
        pump.close()
        pump.close()
    assert len(ended) == 5
    assert descriptors() == before


def test_the_wait_descriptor_becomes_readable_with_traffic(pump):
    import select
    import socket

    if pump.wait_descriptor is None:
        pytest.skip("no such descriptor on this platform")
    left, right = socket.socketpair()
    left.setblocking(False)
    received = []

    async def receive():
        received.append(await asyncio.get_running_loop().sock_recv(left, 10))

    pump.submit(receive())
    pump.turn()
    assert select.select([pump.wait_descriptor], [], [], 0)[0] == []
    right.send(b"x")
    assert select.select([pump.wait_descriptor], [], [], 60)[0]
    while pump.turn():
        pass
    assert received == [b"x"]
    left.close()
    right.close()
