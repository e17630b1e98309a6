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
        self.listener = QLocalServer(self)
        self.listener.newConnection.connect(self.welcome)
        if not self.listener.listen(path):
            raise RuntimeError(self.listener.errorString())

    def welcome(self):
        connection = self.listener.nextPendingConnection()
        connection.readyRead.connect(lambda: self.read(connection))

    def read(self, connection):
        while connection.canReadLine():
            request = json.loads(bytes(connection.readLine()).decode())
            try:
                reply = {"value": VERBS[request.pop("verb")](**request)}
            except Exception:
                reply = {"error": traceback.format_exc()}
            connection.write(json.dumps(reply).encode() + b"\n")
