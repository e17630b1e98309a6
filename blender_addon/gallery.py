"""Proposals to choose from, shown as pictures: new scenes, or scenes that keep what is pinned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from .client import Connection, Image, models, scene_completion, scenes
from .placement import Frame
from .sampling import SceneRequest
from .scene import Scene
from .wire import scene_from_message, scene_message

THUMBNAIL_SIDE = 96
"""Pixels of the longer side of a proposal's picture."""

DEFAULT_COUNT = 9
DEFAULT_COMPLETIONS = 4
LARGEST_COUNT = 36
LONGEST_HISTORY = 8
"""Lots that can be leafed through."""

OnProgress = Callable[[str, float], None]


@dataclass(frozen=True)
class Completion:
    """A scene of which a part is kept.

    Attributes:
        scene: as the artist has it.
        kept: ids of the blobs that stay as they are.
        keep_background: the background stays, too.
        seed: decides what is made; proposal i uses ``seed`` plus i.
        truncation: 0 = varied, 1 = the most typical scene.
        plane: Blender's session id of the plane that shows ``scene``.
    """

    scene: Scene
    kept: frozenset[str]
    keep_background: bool
    seed: int
    truncation: float
    plane: int


Wish = SceneRequest | Completion


@dataclass(frozen=True)
class Proposal:
    """One scene and its picture; the picture is None when none was asked for."""

    scene: Scene
    thumbnail: Image | None


@dataclass(frozen=True)
class Lot:
    """What one call brought.

    Attributes:
        wish: what was asked for; its seed is that of the first proposal.
        frame: shape of the plane that shows the scenes.
        width, height: pixels of the full picture.
    """

    wish: Wish
    proposals: tuple[Proposal, ...]
    frame: Frame
    width: int
    height: int

    def wish_of(self, index: int) -> Wish:
        """What to ask for to get proposal ``index`` alone."""
        return later(self.wish, index)

    def next_wish(self) -> Wish:
        """What to ask for to get other proposals."""
        return later(self.wish, len(self.proposals))


def later(wish: Wish, steps: int) -> Wish:
    """The same wish with every seed moved on."""
    if isinstance(wish, Completion):
        return replace(wish, seed=wish.seed + steps)
    return replace(
        wish,
        seed=wish.seed + steps,
        style_seed=None if wish.style_seed is None else wish.style_seed + steps,
        background_seed=None if wish.background_seed is None else wish.background_seed + steps,
    )


async def propose(
    connection: Connection,
    wish: Wish,
    count: int = 1,
    thumbnail_side: int = 0,
    on_progress: OnProgress | None = None,
) -> Lot:
    """Ask for ``count`` proposals; ``thumbnail_side`` of 0 = without pictures.

    Raises:
        ClientError: the daemon's refusal or any failure of the connection.
    """
    if isinstance(wish, Completion):
        sampled = await scene_completion.complete_scene(
            connection,
            scene_message(wish.scene),
            sorted(wish.kept),
            pin_background=wish.keep_background,
            seed=wish.seed,
            truncation=wish.truncation,
            count=count,
            thumbnail_side=thumbnail_side,
            on_progress=on_progress,
        )
    else:
        sampled = await scenes.sample_scenes(
            connection,
            wish.seed,
            model_id=wish.model_id,
            style_seed=wish.style_seed,
            background_seed=wish.background_seed,
            truncation=wish.truncation,
            count=count,
            thumbnail_side=thumbnail_side,
            on_progress=on_progress,
        )
    proposals = tuple(Proposal(scene_from_message(each.scene), each.thumbnail) for each in sampled)
    model = await models.get_model(connection, proposals[0].scene.model_id)
    frame = Frame.of_picture(model.width, model.height, model.area_normaliser)
    return Lot(wish, proposals, frame, model.width, model.height)


class Gallery:
    """The lots that were asked for, and which of them is shown."""

    def __init__(self) -> None:
        self._lots: list[Lot] = []
        self._shown = -1

    @property
    def lot(self) -> Lot | None:
        """The lot that is shown."""
        return self._lots[self._shown] if self._lots else None

    @property
    def has_earlier(self) -> bool:
        """There is a lot before the one shown."""
        return self._shown > 0

    @property
    def has_later(self) -> bool:
        """There is a lot after the one shown."""
        return self._shown + 1 < len(self._lots)

    def add(self, lot: Lot) -> None:
        """Show a lot after the one shown; what came after that one is forgotten."""
        self._lots = [*self._lots[: self._shown + 1], lot][-LONGEST_HISTORY:]
        self._shown = len(self._lots) - 1

    def leaf(self, forward: bool) -> bool:
        """Show the next lot or the one before; False when there is none."""
        if not (self.has_later if forward else self.has_earlier):
            return False
        self._shown += 1 if forward else -1
        return True

    def proposal(self, index: int) -> Proposal | None:
        """A proposal of the lot that is shown."""
        lot = self.lot
        return lot.proposals[index] if lot is not None and 0 <= index < len(lot.proposals) else None

    def clear(self) -> None:
        """Forget everything."""
        self._lots, self._shown = [], -1
