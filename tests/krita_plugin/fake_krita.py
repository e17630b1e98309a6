"""As much of Krita's Python API as the plugin calls, on the Qt binding that MAQUETTE_TEST_QT names.

Importing this puts the modules `krita` and `pykrita` in place, as Krita's embedded Python has them.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

VERSION = int(os.environ["MAQUETTE_TEST_QT"])

core, gui, widgets = (import_module(f"PyQt{VERSION}.{name}") for name in ("QtCore", "QtGui", "QtWidgets"))
action_class = gui.QAction if VERSION == 6 else widgets.QAction


class Notifier(core.QObject):
    applicationClosing = core.pyqtSignal()  # noqa: N815

    def setActive(self, active: bool) -> None:  # noqa: N802
        self.active = active


class Extension(core.QObject):
    pass


class DockWidget(widgets.QDockWidget):
    pass


class DockWidgetFactoryBase:
    DockRight = "right"


class DockWidgetFactory:
    def __init__(self, name: str, area: object, make: type) -> None:
        self.name, self.area, self.make = name, area, make


class Window:
    def __init__(self) -> None:
        self.actions: dict[str, Any] = {}
        self.views: list[Any] = []

    def createAction(self, name: str, text: str, menu: str) -> Any:  # noqa: N802
        assert menu == "tools/scripts"
        self.actions[name] = action_class(text)
        return self.actions[name]

    def addView(self, document: Any) -> None:  # noqa: N802
        self.views.append(document)


class Application(core.QObject):
    def __init__(self) -> None:
        super().__init__()
        self.extensions, self.factories, self.open, self.window = [], [], [], Window()
        self.settings: dict[tuple[str, str], str] = {}
        self.bell = Notifier()

    def addExtension(self, extension: Any) -> None:  # noqa: N802
        self.extensions.append(extension)

    def addDockWidgetFactory(self, factory: Any) -> None:  # noqa: N802
        self.factories.append(factory)

    def notifier(self) -> Any:
        return self.bell

    def activeDocument(self) -> Any:  # noqa: N802
        return self.open[-1] if self.open else None

    def activeWindow(self) -> Any:  # noqa: N802
        return self.window

    def documents(self) -> list[Any]:
        return list(self.open)

    def createDocument(self, width, height, name, model, depth, profile, resolution) -> Any:  # noqa: N802
        assert resolution > 0
        self.open.append(Document(width, height, model, depth, profile))
        return self.open[-1]

    def readSetting(self, group: str, key: str, default: str) -> str:  # noqa: N802
        return self.settings.get((group, key), default)

    def writeSetting(self, group: str, key: str, value: str) -> None:  # noqa: N802
        self.settings[group, key] = value


class Node:
    def __init__(self, name: str, kind: str, colour: tuple[str, str, str]) -> None:
        self._name, self._kind, self.colour = name, kind, colour
        self.id, self.parent, self.children = core.QUuid.createUuid(), None, []
        self.is_locked, self.is_visible, self.pixels = False, True, {}
        self.clones = 0

    def name(self):
        return self._name

    def setName(self, name):  # noqa: N802
        self._name = name

    def type(self):
        return self._kind

    def locked(self):
        return self.is_locked

    def setVisible(self, visible):  # noqa: N802
        self.is_visible = visible

    def uniqueId(self):  # noqa: N802
        return self.id

    def parentNode(self):  # noqa: N802
        return self.parent

    def childNodes(self):  # noqa: N802
        return list(self.children)

    def colorModel(self):  # noqa: N802
        return self.colour[0]

    def colorDepth(self):  # noqa: N802
        return self.colour[1]

    def colorProfile(self):  # noqa: N802
        return self.colour[2]

    def setColorSpace(self, *colour):  # noqa: N802
        self.colour = colour
        return True

    def bounds(self):
        return core.QRect(1, 2, 3, 4)

    def setPixelData(self, data, *place):  # noqa: N802
        assert isinstance(data, core.QByteArray)
        self.pixels[place] = bytes(data)

    def pixelData(self, *place):  # noqa: N802
        return core.QByteArray(b"own" + bytes(place))

    def projectionPixelData(self, *place):  # noqa: N802
        return core.QByteArray(b"shown" + bytes(place))

    def clone(self):
        self.clones += 1
        return Node(f"{self._name} (copy)", self._kind, self.colour)

    def addChildNode(self, node, above):  # noqa: N802
        at = len(self.children) if above is None else self.children.index(above) + 1
        self.children.insert(at, node)
        node.parent = self
        return True

    def remove(self):
        self.parent.children.remove(self)
        self.parent = None


class Selection:
    def __init__(self, place: tuple[int, int, int, int]) -> None:
        self.place, self.copies = place, 0

    def x(self):
        return self.place[0]

    def y(self):
        return self.place[1]

    def width(self):
        return self.place[2]

    def height(self):
        return self.place[3]

    def duplicate(self):
        self.copies += 1
        return Selection(self.place)

    def pixelData(self, *place):  # noqa: N802
        return core.QByteArray(bytes(place))


class Document:
    def __init__(self, width, height, model="RGBA", depth="U8", profile="sRGB-elle-V2-srgbtrc.icc") -> None:
        self.extent, self.colour = (width, height), (model, depth, profile)
        self.root = Node("root", "grouplayer", self.colour)
        self.background = Node("Background", "paintlayer", self.colour)
        self.root.addChildNode(self.background, None)
        self.active, self.chosen, self.resized = self.background, None, None

    def width(self):
        return self.extent[0]

    def height(self):
        return self.extent[1]

    def colorModel(self):  # noqa: N802
        return self.colour[0]

    def colorDepth(self):  # noqa: N802
        return self.colour[1]

    def colorProfile(self):  # noqa: N802
        return self.colour[2]

    def rootNode(self):  # noqa: N802
        return self.root

    def activeNode(self):  # noqa: N802
        return self.active

    def setActiveNode(self, node):  # noqa: N802
        self.active = node

    def selection(self):
        return self.chosen

    def createNode(self, name, kind):  # noqa: N802
        return Node(name, kind, self.colour)

    def createGroupLayer(self, name):  # noqa: N802
        return Node(name, "grouplayer", self.colour)

    def pixelData(self, *place):  # noqa: N802
        return core.QByteArray(b"all" + bytes(place))

    def waitForDone(self):  # noqa: N802
        self.waited = True

    def resizeImage(self, *place):  # noqa: N802
        self.resized = place


application = Application()


class Krita:
    instance = staticmethod(lambda: application)


_krita, _pykrita = ModuleType("krita"), ModuleType("pykrita")
_krita.__spec__ = ModuleSpec("krita", None)
for _thing in (Extension, DockWidget, DockWidgetFactoryBase, DockWidgetFactory, Krita):
    setattr(_krita, _thing.__name__, _thing)
_pykrita.qt_major_version = lambda: VERSION
sys.modules["krita"], sys.modules["pykrita"] = _krita, _pykrita
