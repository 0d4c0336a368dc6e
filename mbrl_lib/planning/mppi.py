"""Model predictive path integral control: no winner, an average weighed by how good each is."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from mbrl_lib import validate
from mbrl_lib.planning.problem import PlanningProblem
from mbrl_lib.planning.rollout import evaluate_candidates
from mbrl_lib.types import Plan


@dataclass(frozen=True)
class MPPISettings:
    """How MPPI searches."""

    candidates: int = 200  # K
    horizon: int = 20  # H
    iterations: int = 1  # rounds of sampling and averaging
    noise_std: float = 0.5  # of the disturbances, as a share of half the action range
    temperature: float = 1.0  # lambda, in units of return: near 0 the best takes all

    def __post_init__(self) -> None:
        for name in ("candidates", "horizon", "iterations"):
            validate.at_least(name, getattr(self, name), 1)
        validate.positive("noise_std", self.noise_std)
        validate.positive("temperature", self.temperature)


def path_weights(returns: Tensor, temperature: float) -> Tensor:
    r"""`(K,)`, $w_k \propto e^{R_k / \lambda}$, adding up to 1; 0 where the return is `-inf`.

    The largest return is subtracted first, so that nothing overflows. All 0 where no return is
    finite.
    """
    validate.tensor("returns", returns, (None,))
    validate.positive("temperature", temperature)
    if not torch.isfinite(returns).any():
        return torch.zeros_like(returns)
    return torch.softmax(returns / temperature, dim=0)


@dataclass(frozen=True)
class MPPI:
    """Path integral control (Williams et al., 2017, algorithm 2, with the clipped disturbances).

    Sequences are drawn around a mean; the new mean is the average of all of them, weighed by the
    exponential of their returns. The plan is that mean. Their quadratic control cost is left to
    the problem's reward. Explained in the chapter "Random shooting".
    """

    problem: PlanningProblem
    settings: MPPISettings = MPPISettings()

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
        for _ in range(s.iterations):
            noise = torch.randn(s.candidates, *mean.shape, generator=generator)
            actions = (mean + s.noise_std * half * noise).clamp(problem.low, problem.high)
            returns = evaluate_candidates(problem, state, actions, generator)
            weights = path_weights(returns, s.temperature)
            if weights.any():
                mean = torch.einsum("k,kha->ha", weights, actions)
        return Plan(mean, actions, returns)
