"""How the layout network learns where things are: by regression from the noise that each room follows from.

It puts out standardised layout vectors; what they are standardised by is folded into the last layer afterwards, so that
the network that is kept puts out what the published one does.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor
from torch.nn import functional

from maquette.models.blobgan.layers import ACTIVATION_GAIN, ACTIVATION_SLOPE
from maquette.models.blobgan.layout_network import LEARNING_RATE_MULTIPLIER, SHAPE_OUTPUTS, LayoutNetwork
from maquette.models.blobgan.splatting import Layout

LARGEST_LOGIT = 6.0
SHAPE_WEIGHT = 0.25
SMALLEST_VARIANCE = 1e-6


def eigenvectors(symmetric: Tensor) -> tuple[Tensor, Tensor]:
    """Eigenvalues (D,), ascending, and eigenvectors (D, D) in columns, of a symmetric matrix."""
    values, vectors = cast("tuple[Tensor, Tensor]", torch.linalg.eigh(symmetric))
    return values, vectors


def solved(matrix: Tensor, right: Tensor) -> Tensor:
    """``matrix⁻¹ · right``."""
    return cast("Tensor", torch.linalg.solve(matrix, right))


def layout_vectors(layout: Layout, aspects: Tensor, angles: Tensor) -> Tensor:
    """Layout vectors (B, O) that ``split_layout_vector`` and ``layout_of`` turn back into this layout.

    Args:
        layout: in the order of the blobs' indices, with rms-normalised structures and styles.
        aspects: (B, K) of the ellipses' axes. angles: (B, K) in (−π/2, π/2].
    """
    batch = len(layout.sizes)
    places = torch.logit(layout.positions.clamp(1e-3, 1 - 1e-3)).clamp(-LARGEST_LOGIT, LARGEST_LOGIT)
    # sigmoid(t) / sigmoid(−t) = exp(t), and the aspect is the square root of that ratio.
    log_ratio = 2 * torch.log(aspects)
    shape = torch.stack((log_ratio, -log_ratio, torch.cos(angles), torch.sin(angles)), dim=-1)
    rows = torch.cat((places, shape, layout.structures[:, 1:], layout.styles[:, 1:]), dim=-1)
    background = torch.cat((layout.structures[:, 0], layout.styles[:, 0]), dim=-1)
    sizes = torch.cat((torch.zeros_like(layout.sizes[:, :1]), layout.sizes), dim=1)
    return torch.cat((sizes, background, rows.reshape(batch, -1)), dim=1)


@dataclass(frozen=True)
class Standard:
    """What layout vectors (O,) are standardised by, so that every value counts as much as it matters.

    Attributes:
        mean: (O,) where the row that it belongs to is present.
        scale: (O,), its spread there by the root of its weight.
    """

    mean: Tensor
    scale: Tensor

    def encode(self, vectors: Tensor) -> Tensor:
        """Layout vectors (N, O), standardised."""
        return (vectors - self.mean) / self.scale

    def decode(self, values: Tensor) -> Tensor:
        """Back."""
        return values * self.scale + self.mean


def rows_present(vectors: Tensor, blob_count: int, features: int) -> Tensor:
    """Which values of layout vectors (N, O) mean anything (N, O): all but the rows of absent blobs.

    Args:
        vectors: layout vectors.
        blob_count: K.
        features: F + S.
    """
    there = vectors[:, 1 : blob_count + 1] > 0
    everywhere = torch.ones(len(vectors), blob_count + 1 + features, dtype=torch.bool)
    everywhere[:, 0] = False
    return torch.cat((everywhere, there.repeat_interleave(2 + SHAPE_OUTPUTS + features, dim=1)), dim=1)


def standard_of(vectors: Tensor, present: Tensor, blob_count: int, widths: tuple[int, int]) -> Standard:
    """The standard of layout vectors (N, O), of which ``present`` (N, O) means anything; see `rows_present`.

    A structure or style has one spread for all of its values: the larger ones count more, as they do in pictures.

    Args:
        vectors: layout vectors.
        present: bool.
        blob_count: K.
        widths: F and S.
    """
    count = present.sum(dim=0).clamp(min=1)
    mean = torch.where(present, vectors, 0.0).sum(dim=0) / count
    variance = torch.where(present, vectors - mean, 0.0).square().sum(dim=0) / count
    for look in look_slices(blob_count, widths):
        variance[look] = variance[look].mean()
    weights = loss_weights(blob_count, widths)
    return Standard(mean, variance.clamp(min=SMALLEST_VARIANCE).sqrt() / weights.sqrt())


def look_slices(blob_count: int, widths: tuple[int, int]) -> list[slice]:
    """Where structures and styles are in a layout vector: those of the background, then those of each blob."""
    found: list[slice] = []
    start = blob_count + 1
    for row in range(blob_count + 1):
        start += 2 + SHAPE_OUTPUTS if row else 0
        for width in widths:
            found.append(slice(start, start + width))
            start += width
    return found


def loss_weights(blob_count: int, widths: tuple[int, int]) -> Tensor:
    """How much each standardised value of a layout vector counts (O,): a coordinate as much as a whole look."""
    looks = torch.cat([torch.full((width,), 1.0 / width) for width in widths])
    row = torch.cat((torch.ones(2), torch.full((SHAPE_OUTPUTS,), SHAPE_WEIGHT), looks))
    return torch.cat((torch.ones(blob_count + 1), looks, row.repeat(blob_count)))


@torch.no_grad()
def start_linear(network: LayoutNetwork, noise: Tensor, targets: Tensor, disorder: float = 0.01) -> None:
    """Begin with the best linear map from noise (N, Z) to targets (N, P), which a deep network is slow to find.

    Hidden layers hold every number twice, as itself and negated, and undo their leaky ReLU: for a slope of 0.2,
    ``x = (lrelu(x) − lrelu(−x)) / 1.2``. Needs H ≥ 2 Z.

    Args:
        disorder: standard deviation of what is added to the hidden weights, so that units can part.
    """
    width = network.noise_width
    identity = torch.eye(width)
    passing = torch.cat((identity, -identity)) / ACTIVATION_GAIN
    undoing = torch.cat((identity, -identity), dim=1) / (1 + ACTIVATION_SLOPE)
    *hidden, last = list(network.mlp)[1:]
    for index, layer in enumerate(hidden):
        weight = layer.get_parameter("weight")
        wanted = passing if index == 0 else passing @ undoing
        effective = torch.randn_like(weight) * disorder
        effective[: wanted.shape[0], : wanted.shape[1]] += wanted
        weight.copy_(effective * weight.shape[1] ** 0.5 / LEARNING_RATE_MULTIPLIER)
    activations = network.hidden(noise)
    centre = targets.mean(dim=0)
    gram = activations.T @ activations + torch.eye(activations.shape[1]) * (0.01 * len(noise))
    solution = solved(gram, activations.T @ (targets - centre)).T
    last.get_parameter("weight").copy_(solution * solution.shape[1] ** 0.5 / LEARNING_RATE_MULTIPLIER)
    last.get_parameter("bias").copy_(centre / LEARNING_RATE_MULTIPLIER)


@torch.no_grad()
def folded(network: LayoutNetwork, standard: Standard) -> LayoutNetwork:
    """The published layout network that puts out layout vectors, from one that puts out standardised ones."""
    whole = copy.deepcopy(network)
    last = whole.mlp[-1]
    last.get_parameter("weight").mul_(standard.scale[:, None])
    last.get_parameter("bias").mul_(standard.scale).add_(standard.mean / LEARNING_RATE_MULTIPLIER)
    return whole


@torch.no_grad()
def mean_latent(network: LayoutNetwork, count: int = 10_000, seed: int = 0) -> Tensor:
    """Average penultimate activation (1, H) over random noise, towards which truncation pulls."""
    noise = torch.randn(count, network.noise_width, generator=torch.Generator().manual_seed(seed))
    return network.hidden(noise).mean(dim=0, keepdim=True)


def layout_statistics(vectors: Tensor, blob_count: int, structure_width: int, style_width: int) -> Tensor:
    """What layouts are compared by: per blob presence, and for those present place, √size, aspect and direction.

    Args:
        vectors: (N, O) layout vectors.

    Returns:
        (N, 7·K): zero apart from the presence where a blob is absent.
    """
    features = structure_width + style_width
    sizes = vectors[:, 1 : blob_count + 1]
    rows = vectors[:, blob_count + 1 + features :].reshape(len(vectors), blob_count, -1)
    present = (sizes > 0).float()
    log_aspect = (functional.logsigmoid(rows[..., 2]) - functional.logsigmoid(rows[..., 3])) / 2
    direction = torch.atan2(rows[..., 5], rows[..., 4])
    columns = (
        torch.sigmoid(rows[..., :2]) * 4,
        sizes.clamp(min=0).sqrt()[..., None] / 5,
        log_aspect[..., None],
        torch.cos(2 * direction)[..., None],
        torch.sin(2 * direction)[..., None],
    )
    values = torch.cat(columns, dim=-1) * present[..., None]
    return torch.cat((present[..., None], values), dim=-1).flatten(1)


def frechet_distance(one: Tensor, other: Tensor) -> float:
    """Fréchet distance of two sets of vectors (N, D), (M, D) as if they were normal."""
    one, other = one.double(), other.double()
    shift = (one.mean(dim=0) - other.mean(dim=0)).square().sum()
    first, second = torch.cov(one.T), torch.cov(other.T)
    # trace √(AB) = the sum of the square roots of AB's eigenvalues, which are those of √A B √A.
    values, vectors = eigenvectors(first)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    cross = eigenvectors(root @ second @ root)[0].clamp(min=0).sqrt().sum()
    return float(shift + first.trace() + second.trace() - 2 * cross)
