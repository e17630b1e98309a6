"""What is in the open document, and new documents for the tests."""

from __future__ import annotations

import hashlib
from pathlib import Path

from krita import Krita, Selection
from PyQt5.QtCore import QByteArray

from .verbs import verb

CHANNEL_BYTES = {"U8": 1, "U16": 2, "F16": 2, "F32": 4}


def active():
    return Krita.instance().activeDocument()


def rectangle(bounds):
    return [bounds.x(), bounds.y(), bounds.width(), bounds.height()]


def nodes(parent=None):
    """Every node of the document, lowest first, groups after what they hold."""
    for node in (parent or active().rootNode()).childNodes():
        yield from nodes(node)
        yield node


def named(name):
    found = [node for node in nodes() if node.name() == name]
    if len(found) != 1:
        raise LookupError(f"{len(found)} layers are called {name!r}: {[node.name() for node in nodes()]}")
    return found[0]


@verb
def new_document(width, height, model, depth, pixels):
    """A document with one layer, "Background", of the bytes in a file; it has the window to itself."""
    krita = Krita.instance()
    close_documents()
    document = krita.createDocument(width, height, "test", model, depth, "", 72.0)
    layer = document.rootNode().childNodes()[0]
    layer.setName("Background")
    layer.setLocked(False)
    layer.setPixelData(QByteArray(Path(pixels).read_bytes()), 0, 0, width, height)
    document.refreshProjection()
    document.waitForDone()
    krita.activeWindow().addView(document)
    document.setActiveNode(layer)
    document.setModified(False)


@verb
def close_documents():
    for document in Krita.instance().documents():
        document.waitForDone()
        document.setModified(False)
        document.setBatchmode(True)
        document.close()


@verb
def add_layer(name, pixels, bounds, group=None):
    """A paint layer with the bytes in a file at ``bounds``, on top or inside a group."""
    document = active()
    layer = document.createNode(name, "paintlayer")
    layer.setPixelData(QByteArray(Path(pixels).read_bytes()), *bounds)
    (named(group) if group else document.rootNode()).addChildNode(layer, None)
    document.refreshProjection()
    document.waitForDone()


@verb
def add_group(name):
    document = active()
    document.rootNode().addChildNode(document.createGroupLayer(name), None)
    document.waitForDone()


@verb
def activate(name):
    active().setActiveNode(named(name))


@verb
def lock(name, locked=True):
    named(name).setLocked(locked)


@verb
def select(bounds, mask=None):
    """Select a rectangle, or what a file of one byte per pixel of it says."""
    selection = Selection()
    selection.select(*bounds, 255)
    if mask:
        selection.setPixelData(QByteArray(Path(mask).read_bytes()), *bounds)
    active().setSelection(selection)


@verb
def document():
    """The open document as an artist sees it in the layers docker, None without one."""
    seen = active()
    if seen is None or seen.rootNode() is None:
        return None
    selection, node = seen.selection(), seen.activeNode()
    return {
        "size": [seen.width(), seen.height()],
        "model": seen.colorModel(),
        "depth": seen.colorDepth(),
        "selection": rectangle(selection) if selection else None,
        "active": node.name() if node else None,
        "layers": [layer(each) for each in nodes()],
    }


def layer(node):
    return {
        "name": node.name(),
        "type": node.type(),
        "id": node.uniqueId().toString(),
        "parent": node.parentNode().name() if node.parentNode() else None,
        "bounds": rectangle(node.bounds()),
        "opacity": node.opacity(),
        "blending": node.blendingMode(),
        "visible": node.visible(),
        "locked": node.locked(),
    }


@verb
def fingerprint():
    """Everything that undo has to bring back: the size, the layers in their order, their pixels, the whole picture."""
    document = active()
    document.waitForDone()
    width, height = document.width(), document.height()
    layers = [{**layer(each), "pixels": digest(each.pixelData(*rectangle(each.bounds())))} for each in nodes()]
    selection = document.selection()
    return {
        "size": [width, height],
        "layers": layers,
        "selection": selection and digest(selection.pixelData(*rectangle(selection))),
        "picture": digest(document.pixelData(0, 0, width, height)),
    }


def digest(data):
    return hashlib.sha256(bytes(data)).hexdigest()


@verb
def pixels(path, bounds, name=None):
    """Write the picture's bytes, or one layer's, to a file."""
    document = active()
    document.waitForDone()
    source = named(name) if name else document
    Path(path).write_bytes(bytes(source.pixelData(*bounds)))


@verb
def selection_mask(path, bounds):
    """Write how much of each pixel is selected, one byte each, to a file."""
    Path(path).write_bytes(bytes(active().selection().pixelData(*bounds)))
