"""Random shooting: try K random action sequences in the model, keep the best."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from mbrl_lib import validate
from mbrl_lib.planning.problem import PlanningProblem
from mbrl_lib.planning.rollout import evaluate_candidates
from mbrl_lib.types import Plan


def sample_uniform(
    candidates: int, horizon: int, low: Tensor, high: Tensor, generator: torch.Generator
) -> Tensor:
    """`(K, H, A)` actions, independent and uniform between `low (A,)` and `high (A,)`."""
    validate.at_least("candidates", candidates, 1)
    validate.at_least("horizon", horizon, 1)
    low, high = validate.bounds(low, high)
    unit = torch.rand(candidates, horizon, low.shape[0], generator=generator)
    return low + (high - low) * unit


@dataclass(frozen=True)
class RandomShooting:
    """Step 2 of the lecture's general strategy: sample, roll out, evaluate, choose.

    Attributes
    ----------
    problem : PlanningProblem
    candidates : int, K
    horizon : int, H

    Explained in the chapter "Random shooting".
    """

    problem: PlanningProblem
    candidates: int = 500
    horizon: int = 20

    def __post_init__(self) -> None:
        validate.at_least("candidates", self.candidates, 1)
        validate.at_least("horizon", self.horizon, 1)

    def plan(
        self, state: Tensor, generator: torch.Generator, warm_start: Tensor | None = None
    ) -> Plan:
        """The best of K random sequences; a `warm_start (H, A)` replaces the first of them."""
        problem = self.problem
        actions = sample_uniform(
            self.candidates, self.horizon, problem.low, problem.high, generator
        )
        if warm_start is not None:
            validate.tensor("warm_start", warm_start, (self.horizon, problem.action_size))
            actions[0] = warm_start.clamp(problem.low, problem.high)
        returns = evaluate_candidates(problem, state, actions, generator)
        return Plan(actions[returns.argmax()], actions, returns)
