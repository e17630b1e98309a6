"""What Krita reads of the plugin besides its modules, and who imports what."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

PLUGIN = Path(__file__).resolve().parents[2] / "krita_plugin"
PACKAGE = PLUGIN / "maquette_krita"
KRITAS_ACTIONS = Path("/usr/share/krita/actions")

WITHOUT_QT = (
    "answers", "asking", "canvas", "client", "colour", "jobs", "pixels", "placing", "run", "service", "settings",
    "status", "strings", "studio",
)  # fmt: skip


def shortcuts(path: Path) -> list[str]:
    return [each.text.lower() for each in ElementTree.parse(path).iter("shortcut") if each.text]


def test_every_shortcut_is_there_once_and_nobody_elses():
    own = shortcuts(PLUGIN / "maquette_krita.action")
    assert len(own) == len(set(own)) == 10
    assert all(re.fullmatch(r"ctrl\+alt\+shift\+[a-z]", keys) for keys in own)
    if not KRITAS_ACTIONS.is_dir():
        pytest.skip("Krita's own actions are not on this machine")
    theirs = {keys for path in KRITAS_ACTIONS.glob("*.action") for keys in shortcuts(path)}
    assert len(theirs) > 100
    assert not theirs & set(own)


def test_the_desktop_file_names_the_package():
    desktop = configparser.ConfigParser()
    desktop.read(PLUGIN / "maquette_krita.desktop", encoding="utf-8")
    entry = desktop["Desktop Entry"]
    assert entry["ServiceTypes"] == "Krita/PythonPlugin"
    assert (PLUGIN / entry["X-KDE-Library"] / "__init__.py").is_file()
    assert (PACKAGE / entry["X-Krita-Manual"]).is_file()


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.ImportFrom) and node.module in ("qt", "host"):
            found.add(node.module)
    return found


def test_one_module_imports_krita_and_one_imports_qt():
    modules = {path.stem: imported(path) for path in PACKAGE.glob("*.py")}
    assert [name for name, names in modules.items() if "krita" in names] == ["host"]
    assert [name for name, names in modules.items() if names & {"PyQt5", "PyQt6"}] == ["qt"]
    assert not [name for name, names in modules.items() if names & {"threading", "numpy", "grpc"}]


def test_the_core_needs_neither_krita_nor_qt():
    code = f"""
import sys
sys.path.insert(0, {str(PLUGIN)!r})
for name in {WITHOUT_QT!r}:
    __import__("maquette_krita." + name)
assert not [name for name in sys.modules if name.startswith(("PyQt", "krita", "numpy", "torch"))]
"""
    subprocess.run([sys.executable, "-c", code], check=True)
