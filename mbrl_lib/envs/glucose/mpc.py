"""Insulin by model predictive control, with the planners of this course.

A planner is given a forecast (`forecasts`) and looks for rates, 15 minutes each. What is maximised
is minus the risk of the predicted glucose, averaged over an error of the forecast, and minus what
it falls below a margin: a constraint on hypoglycaemia, softened so that there is always a best
plan. Explained in "Models are hard: diabetes".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mbrl_lib import validate
from mbrl_lib.envs.glucose.controllers import Controller
from mbrl_lib.envs.glucose.forecasts import BLOCK, Forecast, rate_at
from mbrl_lib.envs.glucose.ward import Reading
from mbrl_lib.planning.mpc import shift
from mbrl_lib.planning.problem import PlanningProblem
from mbrl_lib.types import Planner


@dataclass(frozen=True)
class Wishes:
    """What a plan is worth."""

    error: float = 12.0  # mg/dL, standard deviation of forecasts over which the risk is averaged
    margin: float = 80.0  # mg/dL, below which a forecast costs extra
    weight: float = 0.1  # of that cost, for each (mg/dL)²

    def __post_init__(self) -> None:
        validate.positive("error", self.error)
        validate.positive("margin", self.margin)

    def __call__(self, glucose: Tensor) -> Tensor:
        """`(B,)` mg/dL -> `(B,)`, at most 0."""
        low = (self.margin - glucose).clamp(min=0)
        spread = 1.5 * self.error
        risk = 0.5 * magni(glucose) + 0.25 * (magni(glucose - spread) + magni(glucose + spread))
        return -(risk + self.weight * low**2)


def magni(glucose: Tensor) -> Tensor:
    """`metrics.magni` for tensors; below 15 and above 600 mg/dL it rises no further."""
    return 10 * (3.5506 * (torch.log(glucose.clamp(15, 600)) ** 0.8353 - 3.7932)) ** 2


class MPC(Controller):
    """Plans every 15 minutes, and whenever a meal is announced.

    Parameters
    ----------
    table : rows of `subjects`, `(N,)`
    forecasts : one for each
    plan_with : makes a planner from a problem: `CEM`, `RandomShooting`, ...
    generators : torch generators, one for each
    wishes : Wishes
    """

    def __init__(
        self,
        table: np.ndarray,
        forecasts: Sequence[Forecast],
        plan_with: Callable[[PlanningProblem], Planner],
        generators: Sequence[torch.Generator],
        wishes: Wishes = Wishes(),
    ) -> None:
        super().__init__(table)
        if not len(table) == len(forecasts) == len(generators):
            raise ValueError(
                f"{len(table)} subjects need as many forecasts and generators; "
                f"got {len(forecasts)} and {len(generators)}"
            )
        self.forecasts, self.generators = forecasts, generators
        self.planners = [plan_with(_problem(forecast, wishes)) for forecast in forecasts]
        self.reset()

    def reset(self) -> None:
        """A new episode: no plans."""
        self.plans: list[Tensor | None] = [None] * len(self.table)
        self._held = [0] * len(self.table)  # control steps for which a plan has been followed
        for forecast in self.forecasts:
            forecast.reset()

    def doses(self, reading: Reading) -> np.ndarray:
        """A rate in U/h; what a bolus would give is part of it."""
        rates = [self._rate(reading, row) for row in range(len(self.table))]
        return np.stack([np.array(rates) * self.table["basal"], np.zeros(len(rates))], axis=1)

    def _rate(self, reading: Reading, row: int) -> float:
        forecast, plan = self.forecasts[row], self.plans[row]
        forecast.observe(reading, row)
        over = self._held[row] >= BLOCK
        if plan is None or over or reading.carbohydrate[row] > 0:
            guess = shift(plan) if plan is not None and over else plan
            planner, generator = self.planners[row], self.generators[row]
            plan = planner.plan(forecast.state(), generator, guess).actions
            self.plans[row], self._held[row] = plan, 0
        self._held[row] += 1
        return float(rate_at(plan[0, 0]))


def _problem(forecast: Forecast, wishes: Wishes) -> PlanningProblem:
    def reward(state: Tensor, action: Tensor, next_state: Tensor) -> Tensor:
        return wishes(forecast.glucose(next_state))

    return PlanningProblem(forecast.dynamics, reward, -torch.ones(1), torch.ones(1))
