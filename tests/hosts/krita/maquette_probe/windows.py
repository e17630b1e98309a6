"""What is on the screen, and where."""

from __future__ import annotations

import sys
from functools import lru_cache

from krita import Krita
from PyQt5.QtCore import QPoint, QRect, Qt
from PyQt5.QtWidgets import QAbstractButton, QApplication, QComboBox, QDockWidget, QLabel, QScrollArea, QWidget

from .verbs import verb

DOCKER = "Maquette"
NAMES = "maquette_"
COUNTED = "maquette_probe_clicks"
CANVASES = ("KisQPainterCanvas", "KisOpenGLCanvas2")


def main_window():
    return Krita.instance().activeWindow().qwindow()


def on_screen(widget):
    """Where a widget is; None where nothing of it is within all that it lies in."""
    if not widget.isVisible():
        return None
    place = QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())
    while widget.parentWidget() is not None and not widget.isWindow():
        widget = widget.parentWidget()
        place = place.intersected(QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size()))
    return None if place.isEmpty() else [place.x(), place.y(), place.width(), place.height()]


@verb
def program():
    """Whether the main window is up, and which Krita and Python this is."""
    window = Krita.instance().activeWindow()
    return {
        "krita": Krita.instance().version(),
        "python": sys.version.split()[0],
        "window": window is not None and window.qwindow().isVisible(),
        "modules": sorted({name.split(".")[0] for name in sys.modules}),
    }


@verb
def arrange():
    """The window over the whole screen, Maquette's docker wide and in front, no other beside it."""
    window = main_window()
    window.showMaximized()
    window.activateWindow()
    mine = docker()
    for other in window.findChildren(QDockWidget):
        beside = other.isVisible() and not other.isFloating() and window.dockWidgetArea(other) == Qt.RightDockWidgetArea
        if beside and other is not mine:
            other.hide()
    mine.show()
    mine.raise_()
    window.resizeDocks([mine], [360], Qt.Horizontal)


@lru_cache(maxsize=1)
def docker():
    # Looking through all of Krita's widgets takes it a tenth of a second.
    found = [each for each in main_window().findChildren(QDockWidget) if each.windowTitle() == DOCKER]
    if len(found) != 1:
        raise LookupError(f"{len(found)} dockers are called {DOCKER!r}")
    return found[0]


def shown_below(widget):
    """Every widget within another that is not hidden."""
    for child in widget.children():
        if isinstance(child, QWidget) and child.isVisible():
            yield child
            yield from shown_below(child)


@verb
def widgets():
    """What can be seen in Maquette's docker: whatever has a name, and texts."""
    told = [each for each in shown_below(docker()) if each.objectName().startswith(NAMES) or isinstance(each, QLabel)]
    return [widget(each) for each in told if on_screen(each)]


def widget(seen):
    told = {
        "name": seen.objectName(),
        "class": type(seen).__name__,
        "enabled": seen.isEnabled(),
        "tip": seen.toolTip(),
        "under_pointer": seen.underMouse(),
        "place": on_screen(seen),
    }
    if isinstance(seen, QComboBox):
        told["entries"] = [seen.itemText(index) for index in range(seen.count())]
    for attribute in ("text", "value", "isChecked", "currentText", "minimum", "maximum"):
        read = getattr(seen, attribute, None)
        if callable(read):
            told[attribute] = read()
    return told


@verb
def dialogs():
    """The windows in front of the main one, each with its texts."""
    return [
        {"title": each.windowTitle(), "class": type(each).__name__, "texts": texts(each), "place": on_screen(each)}
        for each in QApplication.topLevelWidgets()
        if each.isVisible() and each is not main_window() and each.windowType() in (Qt.Dialog, Qt.Popup, Qt.Sheet)
    ]


def texts(window):
    return [
        each.text()
        for each in window.findChildren(QWidget)
        if each.isVisible() and callable(getattr(each, "text", None))
    ]


@verb
def scroll_to(name):
    """Bring a widget of the docker into view, as the wheel would; whether it is there."""
    wanted = docker().findChild(QWidget, name)
    if wanted is None or not wanted.isVisible():
        return False
    area = wanted.parentWidget()
    while area is not docker():
        if isinstance(area, QScrollArea):
            area.ensureWidgetVisible(wanted)
        area = area.parentWidget()
    return True


@verb
def clicks(name):
    """How often a button was clicked since this was first asked; None for what is no button."""
    button = docker().findChild(QWidget, name)
    if not isinstance(button, QAbstractButton):
        return None
    if button.property(COUNTED) is None:
        button.setProperty(COUNTED, 0)
        button.clicked.connect(lambda *_: button.setProperty(COUNTED, button.property(COUNTED) + 1))
    return button.property(COUNTED)


@verb
def docker_place():
    """Where the docker's content is on the screen."""
    return on_screen(docker().widget())


@verb
def shortcuts():
    """Those of all actions, as they are written in menus."""
    return {each.objectName(): each.shortcut().toString() for each in Krita.instance().actions()}


@verb
def action(name):
    """An action's shortcut as it is written in menus."""
    found = Krita.instance().action(name)
    return {"text": found.text(), "shortcut": found.shortcut().toString(), "enabled": found.isEnabled()}


@verb
def trigger(name):
    """What Krita itself offers, to prepare a test."""
    Krita.instance().action(name).trigger()


@verb
def canvas():
    """The picture's place on the screen, however much of it can be seen: x, y, width, height; and who has the keys."""
    view = Krita.instance().activeWindow().activeView()
    found = [each for each in main_window().findChildren(QWidget) if class_of(each) in CANVASES and each.isVisible()]
    document, zoom = view.document(), view.canvas().zoomLevel()
    width, height = document.width() * zoom, document.height() * zoom
    # A picture is opened in the middle of its view.
    middle = found[0].mapToGlobal(found[0].rect().center())
    focus = QApplication.focusWidget()
    return {
        "place": [middle.x() - width / 2, middle.y() - height / 2, width, height],
        "focus": focus and class_of(focus),
        "seen": on_screen(found[0]),
    }


@verb
def zoom(level):
    Krita.instance().activeWindow().activeView().canvas().setZoomLevel(level)


def class_of(widget):
    return widget.metaObject().className()
