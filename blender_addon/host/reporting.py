"""Telling the artist what failed, in the panel and where Blender tells such things."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import bpy

from ..client import ClientError, State
from . import clock


def report_failure(operator: bpy.types.Operator, error: ClientError) -> set[str]:
    """Say what failed and what to do; ends the operator without an undo step."""
    if error.reason == "CANCELLED":
        return {"CANCELLED"}
    if error.reason not in State.__members__:
        clock.world().report(error)
    # In a window, a report of the kind ERROR opens a dialogue; from a script it raises.
    operator.report({"ERROR"}, str(error))
    return {"CANCELLED"}
