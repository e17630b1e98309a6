# pyright: basic
"""The answers to choose from: one shown large, all of them small below it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import strings
from .answers import THUMBNAIL_SIDE, Answers, SmallPicture
from .qt import (
    QGridLayout,
    QHBoxLayout,
    QIcon,
    QImage,
    QLabel,
    QPixmap,
    QPushButton,
    QSize,
    QSizePolicy,
    Qt,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from .studio import Studio

_SMALL_SIDE = 52
_COLUMNS = 4
_SMALL_STYLE = """
QToolButton { border: 2px solid transparent; border-radius: 3px; padding: 1px; }
QToolButton:checked { border-color: palette(highlight); }
"""

_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


def pixmap_of(picture: SmallPicture) -> QPixmap:
    """A small picture as Qt shows it, a very small one enlarged."""
    form, side = QImage.Format.Format_RGB888, THUMBNAIL_SIDE
    # Qt does not keep the bytes alive, hence the copy.
    image = QImage(picture.pixels, picture.width, picture.height, 3 * picture.width, form).copy()
    if max(picture.width, picture.height) < side:
        smooth = Qt.TransformationMode.SmoothTransformation
        image = image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, smooth)
    return QPixmap.fromImage(image)


class Chooser(QWidget):
    """Thumbnails, the arrow keys, "use" and "discard".

    Args:
        studio: whose answers it shows.
    """

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._shown: tuple[int, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._title = QLabel()
        self._title.setWordWrap(True)
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._large = QLabel()
        self._large.setObjectName("maquette_answer")
        self._large.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._large.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._buttons: list[QToolButton] = []
        self._grid = QGridLayout()
        self._grid.setSpacing(2)
        self._use = self._button("maquette_use", strings.USE, strings.USE_HELP, studio.use)
        discard = self._button("maquette_discard", strings.DISCARD, strings.DISCARD_HELP, studio.discard)
        row = QHBoxLayout()
        row.addWidget(self._use, 1)
        row.addWidget(discard)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._title_row())
        layout.addWidget(self._large)
        layout.addLayout(self._grid)
        layout.addLayout(row)

    def show_answers(self, answers: Answers) -> None:
        """Show what is there by now."""
        count = answers.count
        for arrow in self._arrows:
            arrow.setVisible(count > 1)
        title = strings.CHOOSE.format(index=answers.index + 1, count=count) if count > 1 else strings.ONE_ANSWER
        self._title.setText(f"{title}\n{strings.FOR_ANOTHER}" if answers.elsewhere else title)
        self._use.setText(strings.OPEN_AS_NEW if answers.homeless else strings.USE)
        self._use.setToolTip(strings.OPEN_AS_NEW_HELP if answers.homeless else strings.USE_HELP)
        made = tuple(map(id, answers.thumbnails))
        if made != self._shown:
            self._shown = made
            self._show_small(answers.thumbnails if count > 1 else [])
        for index, button in enumerate(self._buttons):
            button.setChecked(index == answers.index)
        if answers.index < len(answers.thumbnails):
            pixmap = pixmap_of(answers.thumbnails[answers.index])
            self._large.setPixmap(pixmap)
            self._large.setFixedHeight(pixmap.height())

    def keyPressEvent(self, event: Any) -> None:  # noqa: N802 - Qt calls it so
        """Arrow keys flip, Enter uses, Escape discards."""
        key = event.key()
        if key in _KEYS:
            self._studio.flip(_KEYS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._studio.use()
        elif key == Qt.Key.Key_Escape:
            self._studio.discard()
        else:
            super().keyPressEvent(event)

    def _show_small(self, thumbnails: list[SmallPicture]) -> None:
        while len(self._buttons) > len(thumbnails):
            self._buttons.pop().deleteLater()
        while len(self._buttons) < len(thumbnails):
            self._buttons.append(self._small_button(len(self._buttons)))
        for button, picture in zip(self._buttons, thumbnails, strict=True):
            button.setIcon(QIcon(pixmap_of(picture)))

    def _small_button(self, index: int) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"maquette_answer_{index + 1}")
        button.setToolTip(strings.ANSWER_HELP.format(number=index + 1))
        button.setCheckable(True)
        button.setStyleSheet(_SMALL_STYLE)
        button.setIconSize(QSize(_SMALL_SIDE, _SMALL_SIDE))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda *_: self._chosen(index))
        self._grid.addWidget(button, index // _COLUMNS, index % _COLUMNS)
        return button

    def _chosen(self, index: int) -> None:
        self._studio.look_at(index)
        self.setFocus()

    def _title_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        before = self._arrow("maquette_previous_answer", Qt.ArrowType.LeftArrow, strings.PREVIOUS_HELP, -1)
        after = self._arrow("maquette_next_answer", Qt.ArrowType.RightArrow, strings.NEXT_HELP, 1)
        self._arrows = (before, after)
        row.addWidget(before)
        row.addWidget(self._title, 1)
        row.addWidget(after)
        return row

    def _arrow(self, name: str, arrow: Qt.ArrowType, help_text: str, steps: int) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setArrowType(arrow)
        button.setToolTip(help_text)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda *_: self._studio.flip(steps))
        return button

    def _button(self, name: str, text: str, help_text: str, do: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setToolTip(help_text)
        button.clicked.connect(lambda *_: do())
        return button
