# pyright: basic
"""What is in the docker: the state of the connection, the big buttons, how it goes, and the options."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from . import strings
from .answers import SmallPicture
from .chooser import Chooser, pixmap_of
from .client import State
from .fields import Fold, LengthField
from .jobs import Side, Verb
from .options import Options
from .qt import (
    QEvent,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    Qt,
    QTimer,
    QVBoxLayout,
    QWidget,
)
from .run import Phase, time_words
from .status import Remedy, said
from .studio import Studio

_BAR_STEPS = 1000

# What has just appeared has its place only when the event loop has turned a few times.
_LAYOUT_MILLISECONDS = 30
_FILL_STYLE = "font-weight: bold; font-size: 15px; min-height: 38px;"

_SIDES = (
    ("left", f"← {strings.EXTEND_LEFT}", (Side.LEFT,), strings.EXTEND_SIDE_HELP, (1, 0, 1)),
    ("right", f"{strings.EXTEND_RIGHT} →", (Side.RIGHT,), strings.EXTEND_SIDE_HELP, (1, 1, 1)),
    ("top", f"↑ {strings.EXTEND_TOP}", (Side.TOP,), strings.EXTEND_SIDE_HELP, (2, 0, 1)),
    ("bottom", f"↓ {strings.EXTEND_BOTTOM}", (Side.BOTTOM,), strings.EXTEND_SIDE_HELP, (2, 1, 1)),
    ("all", strings.EXTEND_ALL, tuple(Side), strings.EXTEND_ALL_HELP, (3, 0, 2)),
)


class Panel(QScrollArea):
    """The docker's content.

    Args:
        studio: what it shows and tells what was pressed.
    """

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._appeared: QWidget = self
        self._scroller = QTimer(self)
        self._scroller.setSingleShot(True)
        self._scroller.timeout.connect(self._scroll)
        content = QWidget()
        self._layout = QVBoxLayout(content)
        self._layout.setContentsMargins(6, 6, 6, 6)
        self._add_connection()
        self._verbs = QWidget()
        self._add_verbs(QVBoxLayout(self._verbs))
        self._layout.addWidget(self._verbs)
        self._add_progress()
        self._chooser = Chooser(studio)
        self._layout.addWidget(self._chooser)
        self._message = _text_label("maquette_message")
        self._layout.addWidget(self._message)
        self._notes = _text_label("maquette_notes")
        self._layout.addWidget(self._notes)
        self._options = Options(studio)
        self._layout.addWidget(Fold(strings.OPTIONS, strings.OPTIONS_HELP, self._options))
        self._layout.addStretch(1)
        self.setWidget(content)
        studio.listen(self.show_all)
        self.destroyed.connect(partial(_forget, studio, self.show_all))
        self.show_all()

    def look(self) -> None:
        """Somebody looks at the docker."""
        self._studio.look_around()
        self._studio.glance()

    def show_all(self) -> None:
        """Show what the studio has."""
        studio = self._studio
        self._show_connection()
        self._verbs.setEnabled(studio.run.phase is Phase.IDLE)
        self._extend.show_length(studio.settings.extend)
        self._show_progress()
        self._show_answers()
        self._show_message()
        self._options.show_settings()

    def enterEvent(self, event: Any) -> None:  # noqa: N802 - Qt calls it so
        """The pointer came."""
        super().enterEvent(event)
        self.look()

    def showEvent(self, event: Any) -> None:  # noqa: N802 - Qt calls it so
        """The docker was opened."""
        super().showEvent(event)
        self.look()

    def changeEvent(self, event: Any) -> None:  # noqa: N802 - Qt calls it so
        """The window came to the front: a daemon may have been started elsewhere."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and self.isVisible():
            self.look()

    def _add_connection(self) -> None:
        self._status = _text_label("maquette_status")
        self._layout.addWidget(self._status)
        self._remedies = {
            Remedy.START: self._remedy("maquette_start", strings.START, strings.START_HELP, self._studio.service.start),
            Remedy.INSTALL: self._remedy(
                "maquette_install", strings.HOW_TO_INSTALL, strings.HOW_TO_INSTALL_HELP, self._explain_installing
            ),
            Remedy.CHECK: self._remedy(
                "maquette_check", strings.CHECK_AGAIN, strings.CHECK_AGAIN_HELP, self._studio.service.ask
            ),
        }

    def _remedy(self, name: str, text: str, help_text: str, do: Callable[[], None]) -> QPushButton:
        button = _push_button(name, text, help_text)
        button.clicked.connect(lambda *_: do())
        self._layout.addWidget(button)
        return button

    def _add_verbs(self, layout: QVBoxLayout) -> None:
        layout.setContentsMargins(0, 0, 0, 0)
        fill = self._verb_button("maquette_fill", strings.FILL, strings.FILL_HELP, Verb.FILL)
        fill.setStyleSheet(_FILL_STYLE)
        layout.addWidget(fill)
        layout.addWidget(self._verb_button("maquette_remove", strings.REMOVE, strings.REMOVE_HELP, Verb.REMOVE))
        layout.addSpacing(6)
        layout.addLayout(self._extend_grid())
        layout.addSpacing(6)
        row = QHBoxLayout()
        row.addWidget(self._verb_button("maquette_colorize", strings.COLORIZE, strings.COLORIZE_HELP, Verb.COLORIZE))
        row.addWidget(self._verb_button("maquette_restore", strings.RESTORE, strings.RESTORE_HELP, Verb.RESTORE_JPEG))
        layout.addLayout(row)

    def _extend_grid(self) -> QGridLayout:
        grid = QGridLayout()
        label = QLabel(strings.EXTEND)
        label.setToolTip(strings.EXTEND_HELP)
        self._extend = LengthField("maquette_extend", self._studio.set_extend, 1, strings.EXTEND_UNIT_HELP)
        self._extend.setToolTip(strings.EXTEND_HELP)
        first = QHBoxLayout()
        first.addWidget(label)
        first.addWidget(self._extend, 1)
        grid.addLayout(first, 0, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        for name, text, sides, help_text, (row, column, columns) in _SIDES:
            button = self._verb_button(f"maquette_extend_{name}", text, help_text, Verb.EXTEND, sides)
            grid.addWidget(button, row, column, 1, columns)
        return grid

    def _verb_button(
        self, name: str, text: str, help_text: str, verb: Verb, sides: tuple[Side, ...] = ()
    ) -> QPushButton:
        button = _push_button(name, text, help_text)
        button.clicked.connect(lambda *_: self._studio.press(verb, sides))
        return button

    def _add_progress(self) -> None:
        self._going_on = QWidget()
        layout = QVBoxLayout(self._going_on)
        layout.setContentsMargins(0, 0, 0, 0)
        self._previewed: SmallPicture | None = None
        self._preview = QLabel()
        self._preview.setObjectName("maquette_preview")
        self._preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stage = _text_label("maquette_stage")
        self._bar = QProgressBar()
        self._bar.setObjectName("maquette_progress")
        self._cancel = _push_button("maquette_cancel", strings.CANCEL, strings.CANCEL_HELP)
        self._cancel.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._bar.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._cancel.clicked.connect(lambda *_: self._studio.cancel())
        row = QHBoxLayout()
        row.addWidget(self._bar, 1)
        row.addWidget(self._cancel)
        for widget in (self._preview, self._stage):
            layout.addWidget(widget)
        layout.addLayout(row)
        self._layout.addWidget(self._going_on)

    def _show_connection(self) -> None:
        status = self._studio.service.status
        _show_text(self._status, "\n".join(status.sentences))
        self._status.setProperty("alarming", status.alarming)
        for remedy, button in self._remedies.items():
            button.setVisible(remedy is status.remedy)
        self._remedies[Remedy.START].setEnabled(self._studio.service.connection.condition.state is not State.STARTING)

    def _show_progress(self) -> None:
        run = self._studio.run
        appears = run.in_flight and self._going_on.isHidden()
        self._going_on.setVisible(run.in_flight)
        if not run.in_flight:
            return
        if appears:
            self._scroll_to(self._going_on)
        progress = run.progress
        words = (progress.stage, time_words(progress.seconds_left))
        _show_text(self._stage, " – ".join(word for word in words if word))
        # A bar from 0 to 0 shows that something goes on, and not how far.
        self._bar.setRange(0, 0 if progress.fraction is None else _BAR_STEPS)
        self._bar.setValue(round(_BAR_STEPS * (progress.fraction or 0.0)))
        self._cancel.setEnabled(run.can_cancel)
        picture = self._studio.preview
        self._preview.setVisible(picture is not None)
        if picture is not None and picture is not self._previewed:
            self._previewed = picture
            self._preview.setPixmap(pixmap_of(picture))

    def _show_answers(self) -> None:
        answers = self._studio.answers
        if answers is None or self._studio.run.phase is not Phase.CHOOSING:
            self._chooser.setVisible(False)
            return
        self._chooser.show_answers(answers)
        if self._chooser.isHidden():
            self._chooser.setVisible(True)
            # The arrow keys are for flipping now.
            self._chooser.setFocus()
            self._scroll_to(self._chooser)

    def _scroll_to(self, part: QWidget) -> None:
        self._appeared = part
        self._scroller.start(_LAYOUT_MILLISECONDS)

    def _scroll(self) -> None:
        """Show the end of what appeared, or its beginning when it is too tall."""
        bar, part = self.verticalScrollBar(), self._appeared.geometry()
        if bar is not None and part.bottom() > bar.value() + bar.pageStep():
            bar.setValue(min(part.top(), part.bottom() - bar.pageStep()))

    def _show_message(self) -> None:
        studio = self._studio
        sentences = said(studio.problem) if studio.problem is not None else (studio.message,)
        _show_text(self._message, "\n".join(sentences))
        _show_text(self._notes, "\n".join(studio.notes) if not studio.run.in_flight else "")

    def _explain_installing(self) -> None:
        box = QMessageBox(self)
        box.setWindowTitle(strings.HOW_TO_INSTALL)
        box.setText("\n".join(strings.INSTALL_STEPS))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # Not exec(): a second event loop would turn within this one.
        box.open()


def _forget(studio: Studio, listener: Callable[[], None], *_: object) -> None:
    studio.forget(listener)


def _push_button(name: str, text: str, help_text: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setToolTip(help_text)
    button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    button.setMinimumWidth(60)
    return button


def _text_label(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _show_text(label: QLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)
    label.setVisible(bool(text))
