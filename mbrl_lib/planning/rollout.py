"""What would happen: K action sequences through the model at once, and what they are worth."""

from __future__ import annotations

import torch
from torch import Tensor

from mbrl_lib import validate
from mbrl_lib.planning.problem import PlanningProblem


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
    generator : torch.Generator, when given each next state is drawn from the model's Gaussian;
        otherwise the mean is taken

    Returns
    -------
    Tensor, `(K,)`; `-inf` where the model gave NaN or an infinity. The reward of the step that
    terminates counts, later ones do not.

    Explained in the chapter "Random shooting".
    """
    validate.tensor("state", state, (None,))
    validate.finite("state", state)
    validate.tensor("actions", actions, (None, None, problem.action_size))
    candidates, horizon, _ = actions.shape
    states = state.expand(candidates, -1)  # (K, S): the same start for all
    total = torch.zeros(candidates, dtype=state.dtype)
    alive = torch.ones(candidates, dtype=torch.bool)
    for h in range(horizon):
        prediction = problem.dynamics.predict(states, actions[:, h])
        next_states = prediction.mean if generator is None else prediction.sample(generator)
        reward = problem.reward(states, actions[:, h], next_states)
        total = total + problem.discount**h * torch.where(alive, reward, 0.0)
        alive = alive & ~problem.terminated(next_states)
        states = next_states
    return torch.where(torch.isfinite(total), total, -torch.inf)
