# SPDX-License-Identifier: GPL-3.0-or-later
"""Maquette for Krita: fill a selection, extend the picture, colour a layer, repair a JPEG.

Only :mod:`.host` knows Krita, and only what shows something knows Qt; all else is plain Python.
"""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("krita") is not None:
    from .host import register

    register()
