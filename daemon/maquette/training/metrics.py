"""How alike two pictures are: peak signal-to-noise ratio and structural similarity."""

import torch
from torch import Tensor
from torch.nn import functional

_WINDOW, _SIGMA = 11, 1.5
_LUMINANCE, _CONTRAST = 0.01**2, 0.03**2


def psnr(one: Tensor, other: Tensor, where: Tensor | None = None) -> Tensor:
    """PSNR in dB (B,) of pictures (B, 3, R, R) in [0, 1], over the pixels ``where`` (B, R, R) is true."""
    error = (one - other).square().mean(dim=1)
    weight = torch.ones_like(error) if where is None else where.to(error.dtype)
    mean = (error * weight).sum(dim=(1, 2)) / weight.sum(dim=(1, 2)).clamp(min=1)
    return -10 * torch.log10(mean.clamp(min=1e-10))


def ssim(one: Tensor, other: Tensor) -> Tensor:
    """Structural similarity (B,) of pictures (B, 3, R, R) in [0, 1] (Wang et al. 2004, Gaussian window of 11)."""
    steps = torch.arange(_WINDOW) - _WINDOW // 2
    taps = torch.exp(-steps.square() / (2 * _SIGMA**2))
    window = torch.outer(taps, taps) / taps.sum() ** 2

    def blurred(pictures: Tensor) -> Tensor:
        return functional.conv2d(pictures, window.repeat(3, 1, 1, 1), groups=3)

    first, second = blurred(one), blurred(other)
    first_variance = blurred(one * one) - first**2
    second_variance = blurred(other * other) - second**2
    covariance = blurred(one * other) - first * second
    similarity = ((2 * first * second + _LUMINANCE) * (2 * covariance + _CONTRAST)) / (
        (first**2 + second**2 + _LUMINANCE) * (first_variance + second_variance + _CONTRAST)
    )
    return similarity.mean(dim=(1, 2, 3))
