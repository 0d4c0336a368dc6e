"""The directions in which what C sees varies: few of them, and evolution searches only those.

z and h are hundreds of numbers, most of which say the same as others or next to nothing. Weights on
them are noise to a search that tries a few dozen candidates. The first principal components of what
C has seen span a small space in which everything that matters moves; C stays linear in (z, h), and
has as many weights as before.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from mbrl_lib import validate
from mbrl_lib.world_models.controller import Controller
from mbrl_lib.world_models.dream import RecurrentModel
from mbrl_lib.world_models.episodes import LatentEpisode, cut


@torch.no_grad()
def seen_in(
    controller: Controller, memory: RecurrentModel, episodes: Sequence[LatentEpisode]
) -> Tensor:
    """What a controller sees at every decision of all episodes, one after another, `(T, F)`."""
    lengths = torch.tensor([len(episode.action) for episode in episodes])
    first = lengths.cumsum(0) - lengths
    whole = cut(episodes, int(lengths.max()))
    seen = torch.empty(int(lengths.sum()), controller.settings.features)
    hidden = memory.initial_hidden(len(whole))
    for t in range(whole.action.shape[1]):
        goes_on = t < lengths
        seen[first[goes_on] + t] = controller.features(whole.mean[:, t], hidden)[goes_on]
        hidden = memory.remember(whole.mean[:, t], whole.action[:, t], hidden)
    return seen


def principal_directions(controller: Controller, seen: Tensor, count: int) -> Tensor:
    """Directions in the space of C's weights, along the first principal components of what it sees.

    Parameters
    ----------
    controller : Controller, linear
    seen : Tensor, `(T, F)`, what it saw
    count : int, of components, at most F and T

    Returns
    -------
    Tensor, `(D, N)`: for each component and each of A actions a vector of weights that makes this
    component, measured from its mean, the raw action; then the A biases, `D = A * (count + 1)`. A
    controller without biases has components about zero, and `D = A * count`. `y @ directions` are
    the N weights at coordinates `y (..., D)`.

    Raises `ValueError` for a controller with a layer, or another number of components or features.
    """
    s = controller.settings
    if s.layer:
        raise ValueError("the weights of a controller with a layer have no such directions")
    validate.tensor("seen", seen, (None, s.features))
    validate.finite("seen", seen)
    most = min(seen.shape)
    if not 1 <= count <= most:
        raise ValueError(f"count must be between 1 and {most}; got {count!r}")
    centre = seen.mean(dim=0) if s.bias else torch.zeros(s.features)
    centred = (seen - centre).double()
    axes = torch.linalg.eigh(centred.T @ centred)[1]
    axes = axes.flip(dims=(1,))[:, :count].T.to(seen.dtype)  # (count, F), the largest first
    actions = torch.eye(s.action)
    weights = torch.einsum("kf,ab->kafb", axes, actions).reshape(-1, s.features, s.action)
    if not s.bias:
        return controller.flatten([weights])
    biases = -torch.einsum("kf,f,ab->kab", axes, centre, actions).reshape(-1, 1, s.action)
    weights = torch.cat([weights, torch.zeros(s.action, s.features, s.action)])
    return controller.flatten([weights, torch.cat([biases, actions[:, None]])])
