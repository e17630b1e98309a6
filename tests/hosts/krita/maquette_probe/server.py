"""One JSON object a line in, one out, on Krita's own event loop."""

from __future__ import annotations

import json
import traceback

from PyQt5.QtCore import QObject
from PyQt5.QtNetwork import QLocalServer

from . import documents, measuring, windows

VERBS = {
    name: function
    for module in (documents, measuring, windows)
    for name, function in vars(module).items()
    if callable(function) and getattr(function, "is_verb", False)
}


class Server(QObject):
    """Answers every connection, one request after the other."""

    def __init__(self, path):
        super().__init__()
        self.connections = []
        self.listener = QLocalServer(self)
        self.listener.newConnection.connect(self.welcome)
        if not self.listener.listen(path):
            raise RuntimeError(self.listener.errorString())

    def welcome(self):
        connection = self.listener.nextPendingConnection()
        self.connections.append(connection)
        connection.readyRead.connect(self.read)

    def read(self):
        for connection in self.connections:
            while connection.canReadLine():
                connection.write(answer(bytes(connection.readLine())))


def answer(line):
    request = json.loads(line.decode())
    try:
        reply = {"value": VERBS[request.pop("verb")](**request)}
    except Exception:
        reply = {"error": traceback.format_exc()}
    return json.dumps(reply).encode() + b"\n"
