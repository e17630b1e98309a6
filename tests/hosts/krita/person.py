"""Hands and eyes of an artist at a Krita: keys and mouse by xdotool, everything seen through the probe."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy
from paintings import CHANNELS, DTYPES, Pixels
from studio import Studio

BRIEF_SECONDS = 10
_DRAGS, _LOOKS = 3, 20
_DRAG_TOLERANCE = 3
"""Pixels of the picture by which a selection may differ from where the mouse was."""


class Person:
    """One at a time; Krita may be another after a crash."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.ask = studio.ask
        self.wait_for = studio.wait_for
        self._file = studio.folder / "pixels"

    def begin(self) -> None:
        """Nothing going on, nothing waiting, no document, whatever was left of before."""
        for button in ("cancel", "discard"):
            if self.widget(button):
                self.press(button)
                self.wait_for(lambda button=button: not self.widget(button), f"{button} to be done")
        self.ask("close_documents")

    def open(self, pixels: Pixels, model: str = "RGBA", depth: str = "U8") -> None:
        """Begin a document with one layer, "Background".

        Args:
            pixels: (H, W, channels) in the document's own order (8 and 16 bit: blue, green, red, alpha) and depth.
        """
        height, width = pixels.shape[:2]
        self._file.write_bytes(numpy.ascontiguousarray(pixels, DTYPES[depth]).tobytes())
        self.ask("new_document", width=width, height=height, model=model, depth=depth, pixels=str(self._file))

    def add_layer(self, name: str, pixels: Pixels, left: int, top: int, group: str | None = None) -> None:
        """A paint layer of 8-bit pixels."""
        self._file.write_bytes(numpy.ascontiguousarray(pixels).tobytes())
        bounds = [left, top, pixels.shape[1], pixels.shape[0]]
        self.ask("add_layer", name=name, pixels=str(self._file), bounds=bounds, group=group)

    def document(self) -> dict[str, Any]:
        """What the layers docker shows."""
        return self.ask("document")

    def layers(self) -> list[str]:
        """Names, lowest first; a selection is no layer."""
        return [layer["name"] for layer in self.document()["layers"] if layer["type"] != "selectionmask"]

    def fingerprint(self) -> Any:
        """Equal fingerprints mean the same document to the byte."""
        return self.ask("fingerprint")

    def picture(self, bounds: list[int] | None = None, layer: str | None = None) -> Pixels:
        """The picture's pixels, or a layer's: (H, W, channels) in the document's own depth."""
        seen = self.document()
        bounds = bounds or [0, 0, *seen["size"]]
        self.ask("pixels", path=str(self._file), bounds=bounds, name=layer)
        pixels = numpy.fromfile(self._file, DTYPES[seen["depth"]])
        return pixels.reshape(bounds[3], bounds[2], CHANNELS[seen["model"]])

    def selected(self) -> Pixels:
        """How much of each pixel of the canvas is selected, 0 to 255: (H, W)."""
        width, height = self.document()["size"]
        self.ask("selection_mask", path=str(self._file), bounds=[0, 0, width, height])
        return numpy.fromfile(self._file, numpy.uint8).reshape(height, width)

    def select_mask(self, mask: Pixels, left: int, top: int) -> None:
        """Select what is not zero of 8-bit (H, W)."""
        self._file.write_bytes(numpy.ascontiguousarray(mask).tobytes())
        self.ask("select", bounds=[left, top, mask.shape[1], mask.shape[0]], mask=str(self._file))

    def widget(self, name: str) -> dict[str, Any] | None:
        """A part of the docker by its name without "maquette_", None when it is not to be seen."""
        found = [each for each in self.ask("widgets") if each["name"] == f"maquette_{name}"]
        return found[0] if found else None

    def sentences(self) -> list[str]:
        """What the docker says."""
        return [each["text"] for each in self.ask("widgets") if each["class"] == "QLabel" and each["text"]]

    def told(self, words: str) -> bool:
        """Whether the docker says that, or a window in front does."""
        windows = [text for window in self.ask("dialogs") for text in window["texts"]]
        return any(words.lower() in sentence.lower() for sentence in [*self.sentences(), *windows])

    def wait_to_be_ready(self) -> None:
        """Look at the docker until it says that the daemon is there."""
        self.look_until_told("Connected to Maquette", "Ready.")

    def look_until_told(self, *words: str) -> None:
        """Move the pointer to the docker until it says one of these."""

        def look() -> bool:
            self.rest()
            self.studio.xdotool("mousemove", *map(round, middle(self.ask("docker_place"))))
            return any(map(self.told, words))

        self.wait_for(look, f"the docker to say {words}")

    def rest(self) -> None:
        """Leave the pointer over the canvas."""
        self.studio.xdotool("mousemove", *self.studio.screen_middle)

    def show_options(self, shown: bool = True) -> None:
        """Unfold the docker's options, or fold them."""
        fold = self.wait_for(lambda: self.ask("scroll_to", name="maquette_options_fold"), "the options")
        assert fold
        seen = self.widget("options_fold")
        assert seen is not None
        if seen["isChecked"] != shown:
            self.press("options_fold")

    def reset_options(self) -> None:
        """All as at first, and folded."""
        self.show_options()
        self.press("reset")
        self.show_options(False)

    def wait_for_layers(self, *names: str) -> None:
        """Until the document has these layers, lowest first, and the docker is done."""

        def there() -> bool:
            return self.layers() == list(names) and self.told("Done")

        self.wait_for(there, f"the layers {names}")

    def wait_to_be_told(self, words: str) -> None:
        self.wait_for(lambda: self.told(words), f"the docker to say {words!r}")

    def press(self, name: str) -> None:
        """Click a button of the docker as soon as it may be clicked; again if it moved away from under the click."""
        self.wait_for(lambda: self._point_at(name), f"the button {name}")
        before = self.ask("clicks", name=f"maquette_{name}")
        self.studio.xdotool("click", 1)
        if before is not None:
            deadline = time.monotonic() + BRIEF_SECONDS
            while self.ask("clicks", name=f"maquette_{name}") == before:
                if time.monotonic() > deadline:
                    self.press(name)
                    return

    def _point_at(self, name: str) -> bool:
        """Move the pointer there; whether it is there, and what is there may be clicked."""
        there = self.ask("scroll_to", name=f"maquette_{name}")
        seen = self.widget(name) if there else None
        if seen is None or not seen["enabled"]:
            return False
        self.studio.xdotool("mousemove", *map(round, middle(seen["place"])))
        now = self.widget(name)
        return now is not None and now["under_pointer"] and now["place"] == seen["place"]

    def enter(self, name: str, value: object) -> None:
        """Type into a field of the docker."""
        self.press(name)
        self.studio.xdotool("key", "ctrl+a")
        self.studio.xdotool("type", str(value))
        self.studio.xdotool("key", "Tab")

    def choose(self, name: str, entry: str) -> None:
        """Choose the entry of a list of the docker that begins so."""
        self.press(name)
        entries = self.widget(name)["entries"]
        (place,) = [index for index, each in enumerate(entries) if each.startswith(entry)]
        self.studio.xdotool("key", "Home", *["Down"] * place, "Return")
        self.wait_for(lambda: self.widget(name)["currentText"] == entries[place], f"{entry} to be chosen")

    def keys(self, *keys: str) -> None:
        """Press keys with the mouse over the canvas."""
        self.studio.xdotool("mousemove", *map(round, middle(self.ask("canvas")["seen"])))
        self.studio.xdotool("key", *keys)

    def shortcut(self, action: str) -> None:
        """Press the keys that the menu shows for an action."""
        keys = self.ask("action", name=action)["shortcut"]
        assert keys, f"{action} has no shortcut"
        self.keys(keys.lower().replace("pgup", "Prior").replace("pgdown", "Next"))

    def drag_selection(self, left: int, top: int, wide: int, high: int) -> None:
        """Take the rectangular selection tool and draw with it, in pixels of the picture."""
        self.keys("ctrl+r")
        across = [(left + wide * part, top + high * part) for part in (0.0, 0.25, 0.5, 0.75, 1.0)]
        self._drag_to_select(across)

    def lasso(self, points: Sequence[tuple[float, float]]) -> None:
        """Take the freehand selection tool and draw around something, in pixels of the picture."""
        self.ask("trigger", name="KisToolSelectOutline")
        self._drag_to_select([*points, points[0]])

    def _drag_to_select(self, points: Sequence[tuple[float, float]]) -> None:
        """Drag until what was drawn is selected: on a busy machine Krita may miss the beginning of a drag."""
        for _ in range(_DRAGS):
            self._drag(points)
            for _ in range(_LOOKS):
                if self._is_selected(points):
                    return
                time.sleep(0.1)
        raise AssertionError(f"{points} were dragged over, {self.document()['selection']} is selected")

    def _is_selected(self, points: Sequence[tuple[float, float]]) -> bool:
        selected = self.document()["selection"]
        across, down = zip(*points, strict=True)
        size = self.document()["size"]
        low = [max(0.0, min(across)), max(0.0, min(down))]
        high = [min(float(size[0]), max(across)), min(float(size[1]), max(down))]
        corners = (selected[0], selected[1], selected[0] + selected[2], selected[1] + selected[3])
        return all(abs(one - other) <= _DRAG_TOLERANCE for one, other in zip(corners, (*low, *high), strict=True))

    def _drag(self, points: Sequence[tuple[float, float]]) -> None:
        x, y, width, height = self.ask("canvas")["place"]
        size = self.document()["size"]
        places = [(round(x + a * width / size[0]), round(y + b * height / size[1])) for a, b in points]
        self.studio.xdotool("mousemove", *places[0], "mousedown", 1)
        for place in places[1:]:
            self.studio.xdotool("mousemove", *place, "sleep", 0.05)
        # Krita forgets a movement that comes just before the button is let go.
        self.studio.xdotool("sleep", 0.2, "mouseup", 1)
        # Krita makes the selection first, and draws what was dragged into it later.
        self.wait_for(lambda: (self.document()["selection"] or [0])[-1], "the selection that was drawn")

    def undo(self, steps: int = 1) -> None:
        self._step("ctrl+z", steps)

    def redo(self, steps: int = 1) -> None:
        self._step("ctrl+shift+z", steps)

    def _step(self, keys: str, steps: int) -> None:
        for _ in range(steps):
            before = self.fingerprint()
            self.keys(keys)
            self.wait_for(lambda before=before: self.fingerprint() != before, f"{keys} to change the document")

    def wait_until_it_is(self, fingerprint: Any) -> None:
        """Until the document is that one, to the byte."""
        try:
            self.wait_for(lambda: self.fingerprint() == fingerprint, "the document", BRIEF_SECONDS)
        except AssertionError:
            assert self.fingerprint() == fingerprint

    def photograph(self, path: Path) -> None:
        self.studio.photograph(path)


def middle(place: list[float]) -> tuple[float, float]:
    return place[0] + place[2] / 2, place[1] + place[3] / 2
