from __future__ import annotations

import grpc
import pytest
from daemon_process import Daemon, reason_of
from maquette_client.v1 import model_pb2


def test_models_are_listed_in_pages(daemon: Daemon) -> None:
    def page(token: str = "") -> model_pb2.ListModelsResponse:
        return daemon.model.ListModels(model_pb2.ListModelsRequest(page_size=2, page_token=token, task="render_scene"))

    first = page()
    second = page(first.next_page_token)
    assert [model.id for model in (*first.models, *second.models)] == ["fake-large", "fake-rooms", "fake-slow"]
    assert second.next_page_token == ""
    assert daemon.model.ListModels(model_pb2.ListModelsRequest(task="translate")).models == []


def test_a_model_is_loaded_and_unloaded_on_request(daemon: Daemon) -> None:
    *updates, last = daemon.model.LoadModel(model_pb2.LoadModelRequest(model_id="fake-large"), timeout=60)
    assert all(update.HasField("progress") for update in updates)
    assert last.result.loaded
    assert daemon.model.GetModel(model_pb2.GetModelRequest(model_id="fake-large")).model.loaded
    daemon.model.UnloadModel(model_pb2.UnloadModelRequest(model_id="fake-large"))
    assert not daemon.model.GetModel(model_pb2.GetModelRequest(model_id="fake-large")).model.loaded


def test_a_deleted_model_is_gone(own_daemon: Daemon) -> None:
    list(own_daemon.model.LoadModel(model_pb2.LoadModelRequest(model_id="fake-slow"), timeout=60))
    own_daemon.model.DeleteModel(model_pb2.DeleteModelRequest(model_id="fake-slow"))
    with pytest.raises(grpc.RpcError) as caught:
        own_daemon.model.GetModel(model_pb2.GetModelRequest(model_id="fake-slow"))
    assert reason_of(caught.value) == "MODEL_NOT_FOUND"
