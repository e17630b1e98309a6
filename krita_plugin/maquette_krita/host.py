# pyright: basic
"""The plugin as Krita sees it: the docker, the actions, the settings. The only module that imports Krita."""

from __future__ import annotations

from functools import partial
from typing import Any

from krita import DockWidget, DockWidgetFactory, DockWidgetFactoryBase, Extension, Krita  # type: ignore

from . import strings
from .client import Pump
from .colour import ColourFormat
from .documents import KritaCanvas
from .jobs import Side, Verb
from .panel import Panel
from .studio import Studio
from .turning import Turner

GROUP = "maquette"
DOCKER_ID = "maquette_docker"
_MENU = "tools/scripts"

# Action id → text, verb and sides. Their shortcuts are in maquette_krita.action.
ACTIONS = {
    "maquette_fill": (strings.FILL, Verb.FILL, ()),
    "maquette_remove": (strings.REMOVE, Verb.REMOVE, ()),
    "maquette_extend_left": (f"{strings.EXTEND} – {strings.EXTEND_LEFT}", Verb.EXTEND, (Side.LEFT,)),
    "maquette_extend_right": (f"{strings.EXTEND} – {strings.EXTEND_RIGHT}", Verb.EXTEND, (Side.RIGHT,)),
    "maquette_extend_top": (f"{strings.EXTEND} – {strings.EXTEND_TOP}", Verb.EXTEND, (Side.TOP,)),
    "maquette_extend_bottom": (f"{strings.EXTEND} – {strings.EXTEND_BOTTOM}", Verb.EXTEND, (Side.BOTTOM,)),
    "maquette_extend_all": (f"{strings.EXTEND} – {strings.EXTEND_ALL}", Verb.EXTEND, tuple(Side)),
    "maquette_colorize": (strings.COLORIZE, Verb.COLORIZE, ()),
    "maquette_restore_jpeg": (strings.RESTORE, Verb.RESTORE_JPEG, ()),
}
CANCEL_ACTION = "maquette_cancel"


class KritaHost:
    """The running Krita."""

    def active_canvas(self) -> KritaCanvas | None:
        """The document that is being worked on."""
        document = Krita.instance().activeDocument()
        return self._canvas(document) if document is not None else None

    def open_picture(self, name: str, size: tuple[int, int], colour: ColourFormat, resolution: float) -> KritaCanvas:
        """Make a new document and show it."""
        application = Krita.instance()
        document = application.createDocument(*size, name, colour.model, colour.depth, colour.profile, resolution)
        window = application.activeWindow()
        if window is not None:
            window.addView(document)
        return self._canvas(document)

    def read_setting(self, key: str) -> str:
        """From Krita's own settings file."""
        return Krita.instance().readSetting(GROUP, key, "")

    def write_setting(self, key: str, value: str) -> None:
        """To Krita's own settings file."""
        Krita.instance().writeSetting(GROUP, key, value)

    def _canvas(self, document: object) -> KritaCanvas:
        return KritaCanvas(document, lambda: Krita.instance().documents())


class _Plugin:
    """What all windows share."""

    def __init__(self) -> None:
        self.pump = Pump()
        self.turner = Turner(self.pump)
        self.studio = Studio(KritaHost(), self.pump)
        self.turner.on_stir = self.studio.glance

    def close(self) -> None:
        """Krita ends: let the daemon drop whatever it does for it."""
        if not self.pump.closed:
            self.turner.close()
            self.studio.close()


_plugin: _Plugin | None = None


def plugin() -> _Plugin:
    """The running plugin, made when it is first needed."""
    global _plugin
    if _plugin is None:
        _plugin = _Plugin()
    return _plugin


class MaquetteDocker(DockWidget):
    """The docker "Maquette"."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(strings.TITLE)
        self.panel = Panel(plugin().studio)
        self.setWidget(self.panel)

    def canvasChanged(self, canvas: object) -> None:  # noqa: N802 - Krita calls it so
        """Another document is in front."""
        self.panel.look()


class MaquetteExtension(Extension):
    """The actions under Tools ▸ Scripts."""

    def setup(self) -> None:
        """Krita has started."""
        notifier = Krita.instance().notifier()
        notifier.setActive(True)
        notifier.applicationClosing.connect(plugin().close)

    def createActions(self, window: Any) -> None:  # noqa: N802 - Krita calls it so
        """A window was made."""
        studio = plugin().studio
        for name, (text, verb, sides) in ACTIONS.items():
            action = window.createAction(name, f"{strings.TITLE}: {text}", _MENU)
            action.triggered.connect(partial(_press, studio, verb, sides))
        action = window.createAction(CANCEL_ACTION, f"{strings.TITLE}: {strings.CANCEL}", _MENU)
        action.triggered.connect(lambda *_: studio.cancel())


def _press(studio: Studio, verb: Verb, sides: tuple[Side, ...], *_checked: object) -> None:
    studio.press(verb, sides)


def register() -> None:
    """Krita loads the plugin."""
    application = Krita.instance()
    application.addExtension(MaquetteExtension(application))
    area = getattr(DockWidgetFactoryBase, "DockPosition", DockWidgetFactoryBase).DockRight
    application.addDockWidgetFactory(DockWidgetFactory(DOCKER_ID, area, MaquetteDocker))
