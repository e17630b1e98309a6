"""The convolution of BlobGAN's decoder, modulated pixel by pixel, and how it is made quick when nothing is trained."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from maquette.models.blobgan.layers import EqualisedLinear, filtered_each, fir_kernel
from maquette.models.blobgan.minimal_filtering import MinimalFilter
from maquette.models.blobgan.quantised import QuantisedFilter, QuantisedGrowth
from maquette.models.blobgan.quantised_minimal_filtering import QuantisedMinimalFilter
from maquette.models.blobgan.splatting import rms_normalised_scores, splatted
from maquette.models.threads import threads_for

SMALLEST_FILTERED_CHANNELS = 96
"""Fewer channels than these are convolved sooner directly than by :class:`MinimalFilter` (measured on a CPU)."""
SMALLEST_FILTERED_CODES = 192
"""The same of 8-bit codes and :class:`QuantisedMinimalFilter`."""


def features_dtype(dtype: torch.dtype) -> torch.dtype:
    """What features are kept in by a decoder that computes in ``dtype``: int8 stands for products alone.

    Half the size is half the time, where the processor need not convert by hand.
    """
    if dtype != torch.int8:
        return dtype
    return torch.bfloat16 if torch.cpu.get_capabilities().get("avx512_bf16") else torch.float32


class ModulatedConvolution(nn.Module):
    """A convolution of an input that is first scaled, per pixel and channel, by the splatted styles.

    3 × 3 kernels normalise the splatted gains per pixel and are demodulated; 1 × 1 kernels (to RGB) do neither.
    An upsampling convolution is transposed with stride 2 and followed by the FIR filter [1, 3, 3, 1].
    """

    fir: Tensor

    def __init__(
        self, inputs: int, outputs: int, style_width: int, kernel: int, gain: float = 1.0, upsampling: bool = False
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(1, outputs, inputs, kernel, kernel))
        self.modulation = EqualisedLinear(style_width, inputs, initial_bias=1.0)
        self.upsampling = upsampling
        self.demodulated = kernel > 1
        self.scale = 1.0 / math.sqrt(inputs * kernel * kernel)
        self.gain = gain
        self.folded_kernel: Tensor | None = None
        self.filter: MinimalFilter | QuantisedFilter | QuantisedMinimalFilter | None = None
        self.growth: QuantisedGrowth | None = None
        self.register_buffer("fir", fir_kernel(gain=4.0).repeat(outputs, 1, 1, 1), persistent=False)

    def kernel(self) -> Tensor:
        """The kernel in use: (outputs, inputs, k, k), or (inputs, outputs, k, k) when upsampling."""
        kernel = self.weight[0] * self.scale
        if self.demodulated:
            kernel = kernel * torch.rsqrt(kernel.square().sum(dim=(1, 2, 3), keepdim=True) + 1e-8)
        kernel = kernel * self.gain
        return kernel.transpose(0, 1) if self.upsampling else kernel

    def fold(self, dtype: torch.dtype) -> None:
        """Keep the kernel ready for ``dtype``: no style changes it, so inference needs it only once."""
        self.modulation.fold()
        self.folded_kernel = self.filter = self.growth = None
        if dtype == torch.int8 and self.demodulated:
            if self.upsampling:
                self.growth = QuantisedGrowth(self.kernel().detach())
            else:
                wide = min(self.weight.shape[1:3]) >= SMALLEST_FILTERED_CODES
                self.filter = (QuantisedMinimalFilter if wide else QuantisedFilter)(self.kernel().detach())
        elif self._suits_minimal_filtering(dtype):
            self.filter = MinimalFilter(self.kernel().detach())
        else:
            self.fold_kernel(features_dtype(dtype))

    def fold_kernel(self, dtype: torch.dtype = torch.float32) -> None:
        """Keep the kernel as torch convolves with it, which has gradients."""
        self.filter = self.growth = None
        self.folded_kernel = self.kernel().detach().to(dtype).contiguous(memory_format=torch.channels_last)

    def _suits_minimal_filtering(self, dtype: torch.dtype) -> bool:
        wide = min(self.weight.shape[1:3]) >= SMALLEST_FILTERED_CHANNELS
        return self.demodulated and not self.upsampling and wide and dtype == torch.float32 and self.weight.is_cpu

    def forward(self, features: Tensor, scores: Tensor, styles: Tensor, bias: Tensor | None = None) -> Tensor:
        """Convolve.

        Args:
            features: (B, inputs, h, w); its dtype is what is computed in.
            scores: (B, K+1, h, w), float32.
            styles: (B, K+1, S).
            bias: (outputs,), already in the features' dtype.

        Returns:
            (B, outputs, h, w), or (B, outputs, 2h, 2w) when upsampling.
        """
        with threads_for(scores.numel()):
            gains = self.modulation(styles)
            if self.demodulated:
                scores = rms_normalised_scores(scores, gains)
        with threads_for(features.numel()):
            painted = splatted(scores, gains.to(features.dtype))
            trained = painted.requires_grad or features.requires_grad
            inputs = features * painted if trained else painted.mul_(features)
        return self._upsampled(inputs, bias) if self.upsampling else self._filtered(inputs, bias)

    def _kernel_in(self, dtype: torch.dtype) -> Tensor:
        return self.kernel().to(dtype) if self.folded_kernel is None else self.folded_kernel

    def _filtered(self, inputs: Tensor, bias: Tensor | None) -> Tensor:
        if self.filter is not None and bias is not None and not inputs.requires_grad:
            return self.filter(inputs, bias)
        kernel = self._kernel_in(inputs.dtype)
        if bias is None and kernel.shape[-1] == 1:
            mixed = kernel[:, :, 0, 0] @ inputs.flatten(2)
            return mixed.reshape(*mixed.shape[:2], *inputs.shape[2:])
        return functional.conv2d(inputs, kernel, bias, padding=kernel.shape[-1] // 2)

    def _upsampled(self, inputs: Tensor, bias: Tensor | None) -> Tensor:
        if self.growth is not None and not inputs.requires_grad:
            grown = self.growth(inputs)
        else:
            grown = functional.conv_transpose2d(inputs, self._kernel_in(inputs.dtype), stride=2)
        taps = self.fir.to(grown.dtype)
        if not grown.requires_grad:
            return functional.conv2d(grown, taps, bias, padding=1, groups=grown.shape[1])
        smooth = filtered_each(grown, taps)
        return smooth if bias is None else smooth + bias[:, None, None]
