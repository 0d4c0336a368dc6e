r"""A policy network learned inside a model: short imagined rollouts, gradients through them.

MPC thinks anew at every step. Here the thinking is done once and kept in a network: from states of
real experience the ensemble imagines H steps under the policy, a critic judges where they end, and
the gradient of that return flows back through the model into the policy. Source: stochastic value
gradients (Heess et al., 2015), with the short rollouts of MBPO (Janner et al., 2019) and the
returns of Dreamer (Hafner et al., 2020).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from mbrl_lib import validate
from mbrl_lib.dynamics.ensemble import EnsembleDynamics
from mbrl_lib.dynamics.networks import MLP
from mbrl_lib.normalizer import Normalizer
from mbrl_lib.types import Reward, Termination


@dataclass(frozen=True)
class ImaginationSettings:
    """How the policy is learned."""

    horizon: int = 20  # H, imagined steps
    starts: int = 32  # start states for each member in one update
    discount: float = 0.98  # gamma
    trace: float = 0.9  # lambda: 0 trusts the critic after one step, 1 only after H
    hidden: tuple[int, ...] = (64, 64)  # widths of policy and critic
    policy_rate: float = 1e-3  # learning rate of Adam
    critic_rate: float = 2e-3
    target_rate: float = 0.02  # how fast the critic that is trusted follows the one that learns
    exploration: float = 0.1  # std of the noise on imagined actions, as a share of half the range
    max_gradient: float = 10.0  # norm above which a gradient is shortened

    def __post_init__(self) -> None:
        for name in ("horizon", "starts"):
            validate.at_least(name, getattr(self, name), 1)
        for name in ("discount", "trace", "target_rate"):
            validate.fraction(name, getattr(self, name))
        for name in ("policy_rate", "critic_rate", "max_gradient"):
            validate.positive(name, getattr(self, name))
        object.__setattr__(self, "hidden", tuple(self.hidden))


class PolicyNetwork(nn.Module):
    """A deterministic policy: a state to an action within its bounds, by tanh.

    Parameters
    ----------
    state_size : int, S
    low, high : Tensor, `(A,)`
    hidden : widths of the hidden layers
    generator : torch.Generator, for the initial weights
    """

    def __init__(
        self,
        state_size: int,
        low: Tensor,
        high: Tensor,
        hidden: tuple[int, ...],
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        low, high = validate.bounds(low, high)
        self.register_buffer("middle", (low + high) / 2)
        self.register_buffer("reach", (high - low) / 2)
        self.normalizer = Normalizer(state_size)
        self.network = MLP(state_size, low.shape[0], hidden, False, generator)

    def forward(self, state: Tensor) -> Tensor:
        """`(..., S)` -> `(..., A)`."""
        flat = self.normalizer.normalize(state).flatten(0, -2)
        action = self.middle + self.reach * torch.tanh(self.network(flat[None])[0][0])
        return action.view(*state.shape[:-1], -1)

    @torch.no_grad()
    def act(self, observation: np.ndarray) -> np.ndarray:
        """The action `(A,)` for an observation `(S,)`."""
        return self(torch.as_tensor(observation, dtype=torch.float32)[None])[0].numpy()

    def reset(self) -> None:
        """Nothing to forget."""


class Imagination(nn.Module):
    """A policy and its critic, and how both learn from a model.

    Parameters
    ----------
    state_size : int, S
    low, high : Tensor, `(A,)`, the action bounds
    generator : torch.Generator, for the initial weights
    settings : ImaginationSettings
    """

    def __init__(
        self,
        state_size: int,
        low: Tensor,
        high: Tensor,
        generator: torch.Generator,
        settings: ImaginationSettings = ImaginationSettings(),
    ) -> None:
        super().__init__()
        self.settings = settings
        self.policy = PolicyNetwork(state_size, low, high, settings.hidden, generator)
        self.critic = MLP(state_size, 1, settings.hidden, False, generator)
        self.target = copy.deepcopy(self.critic).requires_grad_(False)

    def learn(
        self,
        model: EnsembleDynamics,
        reward: Reward,
        terminated: Termination,
        states: Tensor,
        updates: int,
        generator: torch.Generator,
        progress: bool = False,
    ) -> list[float]:
        """Improve policy and critic by imagined rollouts from `states (N, S)`.

        Parameters
        ----------
        reward, terminated : as for planning; gradients flow through the reward
        updates : int, gradient steps of both
        generator : torch.Generator, for start states, noise and the model's samples

        Returns
        -------
        list of float, the mean imagined return of each update.
        """
        validate.at_least("updates", updates, 1)
        validate.tensor("states", states, (None, None))
        validate.finite("states", states)
        self.policy.normalizer.fit(states)
        s = self.settings
        steps = [
            torch.optim.Adam(self.policy.parameters(), s.policy_rate),
            torch.optim.Adam(self.critic.parameters(), s.critic_rate),
        ]
        model.requires_grad_(False)
        history = []
        for _ in tqdm(range(updates), unit="update", disable=not progress):
            rows = torch.randint(len(states), (model.members, s.starts), generator=generator)
            seen, rewards, alive = self._imagine(model, reward, terminated, states[rows], generator)
            returns = self._lambda_returns(seen, rewards, alive)
            self._step(steps[0], self.policy, -returns[0].mean())
            self._step(steps[1], self.critic, self._critic_loss(seen, returns, alive))
            for slow, fast in zip(self.target.parameters(), self.critic.parameters(), strict=True):
                slow.data.lerp_(fast.data, s.target_rate)
            history.append(float(returns[0].detach().mean()))
        model.requires_grad_(True)
        return history

    def _imagine(
        self,
        model: EnsembleDynamics,
        reward: Reward,
        terminated: Termination,
        state: Tensor,
        generator: torch.Generator,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """States `(H + 1, E, B, S)`, rewards `(H, E, B)`, whether still alive `(H + 1, E, B)`."""
        states, rewards, alive = [state], [], [torch.ones(state.shape[:-1])]
        for _ in range(self.settings.horizon):
            action = self.policy(states[-1])
            noise = torch.randn(action.shape, generator=generator)
            action = action + self.settings.exploration * self.policy.reach * noise
            lowest, highest = (self.policy.middle + side * self.policy.reach for side in (-1, 1))
            action = action.clamp(lowest, highest)
            following = model.predict_each(states[-1], action).sample(generator)
            flat = [x.flatten(0, 1) for x in (states[-1], action, following)]
            rewards.append(reward(*flat).view(state.shape[:-1]))
            over = terminated(flat[2]).view(state.shape[:-1])
            alive.append(alive[-1] * (~over).to(state.dtype))
            states.append(following)
        return torch.stack(states), torch.stack(rewards), torch.stack(alive)

    def _lambda_returns(self, states: Tensor, rewards: Tensor, alive: Tensor) -> Tensor:
        r"""$R_h = r_h + \gamma\,[(1 - \lambda) V(s_{h+1}) + \lambda R_{h+1}]$, `(H, E, B)`.

        The last uses the critic alone. After a terminal state nothing is added.
        """
        s = self.settings
        values = self._values(self.target, states[1:])
        following, returns = values[-1], []
        for h in reversed(range(len(rewards))):
            blend = (1 - s.trace) * values[h] + s.trace * following
            goes_on = torch.where(alive[h] > 0, alive[h + 1], 0.0)
            following = rewards[h] + s.discount * goes_on * blend
            returns.append(following)
        return torch.stack(returns[::-1])

    def _critic_loss(self, states: Tensor, returns: Tensor, alive: Tensor) -> Tensor:
        """Squared error of the critic at the states that were alive."""
        error = self._values(self.critic, states[:-1].detach()) - returns.detach()
        return (alive[:-1] * error.square()).sum() / alive[:-1].sum()

    def _values(self, network: MLP, states: Tensor) -> Tensor:
        flat = self.policy.normalizer.normalize(states).flatten(0, -2)
        return network(flat[None])[0][0, :, 0].view(states.shape[:-1])

    def _step(self, optimizer: torch.optim.Optimizer, network: nn.Module, loss: Tensor) -> None:
        optimizer.zero_grad()
        loss.backward(inputs=list(network.parameters()))
        nn.utils.clip_grad_norm_(network.parameters(), self.settings.max_gradient)
        optimizer.step()
