"""Tests of all that shows something, run by test_krita_widgets.py once for each Qt binding."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import fake_krita
import pytest
from fake_krita_host import FakeCanvas, FakeSelection
from maquette_krita import qt, strings
from maquette_krita.client import BlendMode, ContextKind, Length, LengthUnit, Rectangle, conditions
from maquette_krita.fields import Fold
from maquette_krita.panel import Panel
from maquette_krita.run import Phase
from maquette_krita.settings import Result, Settings, Source
from qt_turning_helpers import delete_now, turn_qt_until

pytestmark = pytest.mark.usefixtures("application")


@pytest.fixture
def panel(studio, canvas):
    canvas.selected = FakeSelection(Rectangle(3, 2, 4, 3), b"\xff" * 12)
    panel = Panel(studio)
    panel.resize(300, 900)
    panel.show()
    yield panel
    panel.close()


@pytest.fixture
def find(panel):
    def find(name: str, kind: type | None = None):
        found = panel.findChild(kind or qt.QWidget, f"maquette_{name}")
        assert found is not None, name
        return found

    return find


def test_the_binding_is_the_one_that_krita_names():
    assert fake_krita.VERSION == qt.VERSION
    assert qt.QtCore.__name__ == f"PyQt{fake_krita.VERSION}.QtCore"


@pytest.mark.parametrize(
    ("condition", "button"),
    [
        (conditions.not_installed(), "install"),
        (conditions.not_running(), "start"),
        (conditions.starting(), None),
        (conditions.wrong_token(), "check"),
        (conditions.version_mismatch("9", daemon_is_older=False), "check"),
    ],
)
def test_every_state_shows_its_sentence_and_its_one_button(panel, find, connection, condition, button):
    connection.become(condition)
    assert condition.message in find("status").text()
    shown = [name for name in ("install", "start", "check") if not find(name).isHidden()]
    assert shown == ([button] if button else [])


def test_start_starts_the_daemon_and_lists_its_models(panel, find, connection, settle):
    connection.become(conditions.not_running())
    find("start").click()
    settle()
    assert connection.started == 1
    assert find("start").isHidden()
    assert [find("model").itemText(index) for index in range(2)] == [strings.MODEL_AUTOMATIC, "Exemplar fill"]


def test_how_to_install_opens_beside_and_blocks_nothing(panel, find, connection):
    connection.become(conditions.not_installed())
    find("install").click()
    box = panel.findChild(qt.QMessageBox)
    assert strings.INSTALL_STEPS[1] in box.text()
    box.close()


def test_fill_works_and_says_what_it_did(panel, find, settle, canvas):
    assert find("fill").minimumSizeHint().height() > find("remove").minimumSizeHint().height()
    find("fill").click()
    assert not find("progress").parentWidget().isHidden()
    settle()
    assert canvas.names[-1] == "Maquette fill"
    assert "One undo" in find("message").text()
    assert "It was chosen." in find("notes").text()
    assert find("progress").parentWidget().isHidden()


@pytest.mark.parametrize(
    ("button", "size"),
    [
        ("extend_left", (17, 10)),
        ("extend_right", (17, 10)),
        ("extend_top", (12, 15)),
        ("extend_bottom", (12, 15)),
        ("extend_all", (22, 20)),
    ],
)
def test_each_side_has_a_button(panel, find, settle, canvas, studio, button, size):
    find("extend_unit").setCurrentIndex(0)
    find("extend_unit").activated.emit(0)
    find("extend_value").setValue(5)
    assert studio.settings.extend == Length(5.0)
    find(button).click()
    settle()
    assert canvas.size == size


@pytest.mark.parametrize(("button", "verb"), [("colorize", "colorize"), ("restore", "restore_jpeg")])
def test_the_layer_buttons_ask_for_their_verbs(panel, find, settle, painter, button, verb):
    find(button).click()
    settle()
    assert [request[0] for request in painter.requests] == [verb]


def test_nothing_selected_is_said_where_one_looks(panel, find, canvas):
    canvas.selected = None
    find("fill").click()
    assert strings.NOTHING_SELECTED in find("message").text()
    assert "Freehand" in find("message").text()


def test_while_it_works_only_cancel_can_be_pressed(panel, find, studio, turn_until, settle, painter):
    painter.gate = asyncio.Event()
    find("fill").click()
    turn_until(lambda: studio.preview is not None)
    assert not find("fill").isEnabled()
    assert find("cancel").isEnabled()
    qt.QApplication.processEvents()
    assert find("cancel").geometry().right() < find("cancel").parentWidget().width()
    assert (find("progress").value(), find("progress").maximum()) == (250, 1000)
    assert "Filling" in find("stage").text()
    assert not find("preview").isHidden()
    find("cancel").click()
    settle()
    assert find("message").text() == strings.CANCELLED
    assert find("fill").isEnabled()


def test_a_bar_without_a_fraction_still_moves(panel, find, studio):
    studio.run.go(Phase.READING, strings.READING)
    panel.show_all()
    assert find("progress").maximum() == 0


def press_key(widget, key) -> None:
    event_class = qt.QtGui.QKeyEvent
    event = event_class(qt.QEvent.Type.KeyPress, key, qt.Qt.KeyboardModifier.NoModifier)
    qt.QApplication.sendEvent(widget, event)


def test_answers_are_flipped_through_by_buttons_thumbnails_and_keys(panel, find, studio, settle, canvas):
    studio.set_settings(replace(studio.settings, candidates=5))
    find("fill").click()
    settle()
    chooser = find("use").parentWidget()
    assert not chooser.isHidden()
    large = [find("answer").pixmap().toImage()]
    find("next_answer").click()
    large.append(find("answer").pixmap().toImage())
    assert large[0] != large[1]
    assert studio.answers.index == 1
    find("previous_answer").click()
    press_key(chooser, qt.Qt.Key.Key_Left)
    assert studio.answers.index == 4
    press_key(chooser, qt.Qt.Key.Key_Right)
    find("answer_3").click()
    assert studio.answers.index == 2
    checked = [index for index in range(1, 6) if find(f"answer_{index}").isChecked()]
    assert checked == [3]
    press_key(chooser, qt.Qt.Key.Key_Return)
    settle()
    assert canvas.names[-1] == "Maquette fill"
    assert chooser.isHidden()


def test_escape_throws_the_answers_away(panel, find, studio, settle, canvas):
    studio.set_settings(replace(studio.settings, candidates=2))
    find("fill").click()
    settle()
    press_key(find("use").parentWidget(), qt.Qt.Key.Key_Escape)
    assert (studio.answers, canvas.names) == (None, ["Background"])


def test_fewer_answers_than_before_show_fewer_thumbnails(panel, find, studio, settle):
    for count in (4, 2):
        studio.set_settings(replace(studio.settings, candidates=count))
        find("fill").click()
        settle()
        delete_now()
        shown = [index for index in range(1, 6) if panel.findChild(qt.QToolButton, f"maquette_answer_{index}")]
        assert shown == list(range(1, count + 1))
        find("discard").click()


def test_an_answer_without_its_document_offers_to_open_it(
    panel, find, studio, settle, turn_until, canvas, painter, host
):
    painter.gate = asyncio.Event()
    find("fill").click()
    turn_until(lambda: bool(painter.requests))
    canvas.is_open = False
    painter.gate.set()
    settle()
    assert find("use").text() == strings.OPEN_AS_NEW
    find("use").click()
    settle()
    assert len(host.opened) == 1


def test_the_options_are_folded_at_first(panel, find):
    fold = panel.findChild(Fold)
    assert find("source").parentWidget().isHidden()
    fold.button.click()
    assert not find("source").parentWidget().isHidden()


def activate(choice, index: int) -> None:
    choice.setCurrentIndex(index)
    choice.activated.emit(index)


def test_every_option_reaches_the_settings(panel, find, studio, settle):
    studio.service.ask()
    settle()
    activate(find("source"), 1)
    activate(find("result"), 2)
    find("candidates").setValue(3)
    for name, value in (("grow", 6), ("feather", 2), ("blend", 9)):
        activate(find(f"{name}_unit"), 1)
        find(f"{name}_value").setValue(value)
    activate(find("edges"), 2)
    activate(find("context"), 1)
    find("context_pixels").setValue(77)
    activate(find("model"), 1)
    find("seed").setValue(1234)
    find("keep_seed").click()
    find("keep_brightness").click()
    find("quality").setValue(30)
    chosen = studio.settings
    assert (chosen.source, chosen.result, chosen.candidates) == (Source.LAYER, Result.GROUP, 3)
    percent = LengthUnit.PERCENT
    assert (chosen.grow, chosen.feather, chosen.blend) == (Length(6, percent), Length(2, percent), Length(9, percent))
    assert (chosen.blend_mode, chosen.context.kind, chosen.context.pixels) == (BlendMode.OFF, ContextKind.PIXELS, 77)
    assert (chosen.model_id, chosen.seed, chosen.quality) == ("exemplar", 1234, 30)
    assert (chosen.keep_seed, chosen.keep_brightness) == (True, False)
    find("reset").click()
    assert studio.settings == Settings()
    assert (find("seed").value(), find("grow_value").value()) == (0, 4)


def test_what_is_being_typed_stays_while_something_else_changes(panel, find, studio):
    seed = find("seed")
    seed.lineEdit().setText("4711")
    studio.set_settings(replace(studio.settings, candidates=2))
    assert seed.lineEdit().text() == "4711"
    seed.interpretText()
    assert studio.settings.seed == 4711


def test_a_replaced_layer_is_shown_as_what_is_looked_at(panel, find, studio):
    activate(find("result"), 1)
    assert not find("source").isEnabled()
    assert find("source").currentText() == strings.SOURCE_LAYER
    activate(find("result"), 0)
    assert find("source").currentText() == strings.SOURCE_VISIBLE


def test_a_chosen_model_stays_while_no_daemon_answers(panel, find, studio, connection, settle):
    studio.set_settings(replace(studio.settings, model_id="palette-rooms-lands"))
    connection.become(conditions.not_running())
    assert find("model").currentText() == "palette-rooms-lands"
    assert studio.settings.model_id == "palette-rooms-lands"


def test_layers_for_colour_hints_are_found_when_somebody_looks(panel, find, studio, host):
    host.canvas = FakeCanvas((4, 4))
    panel.look()
    assert [find("hints").itemText(index) for index in range(2)] == [strings.HINTS_NONE, "Background"]
    activate(find("hints"), 1)
    assert studio.hints_id == "background"


def test_everything_that_can_be_pressed_or_set_explains_itself(panel):
    fields = (qt.QPushButton, qt.QToolButton, qt.QComboBox, qt.QSpinBox, qt.QDoubleSpinBox, qt.QCheckBox)
    named = [widget for kind in fields for widget in panel.findChildren(kind) if widget.objectName().startswith("maq")]
    assert len(named) > 30
    silent = [each.objectName() for each in named if not (each.toolTip() or each.parentWidget().toolTip())]
    assert silent == []


def test_what_appears_is_scrolled_to_in_a_small_docker(panel, find, studio, settle):
    studio.set_settings(replace(studio.settings, candidates=2))
    panel.resize(280, 200)
    find("fill").click()
    settle()
    turn_qt_until(lambda: panel.verticalScrollBar().value() > 0)
    turn_qt_until(lambda: not find("answer").visibleRegion().isEmpty())


def test_the_docker_can_be_made_narrow(panel):
    panel.findChild(Fold).button.click()
    assert panel.widget().minimumSizeHint().width() <= 290


def test_a_closed_window_is_told_nothing_more(studio, application):
    other = Panel(studio)
    heard = len(studio._listeners)
    other.deleteLater()
    del other
    delete_now()
    assert len(studio._listeners) == heard - 1
    studio.set_settings(replace(studio.settings, seed=3))
