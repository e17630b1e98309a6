"""Which servicer answers for which service. The generated functions carry no types: this is their one edge."""
# pyright: basic

from __future__ import annotations

import grpc.aio
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server

from maquette.server.context import Services
from maquette.server.generated.content_pb2_grpc import add_ContentServiceServicer_to_server
from maquette.server.generated.model_pb2_grpc import add_ModelServiceServicer_to_server
from maquette.server.generated.paint_pb2_grpc import add_PaintServiceServicer_to_server
from maquette.server.generated.scene_pb2_grpc import add_SceneServiceServicer_to_server
from maquette.server.generated.system_pb2_grpc import add_SystemServiceServicer_to_server
from maquette.server.services.content import ContentService
from maquette.server.services.model import ModelService
from maquette.server.services.paint import PaintService
from maquette.server.services.scene import SceneService
from maquette.server.services.system import SystemService


def add_services(server: grpc.aio.Server, services: Services) -> None:
    """Let a server answer for everything in the contract, and for health checks."""
    add_SystemServiceServicer_to_server(SystemService(services), server)
    add_ContentServiceServicer_to_server(ContentService(services), server)
    add_ModelServiceServicer_to_server(ModelService(services), server)
    add_SceneServiceServicer_to_server(SceneService(services), server)
    add_PaintServiceServicer_to_server(PaintService(services), server)
    add_HealthServicer_to_server(services.health, server)
