# pyright: basic
"""The one door to Qt: PyQt5 in Krita 5, PyQt6 in Krita 6. Krita says which; importing the other one may crash it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING


def _major_version() -> int:
    """Krita 5.3 and later say which Qt they run on; those before ran on Qt 5."""
    try:
        import pykrita  # type: ignore[import-not-found]

        return int(pykrita.qt_major_version())
    except (ImportError, AttributeError):
        return 5


if TYPE_CHECKING:
    from PyQt6 import QtCore, QtGui, QtWidgets

    VERSION: int
else:
    VERSION = _major_version()
    QtCore, QtGui, QtWidgets = (import_module(f"PyQt{VERSION}.{name}") for name in ("QtCore", "QtGui", "QtWidgets"))

Qt = QtCore.Qt
QByteArray = QtCore.QByteArray
QEvent = QtCore.QEvent
QObject = QtCore.QObject
QSize = QtCore.QSize
QSocketNotifier = QtCore.QSocketNotifier
QTimer = QtCore.QTimer
QIcon = QtGui.QIcon
QImage = QtGui.QImage
QPixmap = QtGui.QPixmap
QApplication = QtWidgets.QApplication
QCheckBox = QtWidgets.QCheckBox
QComboBox = QtWidgets.QComboBox
QDoubleSpinBox = QtWidgets.QDoubleSpinBox
QFormLayout = QtWidgets.QFormLayout
QFrame = QtWidgets.QFrame
QGridLayout = QtWidgets.QGridLayout
QHBoxLayout = QtWidgets.QHBoxLayout
QLabel = QtWidgets.QLabel
QMessageBox = QtWidgets.QMessageBox
QProgressBar = QtWidgets.QProgressBar
QPushButton = QtWidgets.QPushButton
QScrollArea = QtWidgets.QScrollArea
QSizePolicy = QtWidgets.QSizePolicy
QSpinBox = QtWidgets.QSpinBox
QToolButton = QtWidgets.QToolButton
QVBoxLayout = QtWidgets.QVBoxLayout
QWidget = QtWidgets.QWidget
