"""The published Palette's outputs: network, schedules, sampler and loss."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from maquette.models.palette import schedule as schedules
from maquette.models.palette.checkpoint import PREFIX, SCHEDULE_BUFFERS, Extras, detect, load, shape_of
from maquette.models.palette.conditioning import Task, task_vector
from maquette.models.palette.deblocking import deblocked
from maquette.models.palette.denoiser import Condition, Denoiser, Prediction
from maquette.models.palette.network import Unet, noise_embedding
from maquette.models.palette.samplers import ancestral_steps, fast_steps
from maquette.models.palette.schedule import SCHEDULES, betas, fast_noise_levels, schedule_of
from maquette.models.palette.tinting import tinted
from maquette.models.palette.training import published_loss
from model_helpers import GOLDEN, difference, golden
from palette_helpers import GOLDEN_SHAPE, OWN_SHAPE, PUBLISHED_SHAPE, random_network
from PIL import Image
from torch import Tensor

IO = golden("palette_small_io")
TEST_SCHEDULE = schedule_of(betas("linear", 10, 1e-4, 0.6))
BUFFERS = {
    "gammas": "gammas",
    "posterior_log_variance_clipped": "log_variances",
    "posterior_mean_coef1": "picture_weights",
    "posterior_mean_coef2": "noisy_weights",
}


@pytest.fixture(scope="module")
def denoiser() -> Denoiser:
    return load(torch.load(GOLDEN / "palette_200_Network.pth", weights_only=True))


def _published_shapes() -> dict[str, tuple[int, ...]]:
    lines = [line.split("\t") for line in (GOLDEN / "palette_keys.txt").read_text().splitlines() if "\t" in line]
    return {name: tuple(int(size) for size in shape.strip("()").split(",") if size.strip()) for name, shape, _ in lines}


def test_the_published_sizes_have_the_published_names_and_shapes() -> None:
    published = {name: shape for name, shape in _published_shapes().items() if name not in SCHEDULE_BUFFERS}
    with torch.device("meta"):
        own = {PREFIX + name: tuple(tensor.shape) for name, tensor in Unet(PUBLISHED_SHAPE).state_dict().items()}
    assert own == published


def test_sizes_and_places_of_attention_are_read_off_the_keys() -> None:
    published = _published_shapes()
    assert detect(published.keys())
    # The published configuration says "16", which is a factor that its network never reaches.
    assert shape_of(published, Extras()) == PUBLISHED_SHAPE


def test_sizes_of_the_golden_network_are_read_off_its_shapes(denoiser: Denoiser) -> None:
    assert denoiser.network.shape == GOLDEN_SHAPE


@pytest.mark.parametrize("shape", [OWN_SHAPE, GOLDEN_SHAPE])
def test_sizes_survive_a_round_trip(shape: object) -> None:
    extras = Extras(Prediction.CORRECTION, 16, 8, 2, 16) if shape is OWN_SHAPE else Extras()
    tensors = {PREFIX + name: value for name, value in random_network(shape).state_dict().items()}  # type: ignore
    assert load(tensors, extras).network.shape == shape


def test_the_network(denoiser: Denoiser) -> None:
    taps: dict[str, Tensor] = {}
    names = [key.removeprefix("denoise.tap.") for key in IO if key.startswith("denoise.tap.")]
    for name in names:
        module = denoiser.network.get_submodule(name)
        module.register_forward_hook(lambda _module, _inputs, output, name=name: taps.update({name: output}))
    out = denoiser.network(IO["denoise.x"], IO["denoise.noise_level"][:, 0])
    assert difference(out, IO["denoise.out"]) < 1e-4
    for name in names:
        assert difference(taps[name], IO[f"denoise.tap.{name}"]) < 1e-4, name


def test_the_noise_level_is_embedded_as_it_is() -> None:
    assert difference(noise_embedding(IO["gamma_embedding.in"], 32), IO["gamma_embedding.out"]) < 1e-6
    assert noise_embedding(torch.tensor([0.5]), 5).shape == (1, 5)


@pytest.mark.parametrize("name", SCHEDULES)
def test_betas_of_every_schedule(name: str) -> None:
    assert difference(betas(name, 100, 1e-5, 0.05), IO[f"schedule.betas.{name}.n100"]) < 1e-12


@pytest.mark.parametrize(
    ("name", "schedule"),
    [
        ("test", TEST_SCHEDULE),
        ("published_test", schedules.sampling_schedule()),
        (
            "published_train",
            schedule_of(betas("linear", schedules.TRAIN_STEPS, schedules.TRAIN_START, schedules.TRAIN_END)),
        ),
    ],
)
def test_buffers_of_the_schedules(name: str, schedule: schedules.Schedule) -> None:
    for published, own in BUFFERS.items():
        torch.testing.assert_close(getattr(schedule, own), IO[f"schedule.{name}.{published}"], rtol=1e-6, atol=1e-7)


def test_fewer_steps_end_in_as_little_noise() -> None:
    whole, part = schedules.sampling_schedule(), schedules.sampling_schedule(100)
    assert torch.allclose(part.gammas[-1].log(), whole.gammas[-1].log(), rtol=0.1)
    assert part.gammas[0] > 0.9


@pytest.mark.parametrize("task", ["inpaint", "color"])
def test_the_published_sampler(task: str, denoiser: Denoiser) -> None:
    condition = IO[f"{task}.cond"]
    mask = IO["inpaint.mask"] if task == "inpaint" else torch.ones_like(condition[:, :1])
    known = IO["inpaint.gt"] if task == "inpaint" else condition
    noises = iter(IO[f"{task}.step_noise"])
    pictures = ancestral_steps(
        denoiser, Condition(condition, mask), known, IO[f"{task}.start"], TEST_SCHEDULE, lambda: next(noises)
    )
    trajectory = torch.stack(list(pictures))
    assert difference(trajectory, IO[f"{task}.trajectory"][1:]) < 1e-4
    assert difference(trajectory[-1], IO[f"{task}.out"]) < 1e-4


@pytest.mark.parametrize("masked", [True, False])
def test_the_published_loss(masked: bool, denoiser: Denoiser) -> None:
    gammas = torch.cat([torch.ones(1), schedule_of(betas("linear", 20, 1e-6, 0.3)).gammas])
    step = IO["loss.t"]
    # Gamma of step t is the published buffer's entry t; before the first there is none.
    low, high = gammas[step], gammas[step + 1]
    gamma = low + IO["loss.u"][:, 0] * (high - low)
    condition = IO["inpaint.cond"] if masked else IO["color.cond"]
    mask = IO["inpaint.mask"] if masked else torch.ones_like(IO["inpaint.mask"])
    loss = published_loss(denoiser, Condition(condition, mask), IO["inpaint.gt"], gamma, IO["loss.noise"])
    assert difference(loss, IO["loss.masked" if masked else "loss.unmasked"][0]) < 1e-4


class _Oracle(Denoiser):
    """Knows the clean picture."""

    def __init__(self, picture: Tensor) -> None:
        super().__init__(random_network(OWN_SHAPE), Prediction.CORRECTION)
        self._clean = picture

    def picture(self, condition: Condition, noisy: Tensor, noise_level: Tensor) -> Tensor:
        return self._clean


@pytest.mark.parametrize("steps", [1, 2, 7])
def test_the_fast_sampler_arrives_at_what_the_network_sees(steps: int) -> None:
    picture, known = torch.rand(2, 3, 8, 8) * 2 - 1, torch.rand(2, 3, 8, 8) * 2 - 1
    mask = (torch.rand(2, 1, 8, 8) < 0.5).float()
    start = torch.lerp(known, torch.randn(2, 3, 8, 8), mask)
    *_, result = fast_steps(_Oracle(picture), Condition(known, mask), known, start, fast_noise_levels(steps))
    assert difference(result, torch.lerp(known, picture, mask)) < 1e-6


def test_fast_noise_levels_rise_to_one() -> None:
    levels = fast_noise_levels(20)
    assert len(levels) == 21
    assert levels[0] == pytest.approx(schedules.MOST_NOISE, rel=1e-3)
    assert levels[-1] == 1.0
    assert (levels.diff() > 0).all()


def test_a_jpeg_is_deblocked() -> None:
    ramp = np.linspace(60, 180, 40)
    true = np.stack([ramp[:, None] + ramp[None] / 2, np.full((40, 40), 90.0), ramp[None] * np.ones((40, 1))], axis=-1)
    true = true.clip(0, 255).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(true).save(stream, "JPEG", quality=8)
    damaged = np.array(Image.open(stream).convert("RGB"))
    before, clean = (torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 127.5 - 1 for pixels in (damaged, true))
    after = deblocked(before, 8)
    assert after.shape == before.shape
    assert (after - clean).square().mean() < 0.8 * (before - clean).square().mean()
    assert deblocked(torch.zeros(2, 3, 1, 5), 1).shape == (2, 3, 1, 5)


def test_hints_tint_as_far_as_the_next_edge() -> None:
    picture, mask = torch.zeros(2, 3, 48, 48), torch.ones(2, 1, 48, 48)
    picture[:, :, :, 24:] = 0.8
    picture[0, :, 2, 2] = torch.tensor([0.4, -0.1, -0.4])
    mask[0, :, 2, 2] = 0
    result = tinted(picture, mask)
    assert torch.equal(result[0, :, 2, 2], picture[0, :, 2, 2])
    red, _, blue = result[0]
    assert (red > blue + 0.5)[:, :24].all()
    assert ((red - blue)[:, 24:] < (red - blue)[:, :24].min() / 2).all()
    assert torch.equal(result[1], picture[1])


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (5, 1), (3, 4)])
def test_hints_tint_pictures_of_any_size(size: tuple[int, int]) -> None:
    picture = torch.rand(1, 3, *size) * 2 - 1
    assert torch.equal(tinted(picture, torch.zeros(1, 1, *size)), picture)
    mask = torch.ones(1, 1, *size)
    mask[..., -1, -1] = 0.5
    result = tinted(picture, mask)
    assert torch.isfinite(result).all()
    assert torch.equal(result[..., -1, -1], picture[..., -1, -1])
    assert result.abs().max() <= 1


def test_the_task_is_told_one_hot_with_the_quality() -> None:
    vector = task_vector([Task.RESTORE, Task.FILL], [0.3, 0.0])
    torch.testing.assert_close(vector, torch.tensor([[0, 0, 1, 0.3], [1, 0, 0, 0]]))
