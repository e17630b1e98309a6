"""Tests of all that shows something, run by test_krita_widgets.py once for each Qt binding."""

from __future__ import annotations

import asyncio
import socket
import time
from dataclasses import replace

import fake_krita
import pytest
from fake_krita_host import FakeCanvas, FakeSelection
from maquette_krita import qt, strings
from maquette_krita.client import BlendMode, ContextKind, Length, LengthUnit, Pump, Rectangle, conditions
from maquette_krita.colour import colour_format
from maquette_krita.documents import KritaCanvas
from maquette_krita.fields import Fold
from maquette_krita.jobs import Verb
from maquette_krita.panel import Panel
from maquette_krita.run import Phase
from maquette_krita.settings import Result, Settings, Source
from maquette_krita.turning import Turner

SRGB = ("RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc")


@pytest.fixture(scope="session", autouse=True)
def application():
    return qt.QApplication([])


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


def delete_now() -> None:
    kind = qt.QEvent.Type.DeferredDelete
    qt.QApplication.sendPostedEvents(None, kind if isinstance(kind, int) else kind.value)


def turn_qt_until(holds) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        qt.QApplication.processEvents()


def test_qt_turns_the_pump_while_something_is_in_flight_and_then_rests():
    pump = Pump()
    turner = Turner(pump)
    assert turner.idle

    async def talk() -> str:
        async def answer(reader, writer):
            writer.write(await reader.readline())
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"hello\n")
        line = await reader.readline()
        await asyncio.sleep(0.01)
        writer.close()
        server.close()
        return line.decode()

    handle = pump.submit(talk())
    turn_qt_until(lambda: handle.done)
    turn_qt_until(lambda: turner.idle)
    assert handle.result() == "hello\n"
    turner.close()
    pump.close()


def test_a_connection_that_ends_while_nothing_is_in_flight_is_noticed():
    pump = Pump()
    turner = Turner(pump)
    noticed, ends = [], []
    turner.on_stir = lambda: noticed.append(turner.idle)

    async def connect() -> asyncio.Server:
        async def keep(_reader, writer):
            ends.append(writer)

        server = await asyncio.start_server(keep, "127.0.0.1", 0)
        ends.append((await asyncio.open_connection(*server.sockets[0].getsockname()))[1])
        while len(ends) < 2:
            await asyncio.sleep(0)
        return server

    async def close(server: asyncio.Server) -> None:
        for end in ends:
            end.close()
        server.close()
        await asyncio.sleep(0)

    handle = pump.submit(connect())
    turn_qt_until(lambda: handle.done and turner.idle)
    before = len(noticed)
    ends[0].transport.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
    turn_qt_until(lambda: len(noticed) >= before + 2 and turner.idle)
    pump.run(close(handle.result()))
    turner.close()
    pump.close()


def test_a_turn_within_a_turn_does_nothing():
    pump = Pump()
    turner = Turner(pump)

    async def nested() -> int:
        qt.QApplication.processEvents()
        turner._turn()
        return 7

    handle = pump.submit(nested())
    turn_qt_until(lambda: handle.done)
    assert handle.result() == 7
    turner.close()
    pump.close()


def test_another_plugins_loop_is_waited_for():
    pump = Pump()
    turner = Turner(pump)
    done = []

    async def own() -> None:
        done.append("own")

    async def of_another_plugin() -> None:
        pump.submit(own())
        for _ in range(5):
            qt.QApplication.processEvents()
        done.append("other")

    asyncio.run(of_another_plugin())
    turn_qt_until(lambda: turner.idle)
    assert done == ["other", "own"]
    turner.close()
    pump.close()


@pytest.fixture
def document():
    application = fake_krita.Krita.instance()
    application.open[:] = [fake_krita.Document(30, 20)]
    return application.open[0]


@pytest.fixture
def krita_canvas(document):
    return KritaCanvas(document, fake_krita.Krita.instance().documents)


def test_a_documents_selection_is_copied_and_never_kept(document, krita_canvas):
    assert krita_canvas.selection() is None
    document.chosen = fake_krita.Selection((1, 2, 0, 0))
    assert krita_canvas.selection() is None
    document.chosen = fake_krita.Selection((1, 2, 3, 4))
    copy = krita_canvas.selection()
    document.chosen.place = (9, 9, 9, 9)
    assert copy.bounds == Rectangle(1, 2, 3, 4)
    assert document.chosen.copies == 1
    assert copy.read(Rectangle(5, 6, 7, 8)) == bytes([5, 6, 7, 8])


def test_krita_is_waited_for_before_its_pixels_are_read(document, krita_canvas):
    krita_canvas.settle()
    assert document.waited


def test_a_closed_document_is_noticed(document, krita_canvas):
    assert krita_canvas.is_open
    fake_krita.Krita.instance().open.clear()
    assert not krita_canvas.is_open


def test_a_mask_stands_for_the_layer_that_it_is_on(document, krita_canvas):
    assert krita_canvas.active_layer().name == "Background"
    mask = fake_krita.Node("Mask", "transparencymask", SRGB)
    document.background.addChildNode(mask, None)
    document.active = mask
    assert krita_canvas.active_layer().name == "Background"
    document.active = fake_krita.Node("Selection", "selectionmask", SRGB)
    document.root.addChildNode(document.active, None)
    assert krita_canvas.active_layer() is None
    document.active = None
    assert krita_canvas.active_layer() is None


def test_pixels_are_read_from_everything_from_a_layer_and_from_its_own(document, krita_canvas):
    layer_id, place = krita_canvas.active_layer().id, Rectangle(1, 2, 3, 4)
    assert krita_canvas.read(place, None) == b"all\x01\x02\x03\x04"
    assert krita_canvas.read(place, layer_id) == b"shown\x01\x02\x03\x04"
    assert krita_canvas.read(place, layer_id, own_pixels=True) == b"own\x01\x02\x03\x04"
    with pytest.raises(RuntimeError, match="gone"):
        krita_canvas.read(place, "{00000000-0000-0000-0000-000000000000}")


def test_a_draft_is_filled_before_it_is_put_into_the_document(document, krita_canvas):
    draft = krita_canvas.new_layer("New", colour_format(*SRGB))
    draft.write(Rectangle(1, 2, 1, 1), b"abcd")
    assert document.root.children == [document.background]
    assert draft.node.pixels == {(1, 2, 1, 1): b"abcd"}
    made = krita_canvas.put(draft, krita_canvas.active_layer().id)
    assert [node.name() for node in document.root.children] == ["Background", "New"]
    assert document.active is document.background
    krita_canvas.activate(made)
    assert document.active is draft.node
    assert krita_canvas.unused_name("New") == "New 2"
    krita_canvas.remove(made)
    assert krita_canvas.unused_name("New") == "New"


def test_a_layer_of_another_depth_than_the_documents_can_be_made(krita_canvas):
    deep = colour_format("RGBA", "F32", "sRGB-elle-V2-g10.icc")
    assert krita_canvas.new_layer("Deep", deep).node.colour == ("RGBA", "F32", "sRGB-elle-V2-g10.icc")


def test_layers_go_into_groups_and_above_nested_ones(document, krita_canvas):
    group = krita_canvas.put_group("Answers", None)
    inside = krita_canvas.put(krita_canvas.new_layer("One", colour_format(*SRGB)), None, group)
    krita_canvas.put(krita_canvas.new_layer("Two", colour_format(*SRGB)), inside)
    assert [name for _, name in krita_canvas.layer_names()] == ["Two", "One", "Background"]
    assert krita_canvas.layer(group).kind == "grouplayer"
    assert krita_canvas.layer(inside).bounds == Rectangle(1, 2, 3, 4)


def test_a_copy_keeps_the_layers_name_and_the_picture_grows_to_the_left(document, krita_canvas):
    draft = krita_canvas.copy_of_layer(krita_canvas.active_layer().id)
    assert draft.node.name() == "Background"
    krita_canvas.grow(5, 6, 40, 30)
    assert document.resized == (-5, -6, 40, 30)


def test_a_layer_that_is_gone_is_not_read(document, krita_canvas):
    layer_id, place = krita_canvas.active_layer().id, Rectangle(1, 2, 3, 4)
    krita_canvas.read(place, layer_id)
    document.background.remove()
    assert krita_canvas.layer(layer_id) is None
    with pytest.raises(RuntimeError, match="gone"):
        krita_canvas.read(place, layer_id)


def test_krita_gets_a_docker_and_every_action_of_the_action_file(document, monkeypatch, tmp_path):
    from maquette_krita import host
    from test_krita_files import PLUGIN, ElementTree

    monkeypatch.setenv("MAQUETTE_RUNTIME_DIR", str(tmp_path / "none"))
    host.register()
    krita = fake_krita.Krita.instance()
    krita.extensions[-1].setup()
    krita.extensions[-1].createActions(krita.window)
    described = [each.get("name") for each in ElementTree.parse(PLUGIN / "maquette_krita.action").iter("Action")]
    assert list(krita.window.actions) == described
    docker = krita.factories[-1].make()
    docker.canvasChanged(None)
    assert docker.windowTitle() == "Maquette"
    studio = host.plugin().studio
    krita.window.actions["maquette_fill"].trigger()
    assert studio.problem.message == strings.NOTHING_SELECTED
    krita.open.clear()
    krita.window.actions["maquette_extend_all"].trigger()
    assert studio.problem.message == strings.NO_DOCUMENT
    krita.window.actions["maquette_cancel"].trigger()
    studio.set_settings(replace(studio.settings, seed=8))
    assert '"seed": 8' in krita.settings["maquette", "settings"]
    canvas = host.KritaHost().open_picture("New", (4, 3), colour_format(*SRGB), 72.0)
    assert canvas.size == (4, 3)
    assert len(krita.window.views) == 1
    krita.bell.applicationClosing.emit()
    assert studio.pump.closed


def test_verbs_are_all_on_the_panel_and_in_the_menu():
    from maquette_krita import host

    assert {verb for _, verb, _ in host.ACTIONS.values()} == set(Verb)
