# SPDX-License-Identifier: GPL-3.0-or-later
"""Maquette for Blender: rearrange a generated scene by moving empties.

Only :mod:`.host` knows Blender; everything else is plain Python and is tested without it.
"""

from __future__ import annotations


def register() -> None:
    """Blender enables the extension."""
    from . import host

    host.register()


def unregister() -> None:
    """Blender disables the extension."""
    from . import host

    host.unregister()
