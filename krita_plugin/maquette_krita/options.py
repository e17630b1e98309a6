# pyright: basic
"""Everything under "Options": a first picture needs none of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from . import strings
from .client import BlendMode, Context, ContextKind
from .fields import Choice, LengthField
from .qt import QCheckBox, QFormLayout, QHBoxLayout, QPushButton, QSpinBox, QWidget
from .settings import AUTOMATIC_MODEL, MAXIMUM_CANDIDATES, MAXIMUM_SEED, Result, Settings, Source
from .studio import Studio

_SOURCES = ((Source.VISIBLE, strings.SOURCE_VISIBLE), (Source.LAYER, strings.SOURCE_LAYER))
_RESULTS = (
    (Result.NEW_LAYER, strings.RESULT_NEW_LAYER),
    (Result.REPLACE, strings.RESULT_REPLACE),
    (Result.GROUP, strings.RESULT_GROUP),
)
_EDGES = (
    (BlendMode.GRADIENT, strings.EDGES_GRADIENT),
    (BlendMode.FEATHER, strings.EDGES_FEATHER),
    (BlendMode.OFF, strings.EDGES_OFF),
)
_CONTEXTS = (
    (ContextKind.AUTOMATIC, strings.CONTEXT_AUTOMATIC),
    (ContextKind.PIXELS, strings.CONTEXT_PIXELS),
    (ContextKind.WHOLE, strings.CONTEXT_WHOLE),
)


class Options(QWidget):
    """The form.

    Args:
        studio: whose settings it shows and changes.
    """

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._add_where()
        self._add_edges()
        self._add_answers()
        self._add_layers()
        reset = QPushButton(strings.RESET_OPTIONS)
        reset.setObjectName("maquette_reset")
        reset.setToolTip(strings.RESET_OPTIONS_HELP)
        reset.clicked.connect(lambda *_: studio.set_settings(Settings()))
        self._form.addRow(reset)
        self.show_settings()

    def show_settings(self) -> None:
        """Show what the studio has; nothing is told to it."""
        settings, studio = self._studio.settings, self._studio
        self._source.offer(_SOURCES, Source.LAYER if settings.reads_layer else Source.VISIBLE)
        self._source.setEnabled(settings.result is not Result.REPLACE)
        self._result.offer(_RESULTS, settings.result)
        _show(self._candidates, settings.candidates)
        self._grow.show_length(settings.grow)
        self._feather.show_length(settings.feather)
        self._blend.show_length(settings.blend)
        self._edges.offer(_EDGES, settings.blend_mode)
        self._context.offer(_CONTEXTS, settings.context.kind)
        _show(self._context_pixels, settings.context.pixels)
        self._context_pixels.setVisible(settings.context.kind is ContextKind.PIXELS)
        self._model.offer([(AUTOMATIC_MODEL, strings.MODEL_AUTOMATIC), *self._models()], settings.model_id)
        _show(self._seed, settings.seed)
        _check(self._keep_seed, settings.keep_seed)
        self._hints.offer([("", strings.HINTS_NONE), *studio.hint_layers], studio.hints_id)
        _check(self._keep_brightness, settings.keep_brightness)
        _show(self._quality, settings.quality)

    def _models(self) -> list[tuple[str, str]]:
        """Those of the daemon; the chosen one is kept while no daemon answers."""
        known, chosen = self._studio.service.models, self._studio.settings.model_id
        if chosen == AUTOMATIC_MODEL or chosen in [model_id for model_id, _ in known]:
            return known
        return [*known, (chosen, chosen)]

    def _add_where(self) -> None:
        self._source = self._choice("maquette_source", "source")
        self._result = self._choice("maquette_result", "result")
        self._row(strings.SOURCE, strings.SOURCE_HELP, self._source)
        self._row(strings.RESULT, strings.RESULT_HELP, self._result)

    def _add_edges(self) -> None:
        self._grow = LengthField("maquette_grow", lambda length: self._set(grow=length))
        self._feather = LengthField("maquette_feather", lambda length: self._set(feather=length))
        self._blend = LengthField("maquette_blend", lambda length: self._set(blend=length))
        self._edges = self._choice("maquette_edges", "blend_mode")
        self._context = Choice("maquette_context", self._context_chosen)
        self._context_pixels = self._number("maquette_context_pixels", 1, 4096, self._context_pixels_chosen)
        self._context_pixels.setToolTip(strings.CONTEXT_PIXELS_HELP)
        self._context_pixels.setSuffix(f" {strings.PIXELS}")
        self._row(strings.GROW, strings.GROW_HELP, self._grow)
        self._row(strings.FEATHER, strings.FEATHER_HELP, self._feather)
        self._row(strings.BLEND, strings.BLEND_HELP, self._blend)
        self._row(strings.EDGES, strings.EDGES_HELP, self._edges)
        self._row(strings.CONTEXT, strings.CONTEXT_HELP, _beside(self._context, self._context_pixels))

    def _add_answers(self) -> None:
        self._candidates = self._number(
            "maquette_candidates", 1, MAXIMUM_CANDIDATES, lambda count: self._set(candidates=count)
        )
        self._model = self._choice("maquette_model", "model_id")
        self._seed = self._number("maquette_seed", 0, MAXIMUM_SEED, lambda seed: self._set(seed=seed))
        self._keep_seed = self._switch("maquette_keep_seed", strings.KEEP_SEED, "keep_seed")
        self._keep_seed.setToolTip(strings.KEEP_SEED_HELP)
        self._row(strings.CANDIDATES, strings.CANDIDATES_HELP, self._candidates)
        self._row(strings.MODEL, strings.MODEL_HELP, self._model)
        self._row(strings.SEED, strings.SEED_HELP, _beside(self._seed, self._keep_seed))

    def _add_layers(self) -> None:
        self._hints = Choice("maquette_hints", self._studio.set_hints)
        self._keep_brightness = self._switch("maquette_keep_brightness", strings.KEEP_BRIGHTNESS, "keep_brightness")
        self._keep_brightness.setToolTip(strings.KEEP_BRIGHTNESS_HELP)
        self._quality = self._number("maquette_quality", 0, 100, lambda quality: self._set(quality=quality))
        self._quality.setSpecialValueText(strings.QUALITY_AUTOMATIC)
        self._row(strings.HINTS, strings.HINTS_HELP, self._hints)
        self._form.addRow(self._keep_brightness)
        self._row(strings.QUALITY, strings.QUALITY_HELP, self._quality)

    def _choice(self, name: str, setting: str) -> Choice:
        return Choice(name, lambda value: self._set(**{setting: value}))

    def _number(self, name: str, least: int, most: int, on_change: Any) -> QSpinBox:
        field = QSpinBox()
        field.setObjectName(name)
        field.setRange(least, most)
        field.setKeyboardTracking(False)
        field.valueChanged.connect(on_change)
        return field

    def _switch(self, name: str, text: str, setting: str) -> QCheckBox:
        switch = QCheckBox(text)
        switch.setObjectName(name)
        switch.toggled.connect(lambda on: self._set(**{setting: on}))
        return switch

    def _row(self, label: str, help_text: str, field: QWidget) -> None:
        field.setToolTip(help_text)
        self._form.addRow(label, field)
        if (shown := self._form.labelForField(field)) is not None:
            shown.setToolTip(help_text)

    def _context_chosen(self, kind: ContextKind) -> None:
        self._set(context=Context(kind, self._studio.settings.context.pixels))

    def _context_pixels_chosen(self, pixels: int) -> None:
        self._set(context=Context(self._studio.settings.context.kind, pixels))

    def _set(self, **changes: Any) -> None:
        self._studio.set_settings(replace(self._studio.settings, **changes))


def _beside(*widgets: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        layout.addWidget(widget)
    return row


def _show(field: QSpinBox, value: int) -> None:
    # Setting the value that it has would take away what is just being typed.
    if field.value() == value:
        return
    field.blockSignals(True)
    field.setValue(value)
    field.blockSignals(False)


def _check(switch: QCheckBox, on: bool) -> None:
    switch.blockSignals(True)
    switch.setChecked(on)
    switch.blockSignals(False)
