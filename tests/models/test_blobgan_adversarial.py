from __future__ import annotations

import pytest
import torch
from maquette.models.blobgan.adversarial import AdversarialTrainer, row_maps
from maquette.models.blobgan.decoder import Decoder, DecoderShape
from maquette.models.blobgan.splatting import Layout, composited_scores, reordered
from torch import Tensor

BLOBS, ROWS = 3, 4


def _layout(count: int = 2) -> Layout:
    generator = torch.Generator().manual_seed(0)
    return Layout(
        torch.rand(count, BLOBS, 2, generator=generator),
        torch.full((count, BLOBS), 2.0),
        0.02 * torch.eye(2).expand(count, BLOBS, 2, 2),
        torch.randn(count, ROWS, 5, generator=generator),
        torch.randn(count, ROWS, 4, generator=generator),
    )


def _trainer() -> AdversarialTrainer:
    torch.manual_seed(0)
    return AdversarialTrainer(Decoder(DecoderShape(5, 4, {8: 8, 16: 8, 32: 6})), ROWS)


def _scene() -> tuple[Layout, Tensor, Tensor]:
    layout = _layout()
    blobs = row_maps(layout, torch.arange(BLOBS).expand(2, BLOBS), 8)
    stripes = (torch.arange(32) % 4 < 2).float().expand(2, 3, 32, 32) * 2 - 1
    return layout, blobs, stripes


def test_maps_name_rows_whatever_the_order_of_drawing() -> None:
    layout = _layout()
    order = torch.tensor([[2, 0, 1], [1, 2, 0]])
    drawn = reordered(layout, order)
    maps = row_maps(drawn, order, 8)
    scores = composited_scores(drawn.positions, drawn.sizes, drawn.covariances, 8)
    torch.testing.assert_close(maps.sum(dim=1), torch.ones(2, 8, 8))
    torch.testing.assert_close(maps[0, 1 + 2], scores[0, 1])
    torch.testing.assert_close(maps[1, 1 + 0], scores[1, 3])
    torch.testing.assert_close(maps[:, 0], scores[:, 0])


def test_alone_only_the_discriminator_learns() -> None:
    trainer = _trainer()
    before = [value.clone() for value in trainer.decoder.state_dict().values()]
    judged = [value.clone() for value in trainer.adversary.discriminator.state_dict().values()]
    trainer.step(*_scene(), 1.0, alone=True)
    assert all(map(torch.equal, before, trainer.decoder.state_dict().values()))
    assert not all(map(torch.equal, judged, trainer.adversary.discriminator.state_dict().values()))


def test_the_discriminator_learns_to_tell_paintings_from_the_truth() -> None:
    trainer = _trainer()
    for _ in range(20):
        losses = trainer.step(*_scene(), 1.0, alone=True)
    assert losses.true > losses.painted + 0.5


def test_the_decoder_comes_nearer_and_its_average_follows() -> None:
    trainer = _trainer()
    losses = [trainer.step(*_scene(), 1.0) for _ in range(12)]
    assert losses[-1].picture < losses[0].picture
    start = _trainer().average.state_dict()
    assert any(not torch.equal(value, start[name]) for name, value in trainer.average.state_dict().items())
    assert not any(value.requires_grad for value in trainer.average.parameters())


@pytest.mark.parametrize("alone", [True, False])
def test_a_resumed_trainer_does_the_same_steps(alone: bool) -> None:
    first, second = _trainer(), _trainer()
    first.step(*_scene(), 1.0)
    second.load_state_dict(first.state_dict())
    assert first.step(*_scene(), 0.5, alone) == second.step(*_scene(), 0.5, alone)
