from __future__ import annotations

from maquette.engine.messages import Priority
from maquette.engine.scheduler import Advanced, Raised, Returned, Scheduler
from maquette.models.operations import Operation, Progress


def counting(steps: int, closed: list[str] | None = None, name: str = "") -> Operation[object]:
    try:
        for step in range(steps):
            yield Progress(name, step / steps)
        return name
    finally:
        if closed is not None:
            closed.append(name)


def order(scheduler: Scheduler) -> list[int]:
    steps: list[int] = []
    while (step := scheduler.step()) is not None:
        if isinstance(step, Advanced):
            steps.append(step.operation)
    return steps


def test_the_most_urgent_class_goes_first() -> None:
    scheduler = Scheduler()
    scheduler.add(1, counting(2), Priority.BATCH)
    scheduler.add(2, counting(2), Priority.PREVIEW)
    scheduler.add(3, counting(2), Priority.INTERACTIVE)
    assert order(scheduler) == [3, 3, 2, 2, 1, 1]


def test_a_class_is_served_in_turn() -> None:
    scheduler = Scheduler()
    for number in (1, 2, 3):
        scheduler.add(number, counting(2), Priority.PREVIEW)
    assert order(scheduler) == [1, 2, 3, 1, 2, 3]


def test_an_urgent_newcomer_overtakes_a_running_batch() -> None:
    scheduler = Scheduler()
    scheduler.add(1, counting(3), Priority.BATCH)
    scheduler.step()
    scheduler.add(2, counting(2), Priority.INTERACTIVE)
    assert order(scheduler) == [2, 2, 1, 1]


def test_a_result_is_returned_and_the_operation_forgotten() -> None:
    scheduler = Scheduler()
    scheduler.add(1, counting(0, name="result"), Priority.BATCH)
    assert scheduler.step() == Returned(1, "result")
    assert len(scheduler) == 0


def test_an_exception_ends_only_its_operation() -> None:
    def failing() -> Operation[object]:
        yield Progress("", 0.0)
        raise ValueError("broken")

    scheduler = Scheduler()
    scheduler.add(1, failing(), Priority.PREVIEW)
    scheduler.add(2, counting(1), Priority.PREVIEW)
    steps = [scheduler.step() for _ in range(4)]
    assert [step.operation for step in steps if isinstance(step, Raised)] == [1]
    assert [step.operation for step in steps if isinstance(step, Returned)] == [2]


def test_cancelling_runs_the_clean_up_and_takes_the_operation_out() -> None:
    closed: list[str] = []
    scheduler = Scheduler()
    scheduler.add(1, counting(9, closed, "one"), Priority.PREVIEW)
    scheduler.step()
    scheduler.cancel(1)
    assert closed == ["one"]
    assert scheduler.step() is None


def test_a_failing_clean_up_is_survived() -> None:
    def stubborn() -> Operation[object]:
        try:
            yield Progress("", 0.0)
        finally:
            raise ValueError("clean-up failed")

    scheduler = Scheduler()
    scheduler.add(1, stubborn(), Priority.PREVIEW)
    scheduler.step()
    scheduler.cancel(1)
    assert len(scheduler) == 0
