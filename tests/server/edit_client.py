"""A client of one edit stream."""

from __future__ import annotations

import queue

from daemon_process import Daemon
from maquette_client.v1 import scene_pb2

Edit = scene_pb2.EditSceneRequest
Patch = scene_pb2.ScenePatch


class EditClient:
    """A client of one edit stream that can be told when to acknowledge."""

    def __init__(self, daemon: Daemon, opened: scene_pb2.Scene) -> None:
        self._requests: queue.SimpleQueue[Edit | None] = queue.SimpleQueue()
        self.responses = daemon.scene.EditScene(iter(self._requests.get, None), timeout=60)
        self._requests.put(Edit(open=Edit.Open(scene=opened)))
        self.revision = 0

    def edit(self, x: float, settle: bool = False, blob_id: str = "b0") -> None:
        self.revision += 1
        ellipse = scene_pb2.Ellipse(x=x, y=0.5, size=1.0, aspect=1.0)
        patch = Patch(set_ellipse=Patch.SetEllipse(blob_id=blob_id, ellipse=ellipse))
        self._requests.put(Edit(edit=Edit.Edit(revision=self.revision, patches=[patch], settle=settle)))

    def acknowledge(self, frame: scene_pb2.EditSceneResponse.Frame) -> None:
        self._requests.put(Edit(acknowledge=Edit.Acknowledge(revision=frame.revision)))

    def frame(self) -> scene_pb2.EditSceneResponse.Frame:
        response = next(self.responses)
        assert response.HasField("frame"), response
        return response.frame

    def until_final(self, revision: int) -> list[scene_pb2.EditSceneResponse.Frame]:
        frames = []
        while True:
            frames.append(self.frame())
            self.acknowledge(frames[-1])
            if frames[-1].quality == scene_pb2.EditSceneResponse.QUALITY_FINAL and frames[-1].revision >= revision:
                return frames

    def close(self) -> None:
        self._requests.put(None)
        assert list(self.responses) == []
