"""A plugin of the tests: answers questions about Krita's windows and documents, and prepares documents.

Asked over a local socket (MAQUETTE_PROBE_SOCKET), one JSON object a line; see ``verbs.py``. It wakes only when asked.
"""

from __future__ import annotations

import os

from krita import Extension, Krita

from .server import Server


class Probe(Extension):
    """Listens from the first window on."""

    def setup(self):
        pass

    def createActions(self, window):  # noqa: N802 - Krita's name
        if "MAQUETTE_PROBE_SOCKET" in os.environ and not hasattr(self, "server"):
            self.server = Server(os.environ["MAQUETTE_PROBE_SOCKET"])


Krita.instance().addExtension(Probe(Krita.instance()))
