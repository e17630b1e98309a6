from maquette_client.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Ellipse(_message.Message):
    __slots__ = ("x", "y", "size", "aspect", "angle")
    X_FIELD_NUMBER: _ClassVar[int]
    Y_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    ASPECT_FIELD_NUMBER: _ClassVar[int]
    ANGLE_FIELD_NUMBER: _ClassVar[int]
    x: float
    y: float
    size: float
    aspect: float
    angle: float
    def __init__(self, x: _Optional[float] = ..., y: _Optional[float] = ..., size: _Optional[float] = ..., aspect: _Optional[float] = ..., angle: _Optional[float] = ...) -> None: ...

class Restyle(_message.Message):
    __slots__ = ("amount", "seeded", "style")
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    SEEDED_FIELD_NUMBER: _ClassVar[int]
    STYLE_FIELD_NUMBER: _ClassVar[int]
    amount: float
    seeded: SeededStyle
    style: bytes
    def __init__(self, amount: _Optional[float] = ..., seeded: _Optional[_Union[SeededStyle, _Mapping]] = ..., style: _Optional[bytes] = ...) -> None: ...

class SeededStyle(_message.Message):
    __slots__ = ("seed", "truncation")
    SEED_FIELD_NUMBER: _ClassVar[int]
    TRUNCATION_FIELD_NUMBER: _ClassVar[int]
    seed: int
    truncation: float
    def __init__(self, seed: _Optional[int] = ..., truncation: _Optional[float] = ...) -> None: ...

class Appearance(_message.Message):
    __slots__ = ("structure", "style", "row", "restyle")
    STRUCTURE_FIELD_NUMBER: _ClassVar[int]
    STYLE_FIELD_NUMBER: _ClassVar[int]
    ROW_FIELD_NUMBER: _ClassVar[int]
    RESTYLE_FIELD_NUMBER: _ClassVar[int]
    structure: bytes
    style: bytes
    row: int
    restyle: Restyle
    def __init__(self, structure: _Optional[bytes] = ..., style: _Optional[bytes] = ..., row: _Optional[int] = ..., restyle: _Optional[_Union[Restyle, _Mapping]] = ...) -> None: ...

class Blob(_message.Message):
    __slots__ = ("id", "name", "ellipse", "appearance", "hidden")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ELLIPSE_FIELD_NUMBER: _ClassVar[int]
    APPEARANCE_FIELD_NUMBER: _ClassVar[int]
    HIDDEN_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    ellipse: Ellipse
    appearance: Appearance
    hidden: bool
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., ellipse: _Optional[_Union[Ellipse, _Mapping]] = ..., appearance: _Optional[_Union[Appearance, _Mapping]] = ..., hidden: _Optional[bool] = ...) -> None: ...

class Scene(_message.Message):
    __slots__ = ("model_id", "model_digest", "background", "blobs", "noise_seed")
    MODEL_ID_FIELD_NUMBER: _ClassVar[int]
    MODEL_DIGEST_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_FIELD_NUMBER: _ClassVar[int]
    BLOBS_FIELD_NUMBER: _ClassVar[int]
    NOISE_SEED_FIELD_NUMBER: _ClassVar[int]
    model_id: str
    model_digest: str
    background: Appearance
    blobs: _containers.RepeatedCompositeFieldContainer[Blob]
    noise_seed: int
    def __init__(self, model_id: _Optional[str] = ..., model_digest: _Optional[str] = ..., background: _Optional[_Union[Appearance, _Mapping]] = ..., blobs: _Optional[_Iterable[_Union[Blob, _Mapping]]] = ..., noise_seed: _Optional[int] = ...) -> None: ...

class SampleSceneRequest(_message.Message):
    __slots__ = ("model_id", "layout_seed", "style_seed", "background_seed", "truncation", "count", "thumbnail_side")
    MODEL_ID_FIELD_NUMBER: _ClassVar[int]
    LAYOUT_SEED_FIELD_NUMBER: _ClassVar[int]
    STYLE_SEED_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_SEED_FIELD_NUMBER: _ClassVar[int]
    TRUNCATION_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    THUMBNAIL_SIDE_FIELD_NUMBER: _ClassVar[int]
    model_id: str
    layout_seed: int
    style_seed: int
    background_seed: int
    truncation: float
    count: int
    thumbnail_side: int
    def __init__(self, model_id: _Optional[str] = ..., layout_seed: _Optional[int] = ..., style_seed: _Optional[int] = ..., background_seed: _Optional[int] = ..., truncation: _Optional[float] = ..., count: _Optional[int] = ..., thumbnail_side: _Optional[int] = ...) -> None: ...

class SampledScene(_message.Message):
    __slots__ = ("scene", "thumbnail", "provenance")
    SCENE_FIELD_NUMBER: _ClassVar[int]
    THUMBNAIL_FIELD_NUMBER: _ClassVar[int]
    PROVENANCE_FIELD_NUMBER: _ClassVar[int]
    scene: Scene
    thumbnail: _common_pb2.Image
    provenance: _common_pb2.Provenance
    def __init__(self, scene: _Optional[_Union[Scene, _Mapping]] = ..., thumbnail: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., provenance: _Optional[_Union[_common_pb2.Provenance, _Mapping]] = ...) -> None: ...

class SampleSceneResponse(_message.Message):
    __slots__ = ("progress", "result")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    progress: _common_pb2.Progress
    result: SampledScenes
    def __init__(self, progress: _Optional[_Union[_common_pb2.Progress, _Mapping]] = ..., result: _Optional[_Union[SampledScenes, _Mapping]] = ...) -> None: ...

class SampledScenes(_message.Message):
    __slots__ = ("scenes",)
    SCENES_FIELD_NUMBER: _ClassVar[int]
    scenes: _containers.RepeatedCompositeFieldContainer[SampledScene]
    def __init__(self, scenes: _Optional[_Iterable[_Union[SampledScene, _Mapping]]] = ...) -> None: ...

class RenderSceneRequest(_message.Message):
    __slots__ = ("scene", "with_blob_map", "with_alphas")
    SCENE_FIELD_NUMBER: _ClassVar[int]
    WITH_BLOB_MAP_FIELD_NUMBER: _ClassVar[int]
    WITH_ALPHAS_FIELD_NUMBER: _ClassVar[int]
    scene: Scene
    with_blob_map: bool
    with_alphas: bool
    def __init__(self, scene: _Optional[_Union[Scene, _Mapping]] = ..., with_blob_map: _Optional[bool] = ..., with_alphas: _Optional[bool] = ...) -> None: ...

class RenderSceneResponse(_message.Message):
    __slots__ = ("progress", "preview", "result")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    progress: _common_pb2.Progress
    preview: _common_pb2.Preview
    result: RenderedScene
    def __init__(self, progress: _Optional[_Union[_common_pb2.Progress, _Mapping]] = ..., preview: _Optional[_Union[_common_pb2.Preview, _Mapping]] = ..., result: _Optional[_Union[RenderedScene, _Mapping]] = ...) -> None: ...

class RenderedScene(_message.Message):
    __slots__ = ("picture", "blob_map", "alphas", "timing", "provenance")
    class AlphasEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _common_pb2.Image
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_common_pb2.Image, _Mapping]] = ...) -> None: ...
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    BLOB_MAP_FIELD_NUMBER: _ClassVar[int]
    ALPHAS_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    PROVENANCE_FIELD_NUMBER: _ClassVar[int]
    picture: _common_pb2.Image
    blob_map: _common_pb2.Image
    alphas: _containers.MessageMap[str, _common_pb2.Image]
    timing: Timing
    provenance: _common_pb2.Provenance
    def __init__(self, picture: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., blob_map: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., alphas: _Optional[_Mapping[str, _common_pb2.Image]] = ..., timing: _Optional[_Union[Timing, _Mapping]] = ..., provenance: _Optional[_Union[_common_pb2.Provenance, _Mapping]] = ...) -> None: ...

class Timing(_message.Message):
    __slots__ = ("total_milliseconds", "stage_milliseconds")
    class StageMillisecondsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    TOTAL_MILLISECONDS_FIELD_NUMBER: _ClassVar[int]
    STAGE_MILLISECONDS_FIELD_NUMBER: _ClassVar[int]
    total_milliseconds: float
    stage_milliseconds: _containers.ScalarMap[str, float]
    def __init__(self, total_milliseconds: _Optional[float] = ..., stage_milliseconds: _Optional[_Mapping[str, float]] = ...) -> None: ...

class EditSceneRequest(_message.Message):
    __slots__ = ("open", "edit", "acknowledge")
    class Open(_message.Message):
        __slots__ = ("scene",)
        SCENE_FIELD_NUMBER: _ClassVar[int]
        scene: Scene
        def __init__(self, scene: _Optional[_Union[Scene, _Mapping]] = ...) -> None: ...
    class Edit(_message.Message):
        __slots__ = ("revision", "patches", "settle")
        REVISION_FIELD_NUMBER: _ClassVar[int]
        PATCHES_FIELD_NUMBER: _ClassVar[int]
        SETTLE_FIELD_NUMBER: _ClassVar[int]
        revision: int
        patches: _containers.RepeatedCompositeFieldContainer[ScenePatch]
        settle: bool
        def __init__(self, revision: _Optional[int] = ..., patches: _Optional[_Iterable[_Union[ScenePatch, _Mapping]]] = ..., settle: _Optional[bool] = ...) -> None: ...
    class Acknowledge(_message.Message):
        __slots__ = ("revision",)
        REVISION_FIELD_NUMBER: _ClassVar[int]
        revision: int
        def __init__(self, revision: _Optional[int] = ...) -> None: ...
    OPEN_FIELD_NUMBER: _ClassVar[int]
    EDIT_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGE_FIELD_NUMBER: _ClassVar[int]
    open: EditSceneRequest.Open
    edit: EditSceneRequest.Edit
    acknowledge: EditSceneRequest.Acknowledge
    def __init__(self, open: _Optional[_Union[EditSceneRequest.Open, _Mapping]] = ..., edit: _Optional[_Union[EditSceneRequest.Edit, _Mapping]] = ..., acknowledge: _Optional[_Union[EditSceneRequest.Acknowledge, _Mapping]] = ...) -> None: ...

class EditSceneResponse(_message.Message):
    __slots__ = ("frame", "rejected")
    class Quality(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        QUALITY_UNSPECIFIED: _ClassVar[EditSceneResponse.Quality]
        QUALITY_PREVIEW: _ClassVar[EditSceneResponse.Quality]
        QUALITY_FINAL: _ClassVar[EditSceneResponse.Quality]
    QUALITY_UNSPECIFIED: EditSceneResponse.Quality
    QUALITY_PREVIEW: EditSceneResponse.Quality
    QUALITY_FINAL: EditSceneResponse.Quality
    class Frame(_message.Message):
        __slots__ = ("revision", "quality", "image", "timing")
        REVISION_FIELD_NUMBER: _ClassVar[int]
        QUALITY_FIELD_NUMBER: _ClassVar[int]
        IMAGE_FIELD_NUMBER: _ClassVar[int]
        TIMING_FIELD_NUMBER: _ClassVar[int]
        revision: int
        quality: EditSceneResponse.Quality
        image: _common_pb2.Image
        timing: Timing
        def __init__(self, revision: _Optional[int] = ..., quality: _Optional[_Union[EditSceneResponse.Quality, str]] = ..., image: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., timing: _Optional[_Union[Timing, _Mapping]] = ...) -> None: ...
    class Rejected(_message.Message):
        __slots__ = ("revision", "reason", "message", "action")
        REVISION_FIELD_NUMBER: _ClassVar[int]
        REASON_FIELD_NUMBER: _ClassVar[int]
        MESSAGE_FIELD_NUMBER: _ClassVar[int]
        ACTION_FIELD_NUMBER: _ClassVar[int]
        revision: int
        reason: str
        message: str
        action: str
        def __init__(self, revision: _Optional[int] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ..., action: _Optional[str] = ...) -> None: ...
    FRAME_FIELD_NUMBER: _ClassVar[int]
    REJECTED_FIELD_NUMBER: _ClassVar[int]
    frame: EditSceneResponse.Frame
    rejected: EditSceneResponse.Rejected
    def __init__(self, frame: _Optional[_Union[EditSceneResponse.Frame, _Mapping]] = ..., rejected: _Optional[_Union[EditSceneResponse.Rejected, _Mapping]] = ...) -> None: ...

class ScenePatch(_message.Message):
    __slots__ = ("set_ellipse", "set_hidden", "set_order", "add_blob", "clone_blob", "remove_blob", "restyle_blob", "restyle_from_blob", "set_noise_seed", "replace_scene")
    class SetEllipse(_message.Message):
        __slots__ = ("blob_id", "ellipse")
        BLOB_ID_FIELD_NUMBER: _ClassVar[int]
        ELLIPSE_FIELD_NUMBER: _ClassVar[int]
        blob_id: str
        ellipse: Ellipse
        def __init__(self, blob_id: _Optional[str] = ..., ellipse: _Optional[_Union[Ellipse, _Mapping]] = ...) -> None: ...
    class SetHidden(_message.Message):
        __slots__ = ("blob_id", "hidden")
        BLOB_ID_FIELD_NUMBER: _ClassVar[int]
        HIDDEN_FIELD_NUMBER: _ClassVar[int]
        blob_id: str
        hidden: bool
        def __init__(self, blob_id: _Optional[str] = ..., hidden: _Optional[bool] = ...) -> None: ...
    class SetOrder(_message.Message):
        __slots__ = ("blob_ids",)
        BLOB_IDS_FIELD_NUMBER: _ClassVar[int]
        blob_ids: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, blob_ids: _Optional[_Iterable[str]] = ...) -> None: ...
    class AddBlob(_message.Message):
        __slots__ = ("blob", "behind_id")
        BLOB_FIELD_NUMBER: _ClassVar[int]
        BEHIND_ID_FIELD_NUMBER: _ClassVar[int]
        blob: Blob
        behind_id: str
        def __init__(self, blob: _Optional[_Union[Blob, _Mapping]] = ..., behind_id: _Optional[str] = ...) -> None: ...
    class CloneBlob(_message.Message):
        __slots__ = ("source_id", "new_id", "ellipse")
        SOURCE_ID_FIELD_NUMBER: _ClassVar[int]
        NEW_ID_FIELD_NUMBER: _ClassVar[int]
        ELLIPSE_FIELD_NUMBER: _ClassVar[int]
        source_id: str
        new_id: str
        ellipse: Ellipse
        def __init__(self, source_id: _Optional[str] = ..., new_id: _Optional[str] = ..., ellipse: _Optional[_Union[Ellipse, _Mapping]] = ...) -> None: ...
    class RemoveBlob(_message.Message):
        __slots__ = ("blob_id",)
        BLOB_ID_FIELD_NUMBER: _ClassVar[int]
        blob_id: str
        def __init__(self, blob_id: _Optional[str] = ...) -> None: ...
    class RestyleBlob(_message.Message):
        __slots__ = ("blob_id", "restyle")
        BLOB_ID_FIELD_NUMBER: _ClassVar[int]
        RESTYLE_FIELD_NUMBER: _ClassVar[int]
        blob_id: str
        restyle: Restyle
        def __init__(self, blob_id: _Optional[str] = ..., restyle: _Optional[_Union[Restyle, _Mapping]] = ...) -> None: ...
    class RestyleFromBlob(_message.Message):
        __slots__ = ("blob_id", "source_id", "amount")
        BLOB_ID_FIELD_NUMBER: _ClassVar[int]
        SOURCE_ID_FIELD_NUMBER: _ClassVar[int]
        AMOUNT_FIELD_NUMBER: _ClassVar[int]
        blob_id: str
        source_id: str
        amount: float
        def __init__(self, blob_id: _Optional[str] = ..., source_id: _Optional[str] = ..., amount: _Optional[float] = ...) -> None: ...
    class SetNoiseSeed(_message.Message):
        __slots__ = ("noise_seed",)
        NOISE_SEED_FIELD_NUMBER: _ClassVar[int]
        noise_seed: int
        def __init__(self, noise_seed: _Optional[int] = ...) -> None: ...
    class ReplaceScene(_message.Message):
        __slots__ = ("scene",)
        SCENE_FIELD_NUMBER: _ClassVar[int]
        scene: Scene
        def __init__(self, scene: _Optional[_Union[Scene, _Mapping]] = ...) -> None: ...
    SET_ELLIPSE_FIELD_NUMBER: _ClassVar[int]
    SET_HIDDEN_FIELD_NUMBER: _ClassVar[int]
    SET_ORDER_FIELD_NUMBER: _ClassVar[int]
    ADD_BLOB_FIELD_NUMBER: _ClassVar[int]
    CLONE_BLOB_FIELD_NUMBER: _ClassVar[int]
    REMOVE_BLOB_FIELD_NUMBER: _ClassVar[int]
    RESTYLE_BLOB_FIELD_NUMBER: _ClassVar[int]
    RESTYLE_FROM_BLOB_FIELD_NUMBER: _ClassVar[int]
    SET_NOISE_SEED_FIELD_NUMBER: _ClassVar[int]
    REPLACE_SCENE_FIELD_NUMBER: _ClassVar[int]
    set_ellipse: ScenePatch.SetEllipse
    set_hidden: ScenePatch.SetHidden
    set_order: ScenePatch.SetOrder
    add_blob: ScenePatch.AddBlob
    clone_blob: ScenePatch.CloneBlob
    remove_blob: ScenePatch.RemoveBlob
    restyle_blob: ScenePatch.RestyleBlob
    restyle_from_blob: ScenePatch.RestyleFromBlob
    set_noise_seed: ScenePatch.SetNoiseSeed
    replace_scene: ScenePatch.ReplaceScene
    def __init__(self, set_ellipse: _Optional[_Union[ScenePatch.SetEllipse, _Mapping]] = ..., set_hidden: _Optional[_Union[ScenePatch.SetHidden, _Mapping]] = ..., set_order: _Optional[_Union[ScenePatch.SetOrder, _Mapping]] = ..., add_blob: _Optional[_Union[ScenePatch.AddBlob, _Mapping]] = ..., clone_blob: _Optional[_Union[ScenePatch.CloneBlob, _Mapping]] = ..., remove_blob: _Optional[_Union[ScenePatch.RemoveBlob, _Mapping]] = ..., restyle_blob: _Optional[_Union[ScenePatch.RestyleBlob, _Mapping]] = ..., restyle_from_blob: _Optional[_Union[ScenePatch.RestyleFromBlob, _Mapping]] = ..., set_noise_seed: _Optional[_Union[ScenePatch.SetNoiseSeed, _Mapping]] = ..., replace_scene: _Optional[_Union[ScenePatch.ReplaceScene, _Mapping]] = ...) -> None: ...

class RestyleSceneRequest(_message.Message):
    __slots__ = ("scene", "blob_ids", "background", "restyle", "source", "amount")
    SCENE_FIELD_NUMBER: _ClassVar[int]
    BLOB_IDS_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_FIELD_NUMBER: _ClassVar[int]
    RESTYLE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    scene: Scene
    blob_ids: _containers.RepeatedScalarFieldContainer[str]
    background: bool
    restyle: Restyle
    source: Scene
    amount: float
    def __init__(self, scene: _Optional[_Union[Scene, _Mapping]] = ..., blob_ids: _Optional[_Iterable[str]] = ..., background: _Optional[bool] = ..., restyle: _Optional[_Union[Restyle, _Mapping]] = ..., source: _Optional[_Union[Scene, _Mapping]] = ..., amount: _Optional[float] = ...) -> None: ...

class RestyleSceneResponse(_message.Message):
    __slots__ = ("progress", "result")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    progress: _common_pb2.Progress
    result: RestyledScene
    def __init__(self, progress: _Optional[_Union[_common_pb2.Progress, _Mapping]] = ..., result: _Optional[_Union[RestyledScene, _Mapping]] = ...) -> None: ...

class RestyledScene(_message.Message):
    __slots__ = ("scene", "picture", "provenance")
    SCENE_FIELD_NUMBER: _ClassVar[int]
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    PROVENANCE_FIELD_NUMBER: _ClassVar[int]
    scene: Scene
    picture: _common_pb2.Image
    provenance: _common_pb2.Provenance
    def __init__(self, scene: _Optional[_Union[Scene, _Mapping]] = ..., picture: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., provenance: _Optional[_Union[_common_pb2.Provenance, _Mapping]] = ...) -> None: ...

class Rectangle(_message.Message):
    __slots__ = ("left", "top", "width", "height")
    LEFT_FIELD_NUMBER: _ClassVar[int]
    TOP_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    left: int
    top: int
    width: int
    height: int
    def __init__(self, left: _Optional[int] = ..., top: _Optional[int] = ..., width: _Optional[int] = ..., height: _Optional[int] = ...) -> None: ...

class CompleteSceneRequest(_message.Message):
    __slots__ = ("scene", "pinned_ids", "pin_background", "seed", "truncation", "count", "thumbnail_side")
    SCENE_FIELD_NUMBER: _ClassVar[int]
    PINNED_IDS_FIELD_NUMBER: _ClassVar[int]
    PIN_BACKGROUND_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    TRUNCATION_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    THUMBNAIL_SIDE_FIELD_NUMBER: _ClassVar[int]
    scene: Scene
    pinned_ids: _containers.RepeatedScalarFieldContainer[str]
    pin_background: bool
    seed: int
    truncation: float
    count: int
    thumbnail_side: int
    def __init__(self, scene: _Optional[_Union[Scene, _Mapping]] = ..., pinned_ids: _Optional[_Iterable[str]] = ..., pin_background: _Optional[bool] = ..., seed: _Optional[int] = ..., truncation: _Optional[float] = ..., count: _Optional[int] = ..., thumbnail_side: _Optional[int] = ...) -> None: ...

class CompleteSceneResponse(_message.Message):
    __slots__ = ("progress", "result")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    progress: _common_pb2.Progress
    result: SampledScenes
    def __init__(self, progress: _Optional[_Union[_common_pb2.Progress, _Mapping]] = ..., result: _Optional[_Union[SampledScenes, _Mapping]] = ...) -> None: ...

class InvertImageRequest(_message.Message):
    __slots__ = ("model_id", "image", "region", "scene", "pinned_ids", "pin_background", "steps", "seed")
    MODEL_ID_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    PINNED_IDS_FIELD_NUMBER: _ClassVar[int]
    PIN_BACKGROUND_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    model_id: str
    image: _common_pb2.Image
    region: Rectangle
    scene: Scene
    pinned_ids: _containers.RepeatedScalarFieldContainer[str]
    pin_background: bool
    steps: int
    seed: int
    def __init__(self, model_id: _Optional[str] = ..., image: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., region: _Optional[_Union[Rectangle, _Mapping]] = ..., scene: _Optional[_Union[Scene, _Mapping]] = ..., pinned_ids: _Optional[_Iterable[str]] = ..., pin_background: _Optional[bool] = ..., steps: _Optional[int] = ..., seed: _Optional[int] = ...) -> None: ...

class InvertImageResponse(_message.Message):
    __slots__ = ("progress", "preview", "result")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    progress: _common_pb2.Progress
    preview: _common_pb2.Preview
    result: InvertedImage
    def __init__(self, progress: _Optional[_Union[_common_pb2.Progress, _Mapping]] = ..., preview: _Optional[_Union[_common_pb2.Preview, _Mapping]] = ..., result: _Optional[_Union[InvertedImage, _Mapping]] = ...) -> None: ...

class InvertedImage(_message.Message):
    __slots__ = ("scene", "picture", "region", "psnr", "first_psnr", "encoded", "provenance")
    SCENE_FIELD_NUMBER: _ClassVar[int]
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    PSNR_FIELD_NUMBER: _ClassVar[int]
    FIRST_PSNR_FIELD_NUMBER: _ClassVar[int]
    ENCODED_FIELD_NUMBER: _ClassVar[int]
    PROVENANCE_FIELD_NUMBER: _ClassVar[int]
    scene: Scene
    picture: _common_pb2.Image
    region: Rectangle
    psnr: float
    first_psnr: float
    encoded: bool
    provenance: _common_pb2.Provenance
    def __init__(self, scene: _Optional[_Union[Scene, _Mapping]] = ..., picture: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., region: _Optional[_Union[Rectangle, _Mapping]] = ..., psnr: _Optional[float] = ..., first_psnr: _Optional[float] = ..., encoded: _Optional[bool] = ..., provenance: _Optional[_Union[_common_pb2.Provenance, _Mapping]] = ...) -> None: ...

class InterpolateScenesRequest(_message.Message):
    __slots__ = ("start", "end", "amounts", "thumbnail_side")
    START_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    AMOUNTS_FIELD_NUMBER: _ClassVar[int]
    THUMBNAIL_SIDE_FIELD_NUMBER: _ClassVar[int]
    start: Scene
    end: Scene
    amounts: _containers.RepeatedScalarFieldContainer[float]
    thumbnail_side: int
    def __init__(self, start: _Optional[_Union[Scene, _Mapping]] = ..., end: _Optional[_Union[Scene, _Mapping]] = ..., amounts: _Optional[_Iterable[float]] = ..., thumbnail_side: _Optional[int] = ...) -> None: ...

class InterpolateScenesResponse(_message.Message):
    __slots__ = ("progress", "result")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    progress: _common_pb2.Progress
    result: SampledScenes
    def __init__(self, progress: _Optional[_Union[_common_pb2.Progress, _Mapping]] = ..., result: _Optional[_Union[SampledScenes, _Mapping]] = ...) -> None: ...

class TransferEditRequest(_message.Message):
    __slots__ = ("image", "region", "before", "after", "blend")
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    BLEND_FIELD_NUMBER: _ClassVar[int]
    image: _common_pb2.Image
    region: Rectangle
    before: Scene
    after: Scene
    blend: float
    def __init__(self, image: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., region: _Optional[_Union[Rectangle, _Mapping]] = ..., before: _Optional[_Union[Scene, _Mapping]] = ..., after: _Optional[_Union[Scene, _Mapping]] = ..., blend: _Optional[float] = ...) -> None: ...

class TransferEditResponse(_message.Message):
    __slots__ = ("progress", "result")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    progress: _common_pb2.Progress
    result: TransferredEdit
    def __init__(self, progress: _Optional[_Union[_common_pb2.Progress, _Mapping]] = ..., result: _Optional[_Union[TransferredEdit, _Mapping]] = ...) -> None: ...

class TransferredEdit(_message.Message):
    __slots__ = ("changed", "patch", "provenance")
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    PATCH_FIELD_NUMBER: _ClassVar[int]
    PROVENANCE_FIELD_NUMBER: _ClassVar[int]
    changed: Rectangle
    patch: _common_pb2.Image
    provenance: _common_pb2.Provenance
    def __init__(self, changed: _Optional[_Union[Rectangle, _Mapping]] = ..., patch: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., provenance: _Optional[_Union[_common_pb2.Provenance, _Mapping]] = ...) -> None: ...

class RenderAnimationRequest(_message.Message):
    __slots__ = ("frame", "scene")
    FRAME_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    frame: int
    scene: Scene
    def __init__(self, frame: _Optional[int] = ..., scene: _Optional[_Union[Scene, _Mapping]] = ...) -> None: ...

class RenderAnimationResponse(_message.Message):
    __slots__ = ("frame", "image", "timing", "provenance")
    FRAME_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    PROVENANCE_FIELD_NUMBER: _ClassVar[int]
    frame: int
    image: _common_pb2.Image
    timing: Timing
    provenance: _common_pb2.Provenance
    def __init__(self, frame: _Optional[int] = ..., image: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., timing: _Optional[_Union[Timing, _Mapping]] = ..., provenance: _Optional[_Union[_common_pb2.Provenance, _Mapping]] = ...) -> None: ...
