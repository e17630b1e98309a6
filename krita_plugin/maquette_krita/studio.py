"""The running plugin: one connection, one run at a time, and what the dockers show of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from . import placing, strings
from .answers import Answers, SmallPicture, small_picture, thumbnail
from .asking import Answer, Painter, perform
from .canvas import Canvas, Host
from .client import ClientError, Connection, Handle, Image, Length, Pump, State
from .jobs import Side, Verb, prepare
from .run import Phase, Run
from .service import Service
from .settings import AUTOMATIC_MODEL, Settings, from_text, to_text

SETTINGS_KEY = "settings"

_HOMELESS = ("DOCUMENT_CLOSED", "DOCUMENT_CHANGED")


class Studio:
    """Everything that lives as long as the plugin is enabled.

    Args:
        host: the application.
        pump: what turns the connection.
        connection: to the daemon; None = one of its own.
        painter: the daemon's verbs; None = the real ones.
        clock: seconds, for the time left.
    """

    def __init__(
        self,
        host: Host,
        pump: Pump,
        connection: Connection | None = None,
        painter: Painter | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._host, self.pump, self._painter, self._clock = host, pump, painter, clock
        self.service = Service(connection or Connection(), pump, self._changed, self._ready)
        self.run = Run()
        self.settings = from_text(host.read_setting(SETTINGS_KEY))
        self.hints_id = ""
        self.hint_layers: list[tuple[str, str]] = []
        self.answers: Answers | None = None
        self.preview: SmallPicture | None = None
        self.problem: ClientError | None = None
        self.message = ""
        self.notes: tuple[str, ...] = ()
        self._listeners: list[Callable[[], None]] = []
        self._handle: Handle[Any] | None = None

    def listen(self, listener: Callable[[], None]) -> None:
        """Be told of every change."""
        self._listeners.append(listener)

    def forget(self, listener: Callable[[], None]) -> None:
        """Be told no more."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def close(self) -> None:
        """The application ends."""
        self._listeners.clear()
        self.service.close()
        self.pump.close()

    # What the buttons do.

    def press(self, verb: Verb, sides: Sequence[Side] = ()) -> None:
        """Begin; what stands in the way is said."""
        try:
            self._check_free()
            settings = self._suited_to(verb)
            job = prepare(verb, self._host.active_canvas(), settings, sides, self.hints_id)
        except ClientError as error:
            self._report(error)
            return
        self._clear()
        self.run.go(Phase.READING, strings.READING)
        self._handle = self.pump.submit(perform(job, self.service.connection, self, self._painter), self._answered)
        self._changed()

    def cancel(self) -> None:
        """Stop what runs; the daemon drops it with the stream."""
        if self.run.can_cancel and self._handle is not None:
            self._handle.cancel()

    def flip(self, steps: int) -> None:
        """Look at another answer."""
        if self.answers is not None:
            self.answers.flip(steps)
            self._changed()

    def look_at(self, index: int) -> None:
        """Look at one answer."""
        if self.answers is not None:
            self.flip(index - self.answers.index)

    def use(self) -> None:
        """Put the answer that is looked at into the document, or open it as one when it has none."""
        if self.answers is None or self.run.phase is not Phase.CHOOSING:
            return
        self.problem = None
        self._apply(self.answers)

    def discard(self) -> None:
        """Throw the answers away."""
        if self.run.phase is Phase.CHOOSING:
            self.run.go(Phase.IDLE)
            self._clear()
            self.message = strings.DISCARDED
            self._changed()

    def set_settings(self, settings: Settings) -> None:
        """The person chose something; it is remembered."""
        if settings != self.settings:
            self.settings = settings
            self._host.write_setting(SETTINGS_KEY, to_text(settings))
            self._changed()

    def set_extend(self, length: Length) -> None:
        """How much an extension adds."""
        self.set_settings(replace(self.settings, extend=length))

    def set_hints(self, layer_id: str) -> None:
        """The layer with colours to keep to; empty = none."""
        self.hints_id = layer_id
        self._changed()

    def look_around(self) -> None:
        """Somebody looks: see which layers there are to take colour hints from, and whose the waiting answers are."""
        canvas = self._host.active_canvas()
        if self.answers is not None and self.run.phase is Phase.CHOOSING:
            self._see_whose(self.answers, canvas)
        layers = canvas.layer_names() if canvas is not None else []
        if layers != self.hint_layers:
            self.hint_layers = layers
            self._changed()

    def _see_whose(self, answers: Answers, canvas: Canvas | None) -> None:
        home = answers.answer.job.canvas
        homeless = answers.homeless or not home.is_open
        elsewhere = not homeless and (canvas is None or not home.is_same(canvas))
        if (homeless, elsewhere) != (answers.homeless, answers.elsewhere):
            answers.homeless, answers.elsewhere = homeless, elsewhere
            self._changed()

    def glance(self) -> None:
        """Somebody looks: see how the daemon is, unless it is at work and tells by itself."""
        if not self.run.in_flight:
            self.service.glance()

    # Told by the run; see asking.Report.

    def reading(self) -> None:
        """The document is being read."""
        self._changed()

    def sending(self) -> None:
        """All that is needed was read."""
        self.run.go(Phase.WORKING, strings.SENDING)
        self._changed()

    def working(self, stage: str, fraction: float) -> None:
        """The daemon works."""
        self.run.working(self._clock(), stage, fraction)
        self._changed()

    def previewing(self, image: Image) -> None:
        """It may look like this."""
        self.pump.submit(small_picture(image), self._previewed)

    def _answered(self, handle: Handle[Answer]) -> None:
        self._handle = None
        try:
            answer = handle.result()
        except Exception as error:
            self.run.go(Phase.IDLE)
            self._failed(error)
            return
        self.answers = Answers(answer)
        self.notes = self._notes_on(answer)
        self.set_settings(self.settings.with_next_seed())
        if self.answers.count == 1:
            self._apply(self.answers)
        else:
            self._offer(self.answers)

    def _offer(self, answers: Answers) -> None:
        self.run.go(Phase.CHOOSING)
        self._changed()
        if not answers.thumbnails:
            self.pump.submit(self._picture(answers), lambda handle: handle.result())

    async def _picture(self, answers: Answers) -> None:
        for index in range(answers.count):
            answers.thumbnails.append(await thumbnail(answers.answer, index))
            self._changed()

    def _apply(self, answers: Answers) -> None:
        self.run.go(Phase.APPLYING, strings.APPLYING)
        self._changed()
        if answers.homeless:
            placing_it = placing.open_as_new(answers.answer, answers.index, self._host)
        else:
            placing_it = placing.place(answers.answer, answers.index)
        self.pump.submit(placing_it, self._applied)

    def _applied(self, handle: Handle[placing.Placed]) -> None:
        try:
            placed = handle.result()
        except Exception as error:
            if self.answers is not None:
                reason = error.reason if isinstance(error, ClientError) else ""
                self.answers.homeless = self.answers.homeless or reason in _HOMELESS
                self._offer(self.answers)
            self._failed(error)
            return
        notes = self.notes
        self.run.go(Phase.IDLE)
        self._clear()
        self.notes = notes
        self.message = f"{placed.sentence} {_undo_words(placed.undo_steps)}".strip()
        self._changed()

    def _previewed(self, handle: Handle[SmallPicture]) -> None:
        if self.run.in_flight:
            self.preview = handle.result()
            self._changed()

    def _notes_on(self, answer: Answer) -> tuple[str, ...]:
        service, chosen = self.service, self.settings.model_id
        made_by = strings.MADE_BY.format(model=service.title(answer.outcome.model_id))
        instead = strings.OTHER_MODEL.format(model=service.title(chosen))
        taken = answer.job.settings.model_id == chosen
        notes = (*answer.outcome.notes, "" if taken else instead, made_by, answer.job.colour.note)
        return tuple(note for note in notes if note)

    def _suited_to(self, verb: Verb) -> Settings:
        """The settings, with the automatic model when the chosen one cannot do this; the notes tell."""
        if self.service.can_do(self.settings.model_id, verb):
            return self.settings
        return replace(self.settings, model_id=AUTOMATIC_MODEL)

    def _check_free(self) -> None:
        if self.run.in_flight:
            raise ClientError("BUSY", strings.BUSY, strings.BUSY_ACTION)
        if self.run.phase is Phase.CHOOSING:
            raise ClientError("BUSY", strings.CHOOSE_FIRST, strings.CHOOSE_FIRST_ACTION)

    def _failed(self, error: Exception) -> None:
        """Say what failed; the document and the person's choices are as they were."""
        if not isinstance(error, ClientError):
            error = ClientError("INTERNAL", strings.HOST_FAILED.format(problem=error), strings.HOST_FAILED_ACTION)
        if error.reason == "CANCELLED":
            self._clear()
            self.message = strings.CANCELLED
        elif error.reason in _HOMELESS and self.answers is None:
            self._report(ClientError(error.reason, error.message, strings.DOCUMENT_GONE_ACTION))
        elif error.reason == "CONNECTION_LOST":
            self._report(ClientError(error.reason, strings.LOST, strings.LOST_ACTION))
        elif error.reason in State.__members__:
            # What to do about it is said with the connection.
            self._report(ClientError(error.reason, strings.NOT_READY, strings.NOT_READY_ACTION))
        else:
            self._report(error)
        self.preview = None
        # The daemon may have ended; then the docker offers to start it.
        self.glance()
        self._changed()

    def _report(self, error: ClientError) -> None:
        self.problem, self.message, self.notes = error, "", ()
        self._changed()

    def _clear(self) -> None:
        self.answers = self.preview = self.problem = None
        self.message, self.notes = "", ()

    def _ready(self) -> None:
        """The daemon answered: that it did not is no problem any more."""
        if self.problem is not None and self.problem.reason in State.__members__:
            self.problem = None

    def _changed(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def _undo_words(steps: int) -> str:
    if steps == 0:
        return ""
    return strings.UNDO_ONE if steps == 1 else strings.UNDO_MANY.format(steps=steps)
