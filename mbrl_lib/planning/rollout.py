"""What would happen: K action sequences through the model at once, and what they are worth."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from mbrl_lib import validate
from mbrl_lib.planning.problem import PlanningProblem
from mbrl_lib.types import Dynamics, Propagation

ROWS = 2500  # states that are moved at once: more, and activations leave the processor's cache


@torch.no_grad()
def evaluate_candidates(
    problem: PlanningProblem,
    state: Tensor,
    actions: Tensor,
    generator: torch.Generator | None = None,
) -> Tensor:
    r"""The predicted return of each candidate, $\sum_{h<H} \gamma^h r_h$ until termination.

    Parameters
    ----------
    state : Tensor, `(S,)`, where every candidate starts
    actions : Tensor, `(K, H, A)`
    generator : torch.Generator, for a propagation that draws its particles

    Returns
    -------
    Tensor, `(K,)`, averaged over particles; `-inf` where the model gave NaN or an infinity. The
    reward of the step that terminates counts, later ones do not.

    Explained in the chapter "Random shooting".
    """
    validate.tensor("state", state, (None,))
    validate.finite("state", state)
    validate.tensor("actions", actions, (None, None, problem.action_size))
    dynamics = problem.dynamics
    propagation = dynamics if isinstance(dynamics, Propagation) else _Means(dynamics)
    parts = actions.split(max(1, ROWS // propagation.particles))  # memory does not grow with K
    total = torch.cat([_returns(problem, propagation, state, part, generator) for part in parts])
    return torch.where(torch.isfinite(total), total, -torch.inf)


def _returns(
    problem: PlanningProblem,
    propagation: Propagation,
    state: Tensor,
    actions: Tensor,
    generator: torch.Generator | None,
) -> Tensor:
    """`(K,)`, the mean over particles of their sums of rewards."""
    candidates, horizon, _ = actions.shape
    states = state.expand(propagation.particles, candidates, -1)  # (P, K, S): one start for all
    total = torch.zeros(propagation.particles * candidates, dtype=state.dtype)
    alive = torch.ones_like(total, dtype=torch.bool)
    for h in range(horizon):
        next_states = propagation.step(states, actions[:, h], generator)
        flat, action = next_states.flatten(0, 1), actions[:, h].repeat(propagation.particles, 1)
        reward = problem.reward(states.flatten(0, 1), action, flat)
        total = total + problem.discount**h * torch.where(alive, reward, 0.0)
        alive = alive & ~problem.terminated(flat)
        states = next_states
    return total.view(propagation.particles, candidates).mean(dim=0)


@dataclass(frozen=True)
class _Means:
    """One particle, moved by the means of a single model."""

    dynamics: Dynamics
    particles: int = 1

    def step(self, states: Tensor, actions: Tensor, generator: torch.Generator | None) -> Tensor:
        return self.dynamics.predict(states[0], actions).mean[None]
