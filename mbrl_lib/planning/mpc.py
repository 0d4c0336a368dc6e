"""Model predictive control: plan, take the first action, look, plan again."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from mbrl_lib import validate
from mbrl_lib.types import Plan, Planner


def shift(actions: Tensor) -> Tensor:
    """The plan `(H, A)` one step later: without its first action, its last one repeated."""
    validate.tensor("actions", actions, (None, None))
    return torch.cat([actions[1:], actions[-1:]])


class MPC:
    """A policy that plans from every state it finds itself in.

    Parameters
    ----------
    planner : Planner
    generator : torch.Generator, passed to the planner
    replan_every : int, after how many steps a new plan is made: 1 is MPC; the planner's horizon
        is open loop, the plan carried out with closed eyes
    warm_start : bool, whether the rest of the last plan is the planner's first guess

    Attributes
    ----------
    last_plan : Plan or None, for pictures and diagnosis

    Explained in the chapter "Model predictive control".
    """

    def __init__(
        self,
        planner: Planner,
        generator: torch.Generator,
        replan_every: int = 1,
        warm_start: bool = True,
    ) -> None:
        validate.at_least("replan_every", replan_every, 1)
        self.planner, self.generator = planner, generator
        self.replan_every, self.warm_start = replan_every, warm_start
        self.reset()

    def reset(self) -> None:
        """Forget the plan: a new episode begins."""
        self.last_plan: Plan | None = None
        self._rest: Tensor | None = None  # (H, A), what follows the actions already taken
        self._taken = 0

    def act(self, observation: np.ndarray) -> np.ndarray:
        """The action `(A,)` for an observation `(S,)`, replanning when it is time to."""
        horizon = 0 if self.last_plan is None else self.last_plan.actions.shape[0]
        if self.last_plan is None or self._taken >= min(self.replan_every, horizon):
            state = torch.as_tensor(observation, dtype=torch.float32)
            guess = self._rest if self.warm_start else None
            self.last_plan = self.planner.plan(state, self.generator, guess)
            self._rest, self._taken = self.last_plan.actions, 0
        action = self._rest[0]
        self._rest = shift(self._rest)
        self._taken += 1
        return action.numpy().copy()
