from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PixelFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PIXEL_FORMAT_UNSPECIFIED: _ClassVar[PixelFormat]
    PIXEL_FORMAT_GRAY_U8: _ClassVar[PixelFormat]
    PIXEL_FORMAT_GRAY_U16: _ClassVar[PixelFormat]
    PIXEL_FORMAT_GRAY_F16: _ClassVar[PixelFormat]
    PIXEL_FORMAT_GRAY_F32: _ClassVar[PixelFormat]
    PIXEL_FORMAT_RGB_U8: _ClassVar[PixelFormat]
    PIXEL_FORMAT_RGB_U16: _ClassVar[PixelFormat]
    PIXEL_FORMAT_RGB_F16: _ClassVar[PixelFormat]
    PIXEL_FORMAT_RGB_F32: _ClassVar[PixelFormat]
    PIXEL_FORMAT_RGBA_U8: _ClassVar[PixelFormat]
    PIXEL_FORMAT_RGBA_U16: _ClassVar[PixelFormat]
    PIXEL_FORMAT_RGBA_F16: _ClassVar[PixelFormat]
    PIXEL_FORMAT_RGBA_F32: _ClassVar[PixelFormat]

class ColourSpace(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COLOUR_SPACE_UNSPECIFIED: _ClassVar[ColourSpace]
    COLOUR_SPACE_SRGB: _ClassVar[ColourSpace]
    COLOUR_SPACE_LINEAR_REC709: _ClassVar[ColourSpace]
    COLOUR_SPACE_DATA: _ClassVar[ColourSpace]

class AlphaMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ALPHA_MODE_UNSPECIFIED: _ClassVar[AlphaMode]
    ALPHA_MODE_OPAQUE: _ClassVar[AlphaMode]
    ALPHA_MODE_STRAIGHT: _ClassVar[AlphaMode]
    ALPHA_MODE_PREMULTIPLIED: _ClassVar[AlphaMode]
PIXEL_FORMAT_UNSPECIFIED: PixelFormat
PIXEL_FORMAT_GRAY_U8: PixelFormat
PIXEL_FORMAT_GRAY_U16: PixelFormat
PIXEL_FORMAT_GRAY_F16: PixelFormat
PIXEL_FORMAT_GRAY_F32: PixelFormat
PIXEL_FORMAT_RGB_U8: PixelFormat
PIXEL_FORMAT_RGB_U16: PixelFormat
PIXEL_FORMAT_RGB_F16: PixelFormat
PIXEL_FORMAT_RGB_F32: PixelFormat
PIXEL_FORMAT_RGBA_U8: PixelFormat
PIXEL_FORMAT_RGBA_U16: PixelFormat
PIXEL_FORMAT_RGBA_F16: PixelFormat
PIXEL_FORMAT_RGBA_F32: PixelFormat
COLOUR_SPACE_UNSPECIFIED: ColourSpace
COLOUR_SPACE_SRGB: ColourSpace
COLOUR_SPACE_LINEAR_REC709: ColourSpace
COLOUR_SPACE_DATA: ColourSpace
ALPHA_MODE_UNSPECIFIED: AlphaMode
ALPHA_MODE_OPAQUE: AlphaMode
ALPHA_MODE_STRAIGHT: AlphaMode
ALPHA_MODE_PREMULTIPLIED: AlphaMode

class ImageSpec(_message.Message):
    __slots__ = ("width", "height", "pixel_format", "colour_space", "alpha_mode")
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    PIXEL_FORMAT_FIELD_NUMBER: _ClassVar[int]
    COLOUR_SPACE_FIELD_NUMBER: _ClassVar[int]
    ALPHA_MODE_FIELD_NUMBER: _ClassVar[int]
    width: int
    height: int
    pixel_format: PixelFormat
    colour_space: ColourSpace
    alpha_mode: AlphaMode
    def __init__(self, width: _Optional[int] = ..., height: _Optional[int] = ..., pixel_format: _Optional[_Union[PixelFormat, str]] = ..., colour_space: _Optional[_Union[ColourSpace, str]] = ..., alpha_mode: _Optional[_Union[AlphaMode, str]] = ...) -> None: ...

class Image(_message.Message):
    __slots__ = ("spec", "inline", "content_id")
    SPEC_FIELD_NUMBER: _ClassVar[int]
    INLINE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_ID_FIELD_NUMBER: _ClassVar[int]
    spec: ImageSpec
    inline: bytes
    content_id: str
    def __init__(self, spec: _Optional[_Union[ImageSpec, _Mapping]] = ..., inline: _Optional[bytes] = ..., content_id: _Optional[str] = ...) -> None: ...

class Progress(_message.Message):
    __slots__ = ("stage", "fraction")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    FRACTION_FIELD_NUMBER: _ClassVar[int]
    stage: str
    fraction: float
    def __init__(self, stage: _Optional[str] = ..., fraction: _Optional[float] = ...) -> None: ...

class Preview(_message.Message):
    __slots__ = ("image",)
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    image: Image
    def __init__(self, image: _Optional[_Union[Image, _Mapping]] = ...) -> None: ...

class Provenance(_message.Message):
    __slots__ = ("model_id", "model_digest", "maquette_version", "parameters")
    class ParametersEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    MODEL_ID_FIELD_NUMBER: _ClassVar[int]
    MODEL_DIGEST_FIELD_NUMBER: _ClassVar[int]
    MAQUETTE_VERSION_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    model_id: str
    model_digest: str
    maquette_version: str
    parameters: _containers.ScalarMap[str, str]
    def __init__(self, model_id: _Optional[str] = ..., model_digest: _Optional[str] = ..., maquette_version: _Optional[str] = ..., parameters: _Optional[_Mapping[str, str]] = ...) -> None: ...
