"""How the layout network learns where things are: by regression from noise that is computed from each room.

A Gaussian copula says which noise a room comes from; the published layout network learns to go from that noise to the
room. It puts out principal components of layout vectors, which are folded into the last layer afterwards, so that the
network that is kept puts out what the published one does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor
from torch.nn import functional

from maquette.models.blobgan.layers import ACTIVATION_GAIN, ACTIVATION_SLOPE
from maquette.models.blobgan.layout_network import LEARNING_RATE_MULTIPLIER, SHAPE_OUTPUTS, LayoutNetwork
from maquette.models.blobgan.splatting import Layout

LARGEST_LOGIT = 6.0


def eigenvectors(symmetric: Tensor) -> tuple[Tensor, Tensor]:
    """Eigenvalues (D,), ascending, and eigenvectors (D, D) in columns, of a symmetric matrix."""
    values, vectors = cast("tuple[Tensor, Tensor]", torch.linalg.eigh(symmetric))
    return values, vectors


def normal_quantile(probability: Tensor) -> Tensor:
    """The value below which a normal variable lies with this probability."""
    return cast("Tensor", torch.special.ndtri(probability))


def solved(matrix: Tensor, right: Tensor) -> Tensor:
    """``matrix⁻¹ · right``."""
    return cast("Tensor", torch.linalg.solve(matrix, right))


@dataclass(frozen=True)
class Components:
    """Principal components of layout vectors (O,), by which places and sizes count as much as looks.

    Attributes:
        mean: (O,).
        to_components: (O, P), from centred layout vectors to components.
        from_components: (P, O), back.
    """

    mean: Tensor
    to_components: Tensor
    from_components: Tensor

    def encode(self, vectors: Tensor) -> Tensor:
        """Layout vectors (N, O) to components (N, P)."""
        return (vectors - self.mean) @ self.to_components

    def decode(self, components: Tensor) -> Tensor:
        """Components (N, P) to layout vectors (N, O)."""
        return self.mean + components @ self.from_components


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


def loss_weights(blob_count: int, structure_width: int, style_width: int) -> Tensor:
    """How much each standardised value of a layout vector counts (O,): a blob's place about as much as its looks."""
    features = structure_width + style_width
    row = torch.full((2 + SHAPE_OUTPUTS + features,), 1.0 / features)
    row[:2], row[2 : 2 + SHAPE_OUTPUTS] = 0.5, 0.12
    sizes = torch.full((blob_count + 1,), 1.0)
    sizes[0] = 0.0
    return torch.cat((sizes, torch.full((features,), 1.0 / features), row.repeat(blob_count)))


def principal_components(vectors: Tensor, weights: Tensor, count: int) -> Components:
    """The `count` components of layout vectors (N, O) that matter most under these weights (O,)."""
    mean, scale = vectors.mean(dim=0), vectors.std(dim=0).clamp(min=1e-3)
    emphasis = weights.clamp(min=1e-8).sqrt() / scale
    weighted = (vectors - mean) * emphasis
    _, directions = eigenvectors(weighted.T @ weighted)
    basis = directions[:, -count:].flip(1)
    return Components(mean, emphasis[:, None] * basis, basis.T / emphasis)


class NoiseCode:
    """Which noise each room comes from: a Gaussian copula over what the rooms' rows look like.

    Every row (a kind of thing) is summed up by a few principal components of its place, size and looks, each turned
    into a normal variable by its rank among the rooms, and by one normal variable more that is high where the row is
    present. What a room lacks is drawn at random. Whitening makes all of it as independent as linear maps can, so
    that fresh normal noise means a new room of the same kind.

    Args:
        rows: (N, R, C) what is known of each row, weighted.
        present: (N, R) whether a room has the row.
        width: of the noise, Z; R components each as far as they go, after one for each row that may be absent.
        generator: for what is drawn at random.
    """

    def __init__(self, rows: Tensor, present: Tensor, width: int, generator: torch.Generator) -> None:
        shares = present.float().mean(dim=0)
        self._optional = torch.nonzero(shares < 1.0).flatten()
        self._present = present[:, self._optional]
        self._shares = shares[self._optional]
        each = (width - len(self._optional)) // rows.shape[1]
        scores = [_normal_scores(rows[:, row], present[:, row], each) for row in range(rows.shape[1])]
        rest = width - len(self._optional) - each * rows.shape[1]
        self._scores = torch.cat([*scores, rows.new_full((len(rows), rest), torch.nan)], dim=1)
        everything = self._gaussian(torch.arange(len(rows)).repeat(4), generator)
        values, vectors = eigenvectors(torch.cov(everything.T))
        self._whitening = vectors / values.clamp(min=1e-3).sqrt() @ vectors.T

    def noise(self, rooms: Tensor, generator: torch.Generator) -> Tensor:
        """Noise (B, Z) of some of the rooms (B,) by index; what they lack is drawn anew at each call."""
        return self._gaussian(rooms, generator) @ self._whitening

    def _gaussian(self, rooms: Tensor, generator: torch.Generator) -> Tensor:
        scores = self._scores[rooms]
        filled = torch.where(scores.isnan(), torch.randn(scores.shape, generator=generator), scores)
        draw = torch.rand(len(rooms), len(self._optional), generator=generator).clamp(1e-4, 1 - 1e-4)
        absent = 1 - self._shares
        quantile = torch.where(self._present[rooms], absent + self._shares * draw, absent * draw)
        return torch.cat((normal_quantile(quantile), filled), dim=1)


def _normal_scores(values: Tensor, present: Tensor, count: int) -> Tensor:
    """The first components (N, count) of a row's values (N, C), each made normal by rank; NaN where it is absent."""
    seen = values[present]
    centred = seen - seen.mean(dim=0)
    _, directions = eigenvectors(centred.T @ centred)
    ranks = (centred @ directions[:, -count:].flip(1)).argsort(dim=0).argsort(dim=0)
    scores = values.new_full((len(values), count), torch.nan)
    scores[present] = normal_quantile((ranks + 0.5) / len(seen))
    return scores


def row_values(vectors: Tensor, weights: Tensor, blob_count: int) -> Tensor:
    """Everything a layout vector says of each row, standardised and weighted: (N, O) to (N, K+1, C)."""
    weighted = (vectors - vectors.mean(dim=0)) / vectors.std(dim=0).clamp(min=1e-3) * weights.sqrt()
    sizes, rest = weighted[:, : blob_count + 1, None], weighted[:, blob_count + 1 :]
    features = (rest.shape[1] - blob_count * (2 + SHAPE_OUTPUTS)) // (blob_count + 1)
    background = functional.pad(rest[:, None, :features], (2 + SHAPE_OUTPUTS, 0))
    blobs = rest[:, features:].reshape(len(vectors), blob_count, -1)
    return torch.cat((sizes, torch.cat((background, blobs), dim=1)), dim=-1)


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
def folded(network: LayoutNetwork, components: Components) -> LayoutNetwork:
    """The published layout network that puts out layout vectors, from one that puts out components.

    Going from components to vectors is linear, and so is the last layer.
    """
    last = network.mlp[-1]
    weight, bias = last.get_parameter("weight"), last.get_parameter("bias")
    outputs = len(components.mean)
    depth = len(network.mlp) - 1
    whole = LayoutNetwork(network.noise_width, weight.shape[1], outputs, depth)
    state = dict(network.state_dict())
    state[f"mlp.{depth}.weight"] = components.from_components.T @ weight
    state[f"mlp.{depth}.bias"] = bias @ components.from_components + components.mean / LEARNING_RATE_MULTIPLIER
    whole.load_state_dict(state)
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
