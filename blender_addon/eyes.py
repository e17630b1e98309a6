"""Which empties are hidden by their eye, for when Blender's undo forgets it.

Blender keeps the eyes in its scene, each beside the address that its object had. Undo reads the scene anew, and where
the memory that it gets for that is an object's former place, the object is taken for the scene and gets a new eye,
which is open: a few times in a thousand undos after which deleted things are back. So an eye that undo left open is
closed again if it was never seen open under the same setting.

A setting is what undo keeps apart: which object it is, and which of Maquette's changes of its eye was the last one.
Changes by Blender's own means leave the setting as it is, so they are seen as a second state of it, and what undo
brings back is believed.
"""

from __future__ import annotations

from collections.abc import Hashable


class EyeBook:
    """Remembers whether eyes were seen open or closed."""

    def __init__(self) -> None:
        self._seen: dict[Hashable, set[bool]] = {}

    def forget(self) -> None:
        """Another file was opened: settings mean other objects now."""
        self._seen.clear()

    def note(self, setting: Hashable, hidden: bool) -> None:
        """An eye is seen, and not just after undo."""
        self._seen.setdefault(setting, set()).add(hidden)

    def was_forgotten(self, setting: Hashable, hidden: bool) -> bool:
        """Whether undo, which left an eye at ``hidden``, should have left it closed.

        Of a setting that was never seen before nothing can be told, now or later.
        """
        return not hidden and self._seen.setdefault(setting, {False, True}) == {True}
