from __future__ import annotations

import queue
from collections.abc import Iterator

import grpc
import pytest
from daemon_process import Daemon, reason_of, wait_until
from edit_client import EditClient
from fake_zoo import INFO
from maquette_client.v1 import model_pb2, scene_pb2
from scene_verbs import frame, scene

Request = scene_pb2.RenderAnimationRequest


class Animation:
    """A caller that sends one scene at a time."""

    def __init__(self, daemon: Daemon) -> None:
        self._requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self.responses = daemon.scene.RenderAnimation(iter(self._requests.get, None), timeout=60)

    def send(self, *requests: Request) -> None:
        for request in requests:
            self._requests.put(request)

    def end(self) -> None:
        self._requests.put(None)


def test_frames_come_in_the_order_in_which_they_were_sent(daemon: Daemon) -> None:
    requests = [frame(number, scene=scene(blobs=blobs)) for number, blobs in ((7, 3), (-1, 5), (7, 4))]
    responses = list(daemon.scene.RenderAnimation(iter(requests), timeout=60))
    assert [(one.frame, one.image.inline[0]) for one in responses] == [(7, 3), (-1, 5), (7, 4)]
    assert dict(responses[0].timing.stage_milliseconds) == {"decode": 1.0}
    assert responses[0].timing.total_milliseconds > 0
    assert responses[0].provenance.model_digest == INFO.digest


def test_many_more_frames_than_are_read_ahead_are_all_answered(daemon: Daemon) -> None:
    requests = (frame(number, scene=scene(number, blobs=number)) for number in range(100))
    responses = daemon.scene.RenderAnimation(requests, timeout=60)
    assert [(one.frame, one.image.inline[0]) for one in responses] == [(number, number) for number in range(100)]


def test_a_scene_that_does_not_change_is_rendered_once(daemon: Daemon) -> None:
    seeds = (1, 1, 1, 2, 1)
    requests = [frame(number, scene=scene(seed, model_id="fake-counting")) for number, seed in enumerate(seeds)]
    responses = list(daemon.scene.RenderAnimation(iter(requests), timeout=60))
    first = responses[0].image.inline[0]
    assert [one.image.inline[0] - first for one in responses] == [0, 0, 0, 1, 2]


def test_a_frame_is_answered_before_the_next_is_sent(daemon: Daemon) -> None:
    animation = Animation(daemon)
    for number in range(3):
        animation.send(frame(number, scene=scene(blobs=number)))
        assert next(animation.responses).frame == number
    animation.end()
    assert list(animation.responses) == []


def test_large_pictures_are_sent_by_name(daemon: Daemon) -> None:
    (response,) = daemon.scene.RenderAnimation(iter([frame(scene=scene(model_id="fake-large"))]), timeout=60)
    assert response.image.WhichOneof("data") == "content_id"


def test_an_edit_overtakes_an_animation(daemon: Daemon) -> None:
    animation = Animation(daemon)
    animation.send(frame(scene=scene(model_id="fake-slow")))
    wait_until(lambda: _is_loaded(daemon, "fake-slow"))
    editor = EditClient(daemon, scene())
    editor.edit(0.7, settle=True)
    assert editor.until_final(1)[-1].revision == 1
    editor.close()
    animation.responses.cancel()


def test_leaving_an_animation_cancels_the_frame_and_lets_the_model_go(daemon: Daemon) -> None:
    animation = Animation(daemon)
    animation.send(frame(scene=scene(model_id="fake-slow")), frame(scene=scene(model_id="fake-slow")))
    wait_until(lambda: _is_loaded(daemon, "fake-slow"))
    animation.responses.cancel()
    wait_until(lambda: _unloads(daemon, "fake-slow"))


def test_a_killed_engine_ends_an_animation_and_the_rest_can_be_asked_for_again(own_daemon: Daemon) -> None:
    animation = Animation(own_daemon)
    animation.send(frame(1, scene=scene(model_id="fake-slow")), frame(2, scene=scene(model_id="fake-slow")))
    wait_until(lambda: _is_loaded(own_daemon, "fake-slow"))
    own_daemon.engine().kill()
    with pytest.raises(grpc.RpcError) as caught:
        next(animation.responses)
    assert reason_of(caught.value) == "ENGINE_LOST"
    assert next(own_daemon.scene.RenderAnimation(iter([frame(2)]), timeout=60)).frame == 2


def test_more_animations_than_allowed_are_refused(daemon: Daemon) -> None:
    animations = [Animation(daemon) for _ in range(4)]
    for animation in animations:
        animation.send(frame())
        next(animation.responses)
    with pytest.raises(grpc.RpcError) as caught:
        list(daemon.scene.RenderAnimation(iter([frame()]), timeout=60))
    assert reason_of(caught.value) == "LIMIT_EXCEEDED"
    for animation in animations:
        animation.end()
        assert list(animation.responses) == []
    assert len(list(daemon.scene.RenderAnimation(iter([frame()]), timeout=60))) == 1


def broken(number: int) -> Iterator[tuple[Request, str]]:
    yield Request(frame=number), "INVALID_ARGUMENT"
    yield frame(number, scene=scene_pb2.Scene()), "INVALID_ARGUMENT"
    yield frame(number, scene=scene(blobs=257)), "LIMIT_EXCEEDED"
    yield frame(number, scene=scene(model_id="nobody")), "MODEL_NOT_FOUND" if number == 0 else "SCENE_MODEL_MISMATCH"
    other_weights = scene()
    other_weights.model_digest = "0" * 64
    yield frame(number, scene=other_weights), "SCENE_MODEL_MISMATCH"
    not_a_number = scene()
    not_a_number.blobs[0].ellipse.x = float("nan")
    yield frame(number, scene=not_a_number), "NOT_A_FINITE_NUMBER"
    outside = scene()
    outside.blobs[0].ellipse.x = 1e9
    yield frame(number, scene=outside), "INVALID_ARGUMENT"


@pytest.mark.parametrize(("request_", "reason"), list(broken(0)))
def test_a_broken_first_frame_is_refused(daemon: Daemon, request_: Request, reason: str) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        list(daemon.scene.RenderAnimation(iter([request_]), timeout=60))
    assert reason_of(caught.value) == reason


@pytest.mark.parametrize(("request_", "reason"), list(broken(2)))
def test_a_broken_frame_is_refused_when_its_turn_has_come(daemon: Daemon, request_: Request, reason: str) -> None:
    responses = daemon.scene.RenderAnimation(iter([frame(1), request_, frame(3)]), timeout=60)
    assert next(responses).frame == 1
    with pytest.raises(grpc.RpcError) as caught:
        next(responses)
    assert reason_of(caught.value) == reason


def test_an_animation_of_nothing_is_refused(daemon: Daemon) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        list(daemon.scene.RenderAnimation(iter([]), timeout=60))
    assert reason_of(caught.value) == "INVALID_ARGUMENT"


def _is_loaded(daemon: Daemon, model_id: str) -> bool:
    models = daemon.model.ListModels(model_pb2.ListModelsRequest()).models
    return any(model.id == model_id and model.loaded for model in models)


def _unloads(daemon: Daemon, model_id: str) -> bool:
    try:
        daemon.model.UnloadModel(model_pb2.UnloadModelRequest(model_id=model_id), timeout=60)
    except grpc.RpcError as error:
        if reason_of(error) != "MODEL_IN_USE":
            raise
        return False
    return True
