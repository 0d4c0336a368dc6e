"""The cross-entropy method: shoot, look at the best few, shoot again around them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from mbrl_lib import validate
from mbrl_lib.planning.problem import PlanningProblem
from mbrl_lib.planning.rollout import evaluate_candidates
from mbrl_lib.types import Plan


@dataclass(frozen=True)
class CEMSettings:
    """How the cross-entropy method searches."""

    candidates: int = 200  # K, sequences a round
    horizon: int = 20  # H
    iterations: int = 5  # rounds of sampling and refitting
    elites: int = 20  # the best sequences, to which the next round is fitted
    min_std: float = 0.02  # share of half the action range below which no std falls
    momentum: float = 0.1  # share of the old mean and std that is kept

    def __post_init__(self) -> None:
        for name in ("candidates", "horizon", "iterations", "elites"):
            validate.at_least(name, getattr(self, name), 1)
        if self.elites > self.candidates:
            raise ValueError(
                f"elites must not exceed candidates; got {self.elites} of {self.candidates}"
            )
        validate.fraction("momentum", self.momentum)
        validate.fraction("min_std", self.min_std)


def refit(actions: Tensor, returns: Tensor, elites: int) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation `(H, A)` of the `elites` sequences with the largest returns.

    `actions (K, H, A)`, `returns (K,)`. The standard deviation is the population's, so that one
    elite gives 0 and not NaN. Raises `ValueError` when there are fewer sequences than elites.
    """
    validate.tensor("actions", actions, (None, None, None))
    validate.tensor("returns", returns, (actions.shape[0],))
    validate.at_least("elites", elites, 1)
    if elites > actions.shape[0]:
        raise ValueError(f"elites must not exceed candidates; got {elites} of {actions.shape[0]}")
    best = actions[returns.topk(elites).indices]
    return best.mean(dim=0), best.std(dim=0, correction=0)


@dataclass(frozen=True)
class CEM:
    """Cross-entropy search over action sequences (Rubinstein, 1999; in PETS, Chua et al., 2018).

    Sequences are drawn from a normal distribution for each step, clipped to the bounds; its mean
    and standard deviation are refitted to the elites each round. The plan is the best sequence
    seen in any round. Explained in the chapter "Random shooting".
    """

    problem: PlanningProblem
    settings: CEMSettings = CEMSettings()

    def plan(
        self, state: Tensor, generator: torch.Generator, warm_start: Tensor | None = None
    ) -> Plan:
        """Search from `state (S,)`; `warm_start (H, A)` is the first mean."""
        s, problem = self.settings, self.problem
        half = (problem.high - problem.low) / 2
        mean = (problem.low + half).expand(s.horizon, -1)
        if warm_start is not None:
            validate.tensor("warm_start", warm_start, (s.horizon, problem.action_size))
            mean = warm_start
        std = half.expand(s.horizon, -1)
        best, best_return = None, torch.tensor(-torch.inf)
        for _ in range(s.iterations):
            noise = torch.randn(s.candidates, *mean.shape, generator=generator)
            actions = (mean + std * noise).clamp(problem.low, problem.high)
            returns = evaluate_candidates(problem, state, actions, generator)
            leader = returns.argmax()
            if best is None or returns[leader] > best_return:
                best, best_return = actions[leader], returns[leader]
            elite_mean, elite_std = refit(actions, returns, s.elites)
            mean = s.momentum * mean + (1 - s.momentum) * elite_mean
            std = s.momentum * std + (1 - s.momentum) * elite_std
            std = std.maximum(s.min_std * half)
        return Plan(best, actions, returns)
