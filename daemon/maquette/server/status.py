"""Errors on the wire: a MaquetteError as a google.rpc.Status, translated here and nowhere else."""

from __future__ import annotations

from typing import Any, NoReturn

from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc import StatusCode
from grpc.aio import ServicerContext

from maquette.errors import MaquetteError, Reason

DOMAIN = "maquette"
DETAILS_KEY = "grpc-status-details-bin"

_CODES = {
    StatusCode.INVALID_ARGUMENT: (
        Reason.INVALID_ARGUMENT,
        Reason.NOT_A_FINITE_NUMBER,
        Reason.BLOB_ALREADY_EXISTS,
        Reason.SCENE_MODEL_MISMATCH,
        Reason.CHECKPOINT_UNSAFE,
        Reason.CHECKPOINT_CORRUPT,
        Reason.CONTENT_CORRUPT,
    ),
    StatusCode.RESOURCE_EXHAUSTED: (Reason.LIMIT_EXCEEDED, Reason.OUT_OF_MEMORY),
    StatusCode.NOT_FOUND: (Reason.MODEL_NOT_FOUND, Reason.CONTENT_NOT_FOUND, Reason.BLOB_NOT_FOUND),
    StatusCode.UNAUTHENTICATED: (Reason.UNAUTHENTICATED,),
    StatusCode.FAILED_PRECONDITION: (
        Reason.PROTOCOL_MISMATCH,
        Reason.MODEL_IN_USE,
        Reason.IMPORT_NOT_ALLOWED,
        Reason.MODEL_UNSUPPORTED,
        Reason.ALREADY_RUNNING,
        Reason.UNSAFE_DIRECTORY,
        Reason.NOT_INSTALLED,
    ),
    StatusCode.UNAVAILABLE: (Reason.ENGINE_LOST, Reason.ENGINE_UNAVAILABLE),
    StatusCode.CANCELLED: (Reason.CANCELLED,),
    StatusCode.INTERNAL: (Reason.INTERNAL,),
}
CODE_OF = {reason: code for code, reasons in _CODES.items() for reason in reasons}

# gRPC sends details in a header; beyond this they would be refused on the way.
_LONGEST_MESSAGE = 1000


def status_of(error: MaquetteError) -> Status:
    """The rich status of an error."""
    info = ErrorInfo(reason=error.reason.value, domain=DOMAIN, metadata={**error.details, "action": error.action})
    packed = AnyMessage()
    packed.Pack(info)
    code = CODE_OF.get(error.reason, StatusCode.INTERNAL)
    return Status(code=code.value[0], message=error.message[:_LONGEST_MESSAGE], details=[packed])


async def abort(context: ServicerContext[Any, Any], error: MaquetteError) -> NoReturn:
    """End a call with an error."""
    code = CODE_OF.get(error.reason, StatusCode.INTERNAL)
    details = status_of(error).SerializeToString()
    await context.abort(code, error.message[:_LONGEST_MESSAGE], ((DETAILS_KEY, details),))
    raise AssertionError("abort raises")
