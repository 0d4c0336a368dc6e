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
    propagation = _ready(problem.dynamics)
    parts = actions.split(max(1, ROWS // propagation.particles))  # memory does not grow with K
    total = torch.cat([_returns(problem, propagation, state, part, generator) for part in parts])
    return torch.where(torch.isfinite(total), total, -torch.inf)


def _ready(dynamics: Dynamics | Propagation) -> Propagation:
    """What moves particles, with all that can be computed before the first step computed."""
    if not isinstance(dynamics, Propagation):
        return _Means(dynamics)
    return dynamics.prepared() if hasattr(dynamics, "prepared") else dynamics


def _returns(
    problem: PlanningProblem,
    propagation: Propagation,
    state: Tensor,
    actions: Tensor,
    generator: torch.Generator | None,
) -> Tensor:
    """`(K,)`, the mean over particles of their sums of rewards."""
    candidates, horizon, size = actions.shape
    particles = propagation.particles
    states = [state.expand(particles, candidates, -1)]  # (P, K, S): one start for all
    for h in range(horizon):
        states.append(propagation.step(states[-1], actions[:, h], generator))
    path = torch.stack(states)  # (H + 1, P, K, S)
    before, after = path[:-1].flatten(0, 2), path[1:].flatten(0, 2)
    action = actions.transpose(0, 1)[:, None].expand(-1, particles, -1, -1).reshape(-1, size)
    rewards = problem.reward(before, action, after).view(horizon, particles, candidates)
    ended = problem.terminated(after).view(horizon, particles, candidates).int()
    alive = ended.cumsum(dim=0) == ended  # nothing had ended before this step
    discounts = problem.discount ** torch.arange(horizon, dtype=state.dtype)
    counted = torch.where(alive, rewards, 0.0) * discounts[:, None, None]
    return counted.sum(dim=0).mean(dim=0)


@dataclass(frozen=True)
class _Means:
    """One particle, moved by the means of a single model."""

    dynamics: Dynamics
    particles: int = 1

    def step(self, states: Tensor, actions: Tensor, generator: torch.Generator | None) -> Tensor:
        return self.dynamics.predict(states[0], actions).mean[None]
