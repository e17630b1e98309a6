from __future__ import annotations

import pytest
import torch
from maquette.models.adversary import Adversary, PatchDiscriminator, between
from torch import Tensor, nn


def _adversary(share: float = 1.0, map_level: int = 2) -> Adversary:
    torch.manual_seed(0)
    return Adversary(PatchDiscriminator(maps=2, map_level=map_level), share=share)


def _maps(side: int = 8) -> Tensor:
    return torch.rand(2, 2, side, side, generator=torch.Generator().manual_seed(1))


STRIPES = (torch.arange(32) % 4 < 2).float().expand(2, 3, 32, 32) * 2 - 1
GREY = torch.zeros(2, 3, 32, 32)
LEFT = (torch.arange(4) < 2).float().expand(2, 1, 4, 4)


@pytest.mark.parametrize(("map_level", "side"), [(0, 32), (2, 8)])
def test_verdicts_depend_on_the_picture_and_on_the_maps(map_level: int, side: int) -> None:
    discriminator = _adversary(map_level=map_level).discriminator
    verdicts = discriminator(STRIPES, _maps(side))
    assert verdicts.shape == (2, 1, 4, 4)
    assert not torch.allclose(verdicts, discriminator(STRIPES.flip(-1), _maps(side)))
    assert not torch.allclose(verdicts, discriminator(STRIPES, _maps(side).flip(1)))


def test_it_learns_to_tell_paintings_from_the_truth() -> None:
    adversary = _adversary()
    for _ in range(20):
        true, painted = adversary.learn(STRIPES, GREY, _maps(), 1.0)
    assert true > painted + 0.5


def test_places_that_do_not_count_teach_nothing() -> None:
    """Pictures that differ on the right only, judged on the left: the verdict's reach ends before the difference."""
    wide = torch.zeros(2, 3, 32, 128)
    other = wide.clone()
    other[..., 96:] = STRIPES
    where = (torch.arange(16) < 2).float().expand(2, 1, 4, 16)
    maps = torch.zeros(2, 2, 8, 32)
    adversary = _adversary()
    adversary.steps = 1
    true, painted = adversary.learn(other, wide, maps, 1.0, where)
    assert true == pytest.approx(painted, abs=1e-6)


def test_the_pull_is_as_strong_as_its_share_of_what_the_picture_loss_wants() -> None:
    wanted = torch.randn(2, 3, 32, 32) * torch.tensor([1.0, 10.0])[:, None, None, None]
    for share in (0.0, 0.5, 2.0):
        pull = _adversary(share).pull(GREY, STRIPES, _maps(), wanted, LEFT)
        strength = pull.square().mean(dim=(1, 2, 3)).sqrt() / wanted.square().mean(dim=(1, 2, 3)).sqrt()
        torch.testing.assert_close(strength, torch.full((2,), share))


def test_following_the_pull_looks_truer_to_a_trained_discriminator() -> None:
    adversary = _adversary()
    for _ in range(20):
        adversary.learn(STRIPES, GREY, _maps(), 1.0)
    pull = adversary.pull(GREY, STRIPES, _maps(), torch.ones_like(GREY))
    before, after = (adversary.discriminator(picture, _maps()).mean() for picture in (GREY, GREY - 0.05 * pull))
    assert after > before


@pytest.mark.parametrize("strength", [0.0, 0.25, 1.0])
def test_strength_goes_from_the_smooth_network_to_the_sharp_one(strength: float) -> None:
    smooth, sharp = nn.Linear(3, 2), nn.Linear(3, 2)
    middle = between(smooth, sharp, strength)
    torch.testing.assert_close(middle.weight, torch.lerp(smooth.weight, sharp.weight, strength))
    assert middle is not sharp
