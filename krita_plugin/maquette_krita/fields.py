# pyright: basic
"""Small widgets: a length with its unit, a choice, a section that folds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import strings
from .client import Length, LengthUnit
from .qt import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QSizePolicy,
    Qt,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

MAXIMUM_PIXELS = 4096
MAXIMUM_PERCENT = 400

_UNITS = (LengthUnit.PIXELS, LengthUnit.PERCENT)


class Choice(QComboBox):
    """A list of values with their names.

    Args:
        name: of the widget, for tests and style sheets.
        on_change: told the value that a person chose.
    """

    def __init__(self, name: str, on_change: Callable[[Any], None]) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self._values: list[Any] = []
        self._on_change = on_change
        self.activated.connect(lambda *_: on_change(self.value))

    @property
    def value(self) -> Any:
        """What is chosen."""
        return self._values[self.currentIndex()]

    def offer(self, options: Sequence[tuple[Any, str]], chosen: Any) -> None:
        """Show the options, and which is chosen; nothing happens when they are shown already."""
        values = [value for value, _ in options]
        names = [name for _, name in options]
        if values != self._values or names != [self.itemText(index) for index in range(self.count())]:
            self.clear()
            self.addItems(names)
            self._values = values
        index = values.index(chosen) if chosen in values else 0
        if index != self.currentIndex():
            self.setCurrentIndex(index)


class LengthField(QWidget):
    """A number and its unit.

    Args:
        name: of the widget; the number is called name + "_value", the unit name + "_unit".
        on_change: told the length that a person chose.
        least: of the number.
        unit_help: what per cent are of.
    """

    def __init__(
        self,
        name: str,
        on_change: Callable[[Length], None],
        least: float = 0,
        unit_help: str = strings.LENGTH_UNIT_HELP,
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self._on_change = on_change
        self._value = QDoubleSpinBox()
        self._value.setObjectName(f"{name}_value")
        self._value.setDecimals(0)
        self._value.setKeyboardTracking(False)
        self._value.setRange(least, MAXIMUM_PIXELS)
        self._value.valueChanged.connect(self._edited)
        self._unit = Choice(f"{name}_unit", self._unit_chosen)
        self._unit.setMinimumContentsLength(2)
        self._unit.setToolTip(unit_help)
        self._unit.offer([(_UNITS[0], strings.PIXELS), (_UNITS[1], strings.PERCENT)], LengthUnit.PIXELS)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._value, 1)
        layout.addWidget(self._unit)

    @property
    def length(self) -> Length:
        """What is shown."""
        return Length(self._value.value(), self._unit.value)

    def show_length(self, length: Length) -> None:
        """Show a length without telling anybody."""
        if length == self.length:
            return
        self._value.blockSignals(True)
        self._unit.offer([(_UNITS[0], strings.PIXELS), (_UNITS[1], strings.PERCENT)], length.unit)
        self._value.setMaximum(MAXIMUM_PIXELS if length.unit is LengthUnit.PIXELS else MAXIMUM_PERCENT)
        self._value.setValue(length.value)
        self._value.blockSignals(False)

    def _unit_chosen(self, unit: LengthUnit) -> None:
        self._value.setMaximum(MAXIMUM_PIXELS if unit is LengthUnit.PIXELS else MAXIMUM_PERCENT)
        self._edited()

    def _edited(self, *_: object) -> None:
        self._on_change(self.length)


class Fold(QWidget):
    """A title that shows and hides what is below it.

    Args:
        title: what can be read always.
        content: what is hidden at first.
    """

    def __init__(self, title: str, help_text: str, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self.button = QToolButton()
        self.button.setObjectName("maquette_options_fold")
        self.button.setText(title)
        self.button.setToolTip(help_text)
        self.button.setCheckable(True)
        self.button.setAutoRaise(True)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.toggled.connect(self._toggled)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.button)
        layout.addWidget(content)
        self._toggled(False)

    def _toggled(self, unfolded: bool) -> None:
        self.button.setArrowType(Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow)
        self._content.setVisible(unfolded)
