"""Who decides about the dose by planning with identified models: MPC on the lecture's recursion.

Explained in the chapter "Models are hard: anaemia".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mbrl_lib import validate
from mbrl_lib.dynamics import IndependentRollouts
from mbrl_lib.envs.anemia import arx
from mbrl_lib.envs.anemia.clinic import MAX_DOSE, TARGET
from mbrl_lib.planning import PlanningProblem, RandomShooting
from mbrl_lib.planning.mpc import shift


@dataclass(frozen=True)
class MPCSettings:
    """How a dose is planned."""

    candidates: int = 400  # K
    horizon: int = 3  # H, months
    largest_change: float = 4.0  # kIU, how far a planned dose may be from the last one given
    change_cost: float = 0.05  # λ, for each kIU by which the dose changes

    def __post_init__(self) -> None:
        validate.at_least("candidates", self.candidates, 1)
        validate.at_least("horizon", self.horizon, 1)
        validate.positive("largest_change", self.largest_change)


class ARXMPC:
    """Model predictive control, each patient by models of their own.

    Parameters
    ----------
    theta : array `(N, 7)`, or `(N, E, 7)` for an ensemble: E futures of every plan, their rewards
        averaged
    generator : torch.Generator, of the random shooting
    tsat : mean and memory of TSat, as `arx.tsat_recursion` finds them
    settings : MPCSettings

    The models are not updated, and measurements are taken as they are.
    """

    def __init__(
        self,
        theta: np.ndarray,
        generator: torch.Generator,
        tsat: tuple[float, float],
        settings: MPCSettings = MPCSettings(),
    ) -> None:
        self.models = [IndependentRollouts(arx.ARXDynamics(each, *tsat)) for each in theta]
        self.generator, self.settings = generator, settings
        self._rest: list[Tensor | None] = [None] * len(self.models)

    def dose(self, observation: np.ndarray) -> np.ndarray:
        """`(N, 5)` -> `(N,)`."""
        if len(observation) != len(self.models):
            raise ValueError(f"there are {len(self.models)} patients; got {len(observation)}")
        states = torch.as_tensor(observation, dtype=torch.float32)
        return np.array([self._plan(n, state) for n, state in enumerate(states)])

    def _plan(self, n: int, state: Tensor) -> float:
        s, last = self.settings, float(state[3])
        low, high = max(0.0, last - s.largest_change), min(MAX_DOSE, last + s.largest_change)
        problem = PlanningProblem(self.models[n], self.reward, [low], [high])
        planner = RandomShooting(problem, s.candidates, s.horizon)
        plan = planner.plan(state, self.generator, self._rest[n]).actions
        self._rest[n] = shift(plan)
        return float(plan[0, 0])

    def reward(self, state: Tensor, action: Tensor, next_state: Tensor) -> Tensor:
        """-(H - 11.5)², minus λ for each kIU by which the dose changes, `(B,)`: a planned month."""
        change = (action[:, 0] - state[:, 3]).abs()
        return -((next_state[:, 0] - TARGET) ** 2) - self.settings.change_cost * change
