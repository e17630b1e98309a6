from __future__ import annotations

import copy

import pytest
import torch
from maquette.models.palette.adversarial import SharpeningTrainer, with_grain_channel
from maquette.models.palette.conditioning import Task, task_vector
from maquette.models.palette.denoiser import MOST_CHANNELS, Condition, Denoiser, Prediction
from maquette.models.palette.sampling import NoiseSource, Question, Sampling, answer_steps
from maquette.models.palette.schedule import MOST_NOISE
from palette_helpers import OWN_SHAPE, random_network
from torch import Tensor

TASKS = [Task.FILL, Task.COLORIZE, Task.FILL]
BLIND = torch.ones(3)
SIDE = 32


def _condition() -> Condition:
    mask = torch.zeros(3, 1, SIDE, SIDE)
    mask[..., 8:24, 8:24] = 1
    return Condition(torch.zeros(3, 3, SIDE, SIDE), mask, task_vector(TASKS, [0.0] * 3))


def _pictures() -> Tensor:
    return (torch.arange(SIDE) % 4 < 2).float().expand(3, 3, SIDE, SIDE) - 0.5


def _trainer(alone: int = 0, share: float = 0.5) -> SharpeningTrainer:
    torch.manual_seed(0)
    network = with_grain_channel(random_network(OWN_SHAPE)).requires_grad_()
    return SharpeningTrainer(network, alone=alone, share=share)


def test_a_new_channel_for_grain_changes_nothing_at_first() -> None:
    network = random_network(OWN_SHAPE)
    widened = with_grain_channel(network)
    assert widened.shape.in_channels == MOST_CHANNELS
    assert with_grain_channel(widened) is widened
    condition = _condition()
    grainy = Condition(condition.picture, condition.mask, condition.task, torch.randn(condition.mask.shape))
    answers = [
        Denoiser(each, Prediction.CORRECTION).picture(grainy, _pictures(), torch.full((3,), MOST_NOISE))
        for each in (network, widened)
    ]
    torch.testing.assert_close(*answers)


def test_alone_only_the_discriminator_learns() -> None:
    trainer = _trainer(alone=1)
    before = [value.clone() for value in trainer.network.state_dict().values()]
    judged = [value.clone() for value in trainer.adversary.discriminator.state_dict().values()]
    trainer.step(_condition(), _pictures(), BLIND, 1.0)
    assert all(map(torch.equal, before, trainer.network.state_dict().values()))
    assert not all(map(torch.equal, judged, trainer.adversary.discriminator.state_dict().values()))
    trainer.step(_condition(), _pictures(), BLIND, 1.0)
    assert not all(map(torch.equal, before, trainer.network.state_dict().values()))


@pytest.mark.parametrize("tasks", [[Task.COLORIZE] * 3, [Task.RESTORE] * 3])
def test_only_fills_are_judged(tasks: list[Task]) -> None:
    trainer = _trainer()
    condition = Condition(_condition().picture, _condition().mask, task_vector(tasks, [0.0] * 3))
    trainer.step(condition, _pictures(), BLIND, 1.0)
    assert trainer.adversary.steps == 0
    trainer.step(_condition(), _pictures(), torch.zeros(3), 1.0)
    assert trainer.adversary.steps == 0
    trainer.step(_condition(), _pictures(), BLIND, 1.0)
    assert trainer.adversary.steps == 1


def test_the_share_decides_how_much_the_discriminator_is_heard() -> None:
    def gradient(share: float) -> Tensor:
        trainer = _trainer(share=share)
        trainer.step(_condition(), _pictures(), BLIND, 0.0)
        return torch.cat([value.grad.flatten() for value in trainer.network.parameters() if value.grad is not None])

    unheard, heard = gradient(0.0), gradient(0.5)
    assert torch.isfinite(heard).all()
    assert float((heard - unheard).norm() / unheard.norm()) > 0.01


def test_a_resumed_trainer_goes_on_exactly() -> None:
    first, second = _trainer(), _trainer()
    first.step(_condition(), _pictures(), BLIND, 1.0)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    errors = [each.step(_condition(), _pictures(), BLIND, 0.5) for each in (first, second)]
    assert torch.equal(*errors)
    assert first.verdicts == second.verdicts
    assert all(map(torch.equal, first.average.parameters(), second.average.parameters()))


def test_grain_makes_candidates_differ_in_one_call() -> None:
    trainer = _trainer()
    with torch.no_grad():
        trainer.average.input_blocks[0][0].weight[:, -(OWN_SHAPE.fold**2) :].normal_()
    clean = _pictures()[:1]
    question = Question(clean, _condition().mask[:1], torch.zeros_like(clean), task_vector([Task.FILL], [0.0]))

    def answer(grain: float, candidate: int) -> Tensor:
        *_, result = answer_steps(trainer.denoiser, question, Sampling(1, grain=grain), NoiseSource(3, candidate))
        return result

    def difference(grain: float) -> float:
        return float((answer(grain, 0) - answer(grain, 1)).abs().max())

    assert torch.equal(answer(1.0, 1), answer(1.0, 1))
    assert difference(1.0) > 10 * difference(0.0)
