"""Protobuf ↔ dataclasses: models, devices and the daemon itself."""

from __future__ import annotations

from maquette_client.v1 import model_pb2, system_pb2

from maquette.engine.messages import Device, EngineState
from maquette.models.requests import ModelInfo
from maquette.server.limits import Limits

ENGINE_STATES = {state: f"ENGINE_STATE_{state.name}" for state in EngineState}


def model_message(info: ModelInfo, loaded: bool) -> model_pb2.Model:
    """A model on the wire."""
    return model_pb2.Model(
        id=info.id,
        system=info.system,
        title=info.title,
        tasks=info.tasks,
        digest=info.digest,
        width=info.width,
        height=info.height,
        file_bytes=info.file_bytes,
        working_set_bytes=info.working_set_bytes,
        dtypes=info.dtypes,
        blob_names=info.blob_names,
        area_normaliser=info.area_normaliser,
        embedded=info.embedded,
        licence=info.licence,
        loaded=loaded,
    )


def device_message(device: Device) -> system_pb2.Device:
    """A device on the wire."""
    return system_pb2.Device(
        name=device.name,
        title=device.title,
        total_bytes=device.total_bytes,
        free_bytes=device.free_bytes,
        in_use=device.in_use,
        explanation=device.explanation,
    )


def limits_message(limits: Limits) -> system_pb2.Limits:
    """The daemon's bounds on the wire."""
    return system_pb2.Limits(
        max_image_side=limits.image_side,
        max_image_bytes=limits.image_bytes,
        max_message_bytes=limits.message_bytes,
        max_inline_bytes=limits.inline_bytes,
        max_blobs=limits.blobs,
        max_samples=limits.samples,
        max_operations=limits.operations,
        max_candidates=limits.candidates,
        max_steps=limits.steps,
    )
