"""What every planner is told: the model, the reward, when it is over, and what may be done."""

from __future__ import annotations

from dataclasses import dataclass, field

import gymnasium
import torch
from torch import Tensor

from mbrl_lib import validate
from mbrl_lib.types import Dynamics, Propagation, Reward, Termination


def never_terminates(state: Tensor) -> Tensor:
    """No state ends the episode: `(B, S)` -> `(B,)` of False."""
    return torch.zeros(state.shape[0], dtype=torch.bool)


@dataclass(frozen=True)
class PlanningProblem:
    """A model to plan in.

    Attributes
    ----------
    dynamics : Dynamics, whose means are followed, or Propagation, whose particles are
    reward : Reward, `(B, S), (B, A), (B, S) -> (B,)`
    low, high : Tensor, `(A,)`, the action bounds
    terminated : Termination, `(B, S) -> (B,)` of bool
    discount : float in [0, 1], what a reward one step later is worth

    Raises
    ------
    ValueError
        When the bounds are reversed or of different lengths, or the discount leaves [0, 1].
    """

    dynamics: Dynamics | Propagation
    reward: Reward
    low: Tensor
    high: Tensor
    terminated: Termination = field(default=never_terminates)
    discount: float = 1.0

    def __post_init__(self) -> None:
        low, high = validate.bounds(self.low, self.high)
        object.__setattr__(self, "low", low)
        object.__setattr__(self, "high", high)
        validate.fraction("discount", self.discount)

    @classmethod
    def in_env(
        cls,
        env: gymnasium.Env,
        dynamics: Dynamics | Propagation | None = None,
        discount: float = 1.0,
    ) -> PlanningProblem:
        """Plan for `env` with `dynamics`, or with the true ones when none are given.

        Reward and termination are the environment's own: this course learns what happens next
        and is told what is wanted.
        """
        from mbrl_lib.envs import true_model

        truth, reward, terminated = true_model(env)
        space = env.action_space
        return cls(dynamics or truth, reward, space.low, space.high, terminated, discount)

    @property
    def action_size(self) -> int:
        """A."""
        return self.low.shape[0]
