"""How far a model can be trusted: its error after one step and many, and what it says of it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from mbrl_lib import validate
from mbrl_lib.types import Dynamics, Gaussian, Trajectory


@dataclass(frozen=True)
class CompoundingError:
    """Error of open-loop predictions against how far ahead they look.

    Attributes
    ----------
    rmse : Tensor, `(H,)`: entry h-1 is the root mean square error after h steps, over all starts
        and state features, each feature in units of `scale`
    scale : Tensor, `(S,)`: the standard deviation of each feature in the trajectories
    starts : int, how many starting points were used
    """

    rmse: Tensor
    scale: Tensor
    starts: int


@torch.no_grad()
def rollout(dynamics: Dynamics, state: Tensor, actions: Tensor) -> Tensor:
    """The predicted states when each prediction is fed back: no peeking at what happened.

    `state (B, S)`, `actions (B, H, A)` -> `(B, H + 1, S)`, the start included.
    """
    validate.tensor("state", state, (None, None))
    validate.tensor("actions", actions, (state.shape[0], None, None))
    states = [state]
    for h in range(actions.shape[1]):
        states.append(dynamics.predict(states[-1], actions[:, h]).mean)
    return torch.stack(states, dim=1)


def compounding_error(
    dynamics: Dynamics, trajectories: list[Trajectory], horizon: int
) -> CompoundingError:
    """Roll the model out from every state of `trajectories` that has `horizon` steps after it.

    Raises `ValueError` when no trajectory is that long.
    Explained in the chapter "Learning a dynamics function".
    """
    validate.at_least("horizon", horizon, 1)
    long_enough = [t for t in trajectories if len(t) >= horizon]
    if not long_enough:
        longest = max((len(t) for t in trajectories), default=0)
        raise ValueError(
            f"no trajectory has {horizon} steps; the longest of {len(trajectories)} has {longest}"
        )
    truth = torch.cat([t.states.unfold(0, horizon + 1, 1).mT for t in long_enough])  # (B, H+1, S)
    actions = torch.cat([t.actions.unfold(0, horizon, 1).mT for t in long_enough])  # (B, H, A)
    scale = torch.cat([t.states for t in trajectories]).std(dim=0, correction=0).clamp(min=1e-6)
    error = (rollout(dynamics, truth[:, 0], actions) - truth)[:, 1:] / scale
    return CompoundingError(error.square().mean(dim=(0, 2)).sqrt(), scale, truth.shape[0])


def mixture(prediction: Gaussian) -> Gaussian:
    r"""Mean and standard deviation `(B, S)` of an ensemble's prediction `(E, B, S)`.

    An ensemble's prediction is a mixture with equal weights, so its variance is the mean of the
    members' variances plus the variance of their means (Lakshminarayanan et al., 2017).
    """
    validate.tensor("mean", prediction.mean, (None, None, None))
    variance = prediction.std.square().mean(dim=0) + prediction.mean.var(dim=0, correction=0)
    return Gaussian(prediction.mean.mean(dim=0), variance.sqrt())


def disagreement(prediction: Gaussian) -> Tensor:
    """`(B, S)`, the standard deviation of the members' means `(E, B, S)`: epistemic uncertainty."""
    validate.tensor("mean", prediction.mean, (None, None, None))
    return prediction.mean.std(dim=0, correction=0)


def quantile_of(prediction: Gaussian, value: Tensor) -> Tensor:
    """Where `value (B, S)` lies in the predicted mixture `(E, B, S)`: its distribution function.

    Uniform on [0, 1] when predictions are calibrated (the probability integral transform). An std
    of 0 puts all weight on the mean, which counts as half below.
    """
    validate.tensor("mean", prediction.mean, (None, None, None))
    validate.tensor("value", value, tuple(prediction.mean.shape[1:]))
    z = (value - prediction.mean) / prediction.std.clamp(min=1e-30)
    return torch.special.ndtr(z).mean(dim=0)


def coverage(prediction: Gaussian, value: Tensor, level: float = 0.9) -> Tensor:
    """`(S,)`, the share of `value (B, S)` inside the central intervals of the mixture `(E, B, S)`.

    Calibrated predictions cover a share of `level`. Raises `ValueError` for a level outside (0, 1).
    Explained in the chapter "Ensembles".
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1; got {level!r}")
    inside = (quantile_of(prediction, value) - 0.5).abs() <= level / 2
    return inside.to(value.dtype).mean(dim=0)
