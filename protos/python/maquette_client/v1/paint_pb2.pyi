from maquette_client.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LengthUnit(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LENGTH_UNIT_UNSPECIFIED: _ClassVar[LengthUnit]
    LENGTH_UNIT_PIXELS: _ClassVar[LengthUnit]
    LENGTH_UNIT_PERCENT: _ClassVar[LengthUnit]

class BlendMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BLEND_MODE_UNSPECIFIED: _ClassVar[BlendMode]
    BLEND_MODE_GRADIENT: _ClassVar[BlendMode]
    BLEND_MODE_FEATHER: _ClassVar[BlendMode]
    BLEND_MODE_OFF: _ClassVar[BlendMode]

class ContextKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONTEXT_KIND_UNSPECIFIED: _ClassVar[ContextKind]
    CONTEXT_KIND_AUTOMATIC: _ClassVar[ContextKind]
    CONTEXT_KIND_PIXELS: _ClassVar[ContextKind]
    CONTEXT_KIND_WHOLE: _ClassVar[ContextKind]
LENGTH_UNIT_UNSPECIFIED: LengthUnit
LENGTH_UNIT_PIXELS: LengthUnit
LENGTH_UNIT_PERCENT: LengthUnit
BLEND_MODE_UNSPECIFIED: BlendMode
BLEND_MODE_GRADIENT: BlendMode
BLEND_MODE_FEATHER: BlendMode
BLEND_MODE_OFF: BlendMode
CONTEXT_KIND_UNSPECIFIED: ContextKind
CONTEXT_KIND_AUTOMATIC: ContextKind
CONTEXT_KIND_PIXELS: ContextKind
CONTEXT_KIND_WHOLE: ContextKind

class Length(_message.Message):
    __slots__ = ("value", "unit")
    VALUE_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    value: float
    unit: LengthUnit
    def __init__(self, value: _Optional[float] = ..., unit: _Optional[_Union[LengthUnit, str]] = ...) -> None: ...

class SelectionSettings(_message.Message):
    __slots__ = ("grow", "feather", "blend")
    GROW_FIELD_NUMBER: _ClassVar[int]
    FEATHER_FIELD_NUMBER: _ClassVar[int]
    BLEND_FIELD_NUMBER: _ClassVar[int]
    grow: Length
    feather: Length
    blend: Length
    def __init__(self, grow: _Optional[_Union[Length, _Mapping]] = ..., feather: _Optional[_Union[Length, _Mapping]] = ..., blend: _Optional[_Union[Length, _Mapping]] = ...) -> None: ...

class Context(_message.Message):
    __slots__ = ("kind", "pixels")
    KIND_FIELD_NUMBER: _ClassVar[int]
    PIXELS_FIELD_NUMBER: _ClassVar[int]
    kind: ContextKind
    pixels: int
    def __init__(self, kind: _Optional[_Union[ContextKind, str]] = ..., pixels: _Optional[int] = ...) -> None: ...

class PaintSettings(_message.Message):
    __slots__ = ("seed", "candidates", "steps", "preview_side", "batch")
    SEED_FIELD_NUMBER: _ClassVar[int]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_SIDE_FIELD_NUMBER: _ClassVar[int]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    seed: int
    candidates: int
    steps: int
    preview_side: int
    batch: bool
    def __init__(self, seed: _Optional[int] = ..., candidates: _Optional[int] = ..., steps: _Optional[int] = ..., preview_side: _Optional[int] = ..., batch: _Optional[bool] = ...) -> None: ...

class InpaintRequest(_message.Message):
    __slots__ = ("model_id", "picture", "mask", "selection", "context", "blend_mode", "settings")
    MODEL_ID_FIELD_NUMBER: _ClassVar[int]
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    SELECTION_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    BLEND_MODE_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    model_id: str
    picture: _common_pb2.Image
    mask: _common_pb2.Image
    selection: SelectionSettings
    context: Context
    blend_mode: BlendMode
    settings: PaintSettings
    def __init__(self, model_id: _Optional[str] = ..., picture: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., mask: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., selection: _Optional[_Union[SelectionSettings, _Mapping]] = ..., context: _Optional[_Union[Context, _Mapping]] = ..., blend_mode: _Optional[_Union[BlendMode, str]] = ..., settings: _Optional[_Union[PaintSettings, _Mapping]] = ...) -> None: ...

class InpaintResponse(_message.Message):
    __slots__ = ("progress", "preview", "result")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    progress: _common_pb2.Progress
    preview: _common_pb2.Preview
    result: PaintResult
    def __init__(self, progress: _Optional[_Union[_common_pb2.Progress, _Mapping]] = ..., preview: _Optional[_Union[_common_pb2.Preview, _Mapping]] = ..., result: _Optional[_Union[PaintResult, _Mapping]] = ...) -> None: ...

class OutpaintRequest(_message.Message):
    __slots__ = ("model_id", "picture", "left", "right", "top", "bottom", "blend", "blend_mode", "settings")
    MODEL_ID_FIELD_NUMBER: _ClassVar[int]
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    RIGHT_FIELD_NUMBER: _ClassVar[int]
    TOP_FIELD_NUMBER: _ClassVar[int]
    BOTTOM_FIELD_NUMBER: _ClassVar[int]
    BLEND_FIELD_NUMBER: _ClassVar[int]
    BLEND_MODE_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    model_id: str
    picture: _common_pb2.Image
    left: int
    right: int
    top: int
    bottom: int
    blend: Length
    blend_mode: BlendMode
    settings: PaintSettings
    def __init__(self, model_id: _Optional[str] = ..., picture: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., left: _Optional[int] = ..., right: _Optional[int] = ..., top: _Optional[int] = ..., bottom: _Optional[int] = ..., blend: _Optional[_Union[Length, _Mapping]] = ..., blend_mode: _Optional[_Union[BlendMode, str]] = ..., settings: _Optional[_Union[PaintSettings, _Mapping]] = ...) -> None: ...

class OutpaintResponse(_message.Message):
    __slots__ = ("progress", "preview", "result")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    progress: _common_pb2.Progress
    preview: _common_pb2.Preview
    result: PaintResult
    def __init__(self, progress: _Optional[_Union[_common_pb2.Progress, _Mapping]] = ..., preview: _Optional[_Union[_common_pb2.Preview, _Mapping]] = ..., result: _Optional[_Union[PaintResult, _Mapping]] = ...) -> None: ...

class ColorizeRequest(_message.Message):
    __slots__ = ("model_id", "picture", "hints", "keep_luminance", "settings")
    MODEL_ID_FIELD_NUMBER: _ClassVar[int]
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    HINTS_FIELD_NUMBER: _ClassVar[int]
    KEEP_LUMINANCE_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    model_id: str
    picture: _common_pb2.Image
    hints: _common_pb2.Image
    keep_luminance: bool
    settings: PaintSettings
    def __init__(self, model_id: _Optional[str] = ..., picture: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., hints: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., keep_luminance: _Optional[bool] = ..., settings: _Optional[_Union[PaintSettings, _Mapping]] = ...) -> None: ...

class ColorizeResponse(_message.Message):
    __slots__ = ("progress", "preview", "result")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    progress: _common_pb2.Progress
    preview: _common_pb2.Preview
    result: PaintResult
    def __init__(self, progress: _Optional[_Union[_common_pb2.Progress, _Mapping]] = ..., preview: _Optional[_Union[_common_pb2.Preview, _Mapping]] = ..., result: _Optional[_Union[PaintResult, _Mapping]] = ...) -> None: ...

class RestoreJpegRequest(_message.Message):
    __slots__ = ("model_id", "picture", "quality", "settings")
    MODEL_ID_FIELD_NUMBER: _ClassVar[int]
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    QUALITY_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    model_id: str
    picture: _common_pb2.Image
    quality: int
    settings: PaintSettings
    def __init__(self, model_id: _Optional[str] = ..., picture: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., quality: _Optional[int] = ..., settings: _Optional[_Union[PaintSettings, _Mapping]] = ...) -> None: ...

class RestoreJpegResponse(_message.Message):
    __slots__ = ("progress", "preview", "result")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    progress: _common_pb2.Progress
    preview: _common_pb2.Preview
    result: PaintResult
    def __init__(self, progress: _Optional[_Union[_common_pb2.Progress, _Mapping]] = ..., preview: _Optional[_Union[_common_pb2.Preview, _Mapping]] = ..., result: _Optional[_Union[PaintResult, _Mapping]] = ...) -> None: ...

class PaintResult(_message.Message):
    __slots__ = ("left", "top", "width", "height", "coverage", "candidates", "notes", "provenance")
    LEFT_FIELD_NUMBER: _ClassVar[int]
    TOP_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    COVERAGE_FIELD_NUMBER: _ClassVar[int]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    PROVENANCE_FIELD_NUMBER: _ClassVar[int]
    left: int
    top: int
    width: int
    height: int
    coverage: _common_pb2.Image
    candidates: _containers.RepeatedCompositeFieldContainer[_common_pb2.Image]
    notes: _containers.RepeatedScalarFieldContainer[str]
    provenance: _common_pb2.Provenance
    def __init__(self, left: _Optional[int] = ..., top: _Optional[int] = ..., width: _Optional[int] = ..., height: _Optional[int] = ..., coverage: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., candidates: _Optional[_Iterable[_Union[_common_pb2.Image, _Mapping]]] = ..., notes: _Optional[_Iterable[str]] = ..., provenance: _Optional[_Union[_common_pb2.Provenance, _Mapping]] = ...) -> None: ...
