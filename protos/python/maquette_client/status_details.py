"""From what grpclib raises to :class:`ClientError`. The rich status is read with care: a broken one is never fatal."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2
from grpclib.const import Status
from grpclib.encoding.base import StatusDetailsCodecBase
from grpclib.exceptions import GRPCError, ProtocolError, StreamTerminatedError

from maquette_client.errors import ClientError

DOMAIN = "maquette"

CONNECTION_LOST = "CONNECTION_LOST"

_ACTION_KEY = "action"

_WITHOUT_DETAILS = {
    Status.UNAUTHENTICATED: ("UNAUTHENTICATED", "Connect again."),
    Status.UNIMPLEMENTED: ("PROTOCOL_MISMATCH", "Bring Maquette and the plugin to the same version."),
    Status.RESOURCE_EXHAUSTED: ("LIMIT_EXCEEDED", "Ask for less at once."),
    Status.DEADLINE_EXCEEDED: ("TIMED_OUT", "Try again; `maquette status` says what the daemon is doing."),
    Status.CANCELLED: ("CANCELLED", ""),
    Status.UNAVAILABLE: (CONNECTION_LOST, "Try again; `maquette status` says whether the daemon runs."),
    Status.INVALID_ARGUMENT: ("INVALID_ARGUMENT", ""),
}


class ErrorInfoCodec(StatusDetailsCodecBase):
    """Reads the first ErrorInfo of Maquette's domain out of ``grpc-status-details-bin``."""

    def encode(self, status: Status, message: str | None, details: Any) -> bytes:
        """Details for the wire: a sequence of protobuf messages. Only servers of tests do this."""
        packed = status_pb2.Status(code=status.value, message=message or "")
        for detail in details or ():
            packed.details.add().Pack(detail)
        return packed.SerializeToString()

    def decode(self, status: Status, message: str | None, data: bytes) -> Sequence[Message]:
        """The ErrorInfo messages; empty when the bytes are not what they should be."""
        try:
            packed = status_pb2.Status.FromString(data)
        except (DecodeError, ValueError):
            return ()
        return [info for detail in packed.details if (info := _error_info(detail)) is not None]


def _error_info(detail: Any) -> error_details_pb2.ErrorInfo | None:
    info = error_details_pb2.ErrorInfo()
    try:
        unpacked = detail.Unpack(info)
    except (DecodeError, ValueError):
        return None
    return info if unpacked and info.domain == DOMAIN and info.reason else None


def client_error(error: BaseException) -> ClientError:
    """The :class:`ClientError` that says what an exception from a call means to a person."""
    if isinstance(error, ClientError):
        return error
    if isinstance(error, GRPCError):
        return _from_status(error)
    if isinstance(error, (asyncio.TimeoutError, TimeoutError)):
        return ClientError(
            "TIMED_OUT", "The daemon did not answer in time.", _WITHOUT_DETAILS[Status.DEADLINE_EXCEEDED][1]
        )
    if isinstance(error, (StreamTerminatedError, OSError, ProtocolError)):
        return ClientError(
            CONNECTION_LOST,
            "The connection to the daemon was lost.",
            "Try again; `maquette status` says whether the daemon runs.",
        )
    return ClientError(
        "INTERNAL",
        f"The daemon's answer could not be read ({type(error).__name__}: {error}).",
        "Bring Maquette and the plugin to the same version.",
    )


def _from_status(error: GRPCError) -> ClientError:
    infos = [detail for detail in error.details or () if isinstance(detail, error_details_pb2.ErrorInfo)]
    message = error.message or f"The daemon refused with {error.status.name} and gave no reason."
    if infos:
        details = dict(infos[0].metadata)
        return ClientError(infos[0].reason, message, details.pop(_ACTION_KEY, ""), details)
    reason, action = _WITHOUT_DETAILS.get(error.status, ("INTERNAL", "Look into the daemon's log: `maquette doctor`."))
    return ClientError(reason, message, action)
