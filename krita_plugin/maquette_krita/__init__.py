# SPDX-License-Identifier: GPL-3.0-or-later
"""Maquette for Krita: fill a selection, extend the picture, colour a layer, repair a JPEG.

Only :mod:`.host` knows Krita, and only what shows something knows Qt; all else is plain Python.
"""

from __future__ import annotations

from importlib.util import find_spec

_krita = find_spec("krita")
# A folder that happens to be called "krita" is found too, but comes from no file.
if _krita is not None and _krita.origin is not None:
    from .host import register

    register()
