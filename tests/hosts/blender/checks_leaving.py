"""Uninstalling, after everything else."""

from __future__ import annotations

import bpy
from artist import check


@check
def uninstalls(drive):
    repositories = bpy.context.preferences.extensions.repos
    index = next(i for i, each in enumerate(repositories) if each.module == "user_default")
    assert bpy.ops.extensions.package_uninstall(repo_index=index, pkg_id="maquette") == {"FINISHED"}
    assert not hasattr(bpy.types, "MAQUETTE_PT_main")
