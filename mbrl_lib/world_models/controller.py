"""C, a controller so small that evolution can find it: one linear map of what V sees and M knows.

$$ a = W [z, h] + b. $$

All its weights are one flat vector, which is what evolution works on. A population of controllers
is a matrix of such vectors, and acts in one batched product. Source: Ha and Schmidhuber (2018),
with 867 weights for car racing and 1,088 for take cover.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from mbrl_lib import validate
from mbrl_lib.world_models.episodes import Hidden

Squash = Callable[[Tensor], Tensor]
"""From what the linear map says `(..., A)` to an action `(..., A)`."""


@dataclass(frozen=True)
class ControllerSettings:
    """What a controller sees and how it is built; as it stands, the paper's for car racing."""

    latent: int = 32  # Z
    hidden: int = 256  # size of M's memory; 0: the controller sees z alone
    cell: bool = False  # see M's cell too (the paper: in take cover)
    layer: int = 0  # units of a tanh layer between; 0: linear (the paper compares one of V only)
    action: int = 3  # A
    bias: bool = True

    def __post_init__(self) -> None:
        for name, least in (("latent", 1), ("hidden", 0), ("layer", 0), ("action", 1)):
            validate.at_least(name, getattr(self, name), least)

    @property
    def features(self) -> int:
        """F, how many numbers it sees."""
        return self.latent + self.hidden * (2 if self.cell else 1)


_NOISE = 0.2  # scale of what disturbs take cover's raw number while it is learned
TAKE_COVER = ControllerSettings(latent=64, hidden=512, cell=True, action=1, bias=False)


def car_racing_action(raw: Tensor) -> Tensor:
    """Steering in [-1, 1], gas and brake in [0, 1], from any three numbers, `(..., 3)`.

    As in the paper's code: all go through tanh; gas is that moved to [0, 1], and the brake is
    pressed only by its positive half, so that a controller of zeros drives.
    """
    steer, gas, brake = torch.tanh(raw).unbind(dim=-1)
    return torch.stack([steer, (gas + 1) / 2, brake.clamp(min=0)], dim=-1)


def take_cover_action(raw: Tensor) -> Tensor:
    """-1 left, 0 stay, 1 right, from any number, `(..., 1)`: thirds of what tanh makes of it."""
    squashed = torch.tanh(raw)
    return (squashed > 1 / 3).to(raw.dtype) - (squashed < -1 / 3).to(raw.dtype)


def take_cover_odds(raw: Tensor) -> Tensor:
    """Log-probabilities of left, stay and right, `(..., 3)`, for any number, `(..., 1)`.

    They are those of `take_cover_action` where logistic noise of scale 0.2 disturbs the number: for
    learning from what was tried.
    """
    edge = math.atanh(1 / 3)
    left = functional.logsigmoid((-edge - raw) / _NOISE)
    right = functional.logsigmoid((raw - edge) / _NOISE)
    stay = (1 - left.exp() - right.exp()).clamp(min=1e-6).log()
    return torch.cat([left, stay, right], dim=-1)


def take_cover_index(action: Tensor) -> Tensor:
    """The same action `(..., 1)` as take cover counts it, `(...)`: 0 left, 1 stay, 2 right."""
    return (action[..., 0] + 1).long()


class Controller:
    """Acts with flat vectors of N weights, which it does not keep.

    Parameters
    ----------
    settings : ControllerSettings
    squash : from A unbounded numbers to an action

    A vector holds the linear map's weights `(F, A)`, then its A biases; with a layer in between,
    `(F, layer)`, the layer's biases, `(layer, A)`, A biases. Explained in the chapter "Controller".
    """

    def __init__(self, settings: ControllerSettings, squash: Squash) -> None:
        self.settings, self.squash = settings, squash

    @property
    def size(self) -> int:
        """N, the number of weights."""
        return sum(rows * columns for rows, columns in self._shapes())

    def _shapes(self) -> list[tuple[int, int]]:
        """Shapes of the matrices and biases, in the order of the flat vector."""
        s = self.settings
        widths = [s.features, s.layer, s.action] if s.layer else [s.features, s.action]
        shapes = []
        for inputs, outputs in itertools.pairwise(widths):
            shapes += [(inputs, outputs), (1, outputs)] if s.bias else [(inputs, outputs)]
        return shapes

    def unflatten(self, parameters: Tensor) -> list[Tensor]:
        """A vector `(..., N)` as matrices `(..., inputs, outputs)` and biases `(..., 1, outputs)`.

        They are views: no number is copied. Raises `ValueError` for another number of weights.
        """
        if parameters.dim() == 0 or parameters.shape[-1] != self.size:
            raise ValueError(
                f"parameters must have {self.size} numbers in the last dimension; "
                f"got shape {tuple(parameters.shape)}"
            )
        sizes = [rows * columns for rows, columns in self._shapes()]
        parts = parameters.split(sizes, dim=-1)
        lead = parameters.shape[:-1]
        return [p.view(*lead, *shape) for p, shape in zip(parts, self._shapes(), strict=True)]

    def flatten(self, parts: list[Tensor]) -> Tensor:
        """The inverse of `unflatten`: `(..., N)`."""
        shapes = [tuple(part.shape[-2:]) for part in parts]
        if shapes != self._shapes():
            raise ValueError(f"parts must have shapes {self._shapes()}; got {shapes}")
        return torch.cat([part.flatten(start_dim=-2) for part in parts], dim=-1)

    def features(self, z: Tensor, memory: Hidden | None = None) -> Tensor:
        """What it sees, side by side: z, then h, then c, as far as the settings say `(..., F)`."""
        s = self.settings
        if s.hidden == 0:
            return z
        if memory is None:
            raise ValueError("this controller sees M's memory, and none was given")
        seen = [z, memory.h, memory.c] if s.cell else [z, memory.h]
        return torch.cat(seen, dim=-1)

    def act(self, parameters: Tensor, features: Tensor) -> Tensor:
        """Actions for features, by one vector for all rows or by one for each.

        Parameters
        ----------
        parameters : Tensor, `(N,)`, or `(B, N)`: row i acts with vector i
        features : Tensor, `(B, F)`, or `(B, R, F)`: R rows for each vector

        Returns
        -------
        Tensor, `(B, A)` or `(B, R, A)`
        """
        if features.shape[-1] != self.settings.features:
            raise ValueError(
                f"features must have {self.settings.features} numbers in the last dimension; "
                f"got shape {tuple(features.shape)}"
            )
        if parameters.dim() == 2 and parameters.shape[0] != features.shape[0]:
            raise ValueError(
                f"there must be a vector for each row; got {parameters.shape[0]} vectors "
                f"and {features.shape[0]} rows"
            )
        one_row_each = parameters.dim() == 2 and features.dim() == 2
        x = features.unsqueeze(1) if one_row_each else features
        raw = self._map(self.unflatten(parameters), x)
        return self.squash(raw.squeeze(1) if one_row_each else raw)

    def _map(self, parts: list[Tensor], x: Tensor) -> Tensor:
        """The affine maps in turn, tanh between them."""
        per_map = 2 if self.settings.bias else 1
        for number in range(0, len(parts), per_map):
            x = torch.tanh(x) if number else x
            x = x @ parts[number]
            if self.settings.bias:
                x = x + parts[number + 1]
        return x
