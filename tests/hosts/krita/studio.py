"""A real Krita on a display of its own, with the packaged plugin imported by Krita's own importer."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
IMPORTER = Path("/usr/share/krita/pykrita/plugin_importer/plugin_importer.py")
TOOLS = ("krita", "Xvfb", "openbox", "xdotool")
PATIENCE_SECONDS = 180

KRITARC = """\
[General]
AutoSaveDelay=0

[python]
enable_maquette_krita=true
enable_maquette_probe=true
"""
# The OpenGL canvas on a software renderer has been seen to abort after a resize.
KRITADISPLAYRC = "[General]\nuseOpenGL=false\nOpenGLRenderer=none\n"


class KritaCrashedError(Exception):
    """Krita itself is gone."""


def missing_parts() -> list[str]:
    """What this machine lacks for tests in Krita."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    has_qt = subprocess.run(["/usr/bin/python3", "-c", "import PyQt5.QtNetwork"], capture_output=True, check=False)
    return (
        missing + ["python3-pyqt5"] * (has_qt.returncode != 0) + ["Krita's plugin importer"] * (not IMPORTER.exists())
    )


def import_plugin(archive: Path, resources: Path) -> list[str]:
    """Have Krita's own importer install a plugin's archive; the names of what it found."""
    specification = importlib.util.spec_from_file_location("plugin_importer", IMPORTER)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    # Krita has its translator among the builtins.
    vars(module)["i18n"] = str
    specification.loader.exec_module(module)
    resources.mkdir(parents=True, exist_ok=True)
    return [each["name"] for each in module.PluginImporter(str(archive), str(resources), lambda _: True).import_all()]


class Studio:
    """One home of an artist, and the Krita that runs in it.

    Args:
        folder: becomes the home.
        display: name of the display.
        archive: the packaged plugin.
        variables: further variables of the environment.
    """

    def __init__(self, folder: Path, display: str, archive: Path, variables: Mapping[str, str]) -> None:
        self.folder = folder
        self.resources = folder / ".local/share/krita"
        self.imported = import_plugin(archive, self.resources)
        self._install_probe()
        self.environment = self._environment(display, variables)
        self.process: subprocess.Popen[bytes] | None = None
        self._window_manager = subprocess.Popen(
            ["openbox", "--sm-disable"], env=self.environment, stderr=subprocess.DEVNULL
        )

    def _install_probe(self) -> None:
        plugins = self.resources / "pykrita"
        shutil.copytree(
            HERE / "maquette_probe", plugins / "maquette_probe", ignore=shutil.ignore_patterns("__pycache__")
        )
        shutil.copy(HERE / "maquette_probe.desktop", plugins)
        settings = self.folder / ".config"
        settings.mkdir()
        (settings / "kritarc").write_text(KRITARC)
        (settings / "kritadisplayrc").write_text(KRITADISPLAYRC)

    def _environment(self, display: str, variables: Mapping[str, str]) -> dict[str, str]:
        runtime = self.folder / "session"
        runtime.mkdir(mode=0o700)
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "DISPLAY": display,
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_CONFIG_HOME": str(self.folder / ".config"),
            "XDG_DATA_HOME": str(self.folder / ".local/share"),
            "XDG_CACHE_HOME": str(self.folder / ".cache"),
            "LANG": "C.UTF-8",
            "QT_X11_NO_MITSHM": "1",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONFAULTHANDLER": "1",
            "MAQUETTE_PROBE_SOCKET": str(self.folder / "probe"),
            **variables,
        }

    @property
    def log(self) -> str:
        """What Krita printed, over all its runs."""
        return (self.folder / "krita.log").read_text(errors="replace")

    @property
    def crashed(self) -> bool:
        """It ended, and nobody asked it to."""
        return self.process is None or self.process.poll() is not None

    def start(self) -> None:
        """Start Krita and wait for its window."""
        (self.folder / "probe").unlink(missing_ok=True)
        with (self.folder / "krita.log").open("ab") as log:
            self.process = subprocess.Popen(
                ["krita", "--nosplash"],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait_for(lambda: (self.folder / "probe").exists(), "the plugin of the tests to listen")
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE_SECONDS)
        self._socket.connect(str(self.folder / "probe"))
        self._lines = self._socket.makefile("rb")
        self.wait_for(lambda: self.ask("program")["window"], "Krita's window")
        self.ask("arrange")

    @property
    def screen_middle(self) -> tuple[int, int]:
        """A place that is never the docker's."""
        return 600, 540

    def ask(self, verb: str, **arguments: Any) -> Any:
        """Ask the probe (see maquette_probe).

        Raises:
            KritaCrashedError: there is nobody to answer.
            AssertionError: it could not do that.
        """
        try:
            self._socket.sendall(json.dumps({"verb": verb, **arguments}).encode() + b"\n")
            line = self._lines.readline()
        except OSError as error:
            raise self._gone() from error
        if not line:
            raise self._gone()
        reply = json.loads(line)
        assert "error" not in reply, f"{verb} {arguments}: {reply['error']}"
        return reply["value"]

    def wait_for(self, condition: Callable[[], Any], what: str, seconds: float = PATIENCE_SECONDS) -> Any:
        """The condition's value as soon as it is true."""
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            if self.crashed:
                raise self._gone()
            assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
            time.sleep(0.02)
        return value

    def _gone(self) -> KritaCrashedError:
        code = self.process.wait(PATIENCE_SECONDS) if self.process else None
        return KritaCrashedError(f"Krita ended with code {code}:\n{self.log[-3000:]}")

    def stop(self) -> None:
        """End Krita as the session's end would."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def close(self) -> None:
        """End everything."""
        self.stop()
        self._window_manager.terminate()
        self._window_manager.wait()

    def xdotool(self, *arguments: object) -> None:
        """Move the mouse, press buttons and keys."""
        subprocess.run(["xdotool", *map(str, arguments)], env=self.environment, check=True, stdout=sys.stderr)

    def photograph(self, path: Path, place: list[int] | None = None) -> None:
        """Keep a picture of the screen, or of a rectangle (x, y, width, height) of it."""
        crop = ["-crop", f"{place[2]}x{place[3]}+{place[0]}+{place[1]}", "+repage"] if place else []
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["import", "-window", "root", *crop, str(path)], env=self.environment, check=True)
