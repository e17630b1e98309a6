"""From a layout of blobs to per-pixel weights (BlobGAN, sections 3.1 and 3.2)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from maquette.models.blobgan.layers import halved

_LARGEST_LOGIT = 40.0


@dataclass(frozen=True)
class Layout:
    """B scenes of K blobs, ordered from back to front; row 0 of the last two is the background.

    Attributes:
        positions: (B, K, 2) centres, x then y; [0, 1] is the picture.
        sizes: (B, K) opacity logits at the centres; very negative = absent.
        covariances: (B, K, 2, 2).
        structures: (B, K+1, F) what each row paints into the first feature grid.
        styles: (B, K+1, S) what modulates the decoder where each row shows.
    """

    positions: Tensor
    sizes: Tensor
    covariances: Tensor
    structures: Tensor
    styles: Tensor

    def to(self, device: torch.device) -> Layout:
        """The same layout on another device."""
        return Layout(
            self.positions.to(device),
            self.sizes.to(device),
            self.covariances.to(device),
            self.structures.to(device),
            self.styles.to(device),
        )


def reordered(layout: Layout, order: Tensor) -> Layout:
    """The layout with its blobs, or some of them, in another order; ``order`` (B, N) lists them from back to front."""
    batch = torch.arange(len(order), device=order.device)[:, None]
    rows = torch.cat((torch.zeros_like(order[:, :1]), order + 1), dim=1)
    return Layout(
        layout.positions[batch, order],
        layout.sizes[batch, order],
        layout.covariances[batch, order],
        layout.structures[batch, rows],
        layout.styles[batch, rows],
    )


def squared_distances(positions: Tensor, covariances: Tensor, resolution: int) -> Tensor:
    """Mahalanobis distances ``(p−μ)ᵀ Σ⁻¹ (p−μ)`` of every pixel to every blob.

    Pixel (row r, column c) lies at (c/R, r/R): the published raster has no half-pixel offset.

    Args:
        positions: (B, K, 2).
        covariances: (B, K, 2, 2).
        resolution: R.

    Returns:
        (B, K, R, R).
    """
    axis = torch.arange(resolution, dtype=positions.dtype, device=positions.device) / resolution
    dx = (axis - positions[..., :1])[..., None, :]
    dy = (axis - positions[..., 1:])[..., :, None]
    xx, xy, yy = (covariances[..., i, j, None, None] for i, j in ((0, 0), (0, 1), (1, 1)))
    determinant = xx * yy - xy * xy
    across = (-2 * xy / determinant) * dx
    # Grouped as dy·(…·dx + …·dy) so that only two full-resolution temporaries are made.
    return torch.addcmul(dx.square() * (yy / determinant), dy, across + (xx / determinant) * dy)


def composited(opacities: Tensor) -> Tensor:
    """(B, K, R, R) opacities, back to front, to (B, K+1, R, R) weights over an opaque background."""
    batch, _, height, width = opacities.shape
    remaining = opacities.new_ones(batch, height, width)
    weights: list[Tensor] = []
    for opacity in reversed(opacities.unbind(1)):
        weights.append(opacity * remaining)
        remaining = remaining - weights[-1]
    return torch.stack((remaining, *reversed(weights)), dim=1)


def _opacities(positions: Tensor, sizes: Tensor, covariances: Tensor, resolution: int) -> Tensor:
    logits = sizes[..., None, None] - squared_distances(positions, covariances, resolution)
    # Beyond ±40 nothing changes but the speed: denormal numbers make every later product ten times slower.
    return torch.sigmoid(logits.clamp(-_LARGEST_LOGIT, _LARGEST_LOGIT))


def composited_scores(positions: Tensor, sizes: Tensor, covariances: Tensor, resolution: int) -> Tensor:
    """How much of each pixel each row holds: ``w_k = o_k · Π_{j>k} (1 − o_j)`` with ``o = sigmoid(size − d²)``.

    Args:
        positions: (B, K, 2).
        sizes: (B, K).
        covariances: (B, K, 2, 2).
        resolution: R.

    Returns:
        (B, K+1, R, R), non-negative, summing to 1 over the rows; row 0 is the background.
    """
    return composited(_opacities(positions, sizes, covariances, resolution))


def blob_map_scores(positions: Tensor, sizes: Tensor, covariances: Tensor, resolution: int) -> Tensor:
    """Like :func:`composited_scores` with every opacity doubled and clamped to 1, as blob maps are drawn."""
    return composited((2 * _opacities(positions, sizes, covariances, resolution)).clamp(max=1.0))


def score_pyramid(scores: Tensor, smallest: int) -> dict[int, Tensor]:
    """The scores at every width the decoder works at, by repeated 2 × 2 means.

    Args:
        scores: (B, K+1, R, R).
        smallest: width of the coarsest level; R / smallest is a power of two.

    Returns:
        (B, K+1, w, w) by width w.
    """
    pyramid = {scores.shape[-1]: scores}
    while scores.shape[-1] > smallest:
        scores = halved(scores)
        pyramid[scores.shape[-1]] = scores
    return pyramid


def splatted(scores: Tensor, rows: Tensor) -> Tensor:
    """Paint every row's vector where its blob shows: ``Σ_k w_k(p) · row_k``.

    Args:
        scores: (B, K+1, h, w).
        rows: (B, K+1, C).

    Returns:
        (B, C, h, w), channels last in memory, in the dtype of ``rows``.
    """
    batch, count, height, width = scores.shape
    flat = scores.reshape(batch, count, height * width).to(rows.dtype)
    painted = torch.bmm(flat.transpose(1, 2), rows)
    return painted.reshape(batch, height, width, -1).permute(0, 3, 1, 2)


def rms_normalised_scores(scores: Tensor, rows: Tensor, epsilon: float = 1e-8) -> Tensor:
    """Scores scaled so that what they splat from ``rows`` has unit rms over the channels at every pixel.

    ``mean_c (Σ_k w_k g_kc)² = wᵀ (g gᵀ / C) w`` needs only the rows' Gram matrix, never the splatted map.

    Args:
        scores: (B, K+1, h, w), float32.
        rows: (B, K+1, C).
        epsilon: added to the mean square.

    Returns:
        (B, K+1, h, w).
    """
    wide = rows.to(scores.dtype)
    gram = torch.bmm(wide, wide.transpose(1, 2)) / wide.shape[-1]
    flat = scores.flatten(2)
    mean_square = (flat * torch.bmm(gram, flat)).sum(dim=1, keepdim=True).clamp(min=0.0)
    return (flat * torch.rsqrt(mean_square + epsilon)).reshape(scores.shape)
