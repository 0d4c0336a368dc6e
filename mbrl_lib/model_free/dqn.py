"""A deep Q-network: Q-learning whose table is a neural network.

Read it from top to bottom: the network, the target and the loss, acting, training. Sources: Mnih
et al. (2015) for replay and the target network, van Hasselt et al. (2016) for the double
estimate. Explained in the chapter "Model-free RL, recap".
"""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import gymnasium
import numpy as np
import torch
from gymnasium import spaces
from torch import Tensor, nn
from tqdm.auto import tqdm

from mbrl_lib import validate
from mbrl_lib.data import ReplayBuffer
from mbrl_lib.evaluate import evaluate
from mbrl_lib.types import Batch, Transition


@dataclass(frozen=True)
class DQNSettings:
    """How a deep Q-network is trained; the defaults solve CartPole-v1 in a minute or two."""

    steps: int = 60_000  # of the environment, at most
    hidden: tuple[int, ...] = (128, 128)  # widths of the network's hidden layers
    discount: float = 0.99  # γ
    learning_rate: float = 2e-3  # of Adam
    batch_size: int = 64  # B, transitions in a gradient step
    capacity: int = 60_000  # transitions that the replay buffer keeps
    warm_up: int = 1_000  # random steps before the first gradient step
    round_steps: int = 256  # steps of the environment between two rounds of learning
    round_updates: int = 128  # gradient steps in a round, towards one target network
    epsilon_start: float = 1.0  # share of random actions at the beginning
    epsilon_end: float = 0.05  # and from `epsilon_steps` on
    epsilon_steps: int = 10_000  # over which it falls linearly
    gradient_norm: float = 10.0  # longer gradients are cut to this length
    check_every: int = 8  # rounds of learning between two checks of the greedy policy
    check_episodes: int = 20  # episodes of a check
    solved: float = 500.0  # mean return of a check at which training stops
    progress: bool = False  # show a progress bar

    def __post_init__(self) -> None:
        for name in (
            "steps", "batch_size", "capacity", "warm_up", "round_steps", "round_updates",
            "epsilon_steps", "check_every", "check_episodes",
        ):  # fmt: skip
            validate.at_least(name, getattr(self, name), 1)
        for name in ("discount", "epsilon_start", "epsilon_end"):
            validate.fraction(name, getattr(self, name))
        for name in ("learning_rate", "gradient_norm"):
            validate.positive(name, getattr(self, name))


@dataclass(frozen=True)
class DQNRun:
    """What a training run left behind.

    Attributes
    ----------
    network : QNetwork, the last one; nothing is picked out afterwards
    steps : int, of the environment; the checks' episodes are not counted among them
    returns, ends : ndarray `(N,)`, each episode's return and the step at which it ended
    checks : list of (step, mean return of the greedy policy)
    solved : bool, whether the last check reached `DQNSettings.solved`
    """

    network: QNetwork
    steps: int
    returns: np.ndarray
    ends: np.ndarray
    checks: list[tuple[int, float]]
    solved: bool


class QNetwork(nn.Module):
    """States in, one value for each action out: `(B, S)` -> `(B, number of actions)`.

    Parameters
    ----------
    state_size, actions : int, S and the number of actions
    hidden : sequence of int, widths of the hidden layers, with ReLU behind each
    generator : torch.Generator, draws weights and biases uniformly within 1 / sqrt(inputs)
    """

    def __init__(
        self, state_size: int, actions: int, hidden: Sequence[int], generator: torch.Generator
    ) -> None:
        super().__init__()
        self.state_size, self.actions = state_size, actions
        sizes = (state_size, *hidden, actions)
        for size in sizes:
            validate.at_least("layer size", size, 1)
        # skip_init: the usual constructor would draw from torch's global generator
        self.layers = nn.ModuleList(
            nn.utils.skip_init(nn.Linear, a, b) for a, b in itertools.pairwise(sizes)
        )
        for layer in self.layers:
            bound = 1 / math.sqrt(layer.in_features)
            for parameter in layer.parameters():
                nn.init.uniform_(parameter, -bound, bound, generator=generator)

    def forward(self, state: Tensor) -> Tensor:
        """Q(s, ·) for each state of the batch."""
        validate.tensor("state", state, (None, self.state_size))
        for layer in self.layers[:-1]:
            state = torch.relu(layer(state))
        return self.layers[-1](state)


@torch.no_grad()
def targets(batch: Batch, online: QNetwork, target: QNetwork, discount: float) -> Tensor:
    """What Q(s, a) should have been: `(B,)`, r + γ Q⁻(s', argmax Q(s', ·)), or r at the end.

    The online network picks the next action and the target network values it (van Hasselt et al.,
    2016). Only `terminated` stops the sum: after a truncation life would have gone on.
    """
    best = online(batch.next_state).argmax(dim=1, keepdim=True)
    future = target(batch.next_state).gather(1, best).squeeze(1)
    return batch.reward + discount * torch.where(batch.terminated, 0.0, future)


def loss(batch: Batch, online: QNetwork, target: QNetwork, discount: float) -> Tensor:
    """`()`, the mean Huber loss of Q(s, a) against its target.

    Squared (and halved) for errors below 1, linear beyond, so that one surprise does not throw
    the network off. `batch.action (B, 1)` holds the number of the action.
    """
    values = online(batch.state).gather(1, batch.action.long()).squeeze(1)
    return nn.functional.huber_loss(values, targets(batch, online, target, discount))


def learn(
    replay: ReplayBuffer,
    online: QNetwork,
    optimizer: torch.optim.Optimizer,
    generator: torch.Generator,
    settings: DQNSettings,
) -> None:
    """One round: freeze a copy of the network, then take gradient steps towards its targets."""
    target = copy.deepcopy(online)
    for _ in range(settings.round_updates):
        batch = replay.sample(settings.batch_size, generator)
        optimizer.zero_grad()
        loss(batch, online, target, settings.discount).backward()
        nn.utils.clip_grad_norm_(online.parameters(), settings.gradient_norm)
        optimizer.step()


class GreedyQ:
    """The policy that takes the action with the largest value."""

    def __init__(self, network: QNetwork) -> None:
        self.network = network

    @torch.no_grad()
    def act(self, observation: np.ndarray) -> np.int64:
        """The action's number, for an observation `(S,)`."""
        return np.int64(self.network(torch.as_tensor(observation)[None]).argmax())

    def reset(self) -> None:
        """Nothing to forget."""


def exploration(step: int, settings: DQNSettings) -> float:
    """ε at a step: falling linearly, then constant."""
    share = min(1.0, step / settings.epsilon_steps)
    return settings.epsilon_start + share * (settings.epsilon_end - settings.epsilon_start)


def train_dqn(
    make_env: Callable[[], gymnasium.Env],
    generator: torch.Generator,
    settings: DQNSettings = DQNSettings(),
) -> DQNRun:
    """Train until a check is passed or the steps are used up.

    Every `check_every` steps the greedy policy plays `check_episodes` episodes of its own, in
    another environment and from seeds drawn for the purpose; the first check whose mean return
    reaches `solved` ends the training. Whoever scores the result uses other episodes.

    Parameters
    ----------
    make_env : called without arguments; observations `(S,)`, actions `Discrete`
    generator : torch.Generator, decides everything: weights, starts, exploration, batches

    Raises
    ------
    ValueError
        For an environment of another kind.
    """
    env, state_size, actions = _discrete(make_env())
    online = QNetwork(state_size, actions, settings.hidden, generator)
    optimizer = torch.optim.Adam(online.parameters(), lr=settings.learning_rate)
    replay = ReplayBuffer(state_size, 1, settings.capacity)
    greedy = GreedyQ(online)
    check_seeds = _seeds(settings.check_episodes, generator)
    returns, ends, checks, total, rounds, solved = [], [], [], 0.0, 0, False

    state, _ = env.reset(seed=_seeds(1, generator)[0])
    for step in tqdm(range(1, settings.steps + 1), unit="step", disable=not settings.progress):
        explores = float(torch.rand((), generator=generator)) < exploration(step, settings)
        if explores or step <= settings.warm_up:
            action = np.int64(torch.randint(actions, (), generator=generator))
        else:
            action = greedy.act(state)
        next_state, reward, terminated, truncated, _ = env.step(action)
        replay.add(Transition(state, action[None], reward, next_state, terminated, truncated))
        state, total = next_state, total + float(reward)
        if terminated or truncated:
            returns.append(total)
            ends.append(step)
            state, total = env.reset()[0], 0.0

        if step <= settings.warm_up or step % settings.round_steps:
            continue
        learn(replay, online, optimizer, generator, settings)
        rounds += 1
        if rounds % settings.check_every == 0:
            mean = float(evaluate(make_env, lambda *_: greedy, check_seeds).mean())
            checks.append((step, mean))
            solved = mean >= settings.solved
            if solved:
                break
    env.close()
    return DQNRun(online, step, np.array(returns), np.array(ends, dtype=int), checks, solved)


def _seeds(count: int, generator: torch.Generator) -> list[int]:
    return torch.randint(2**31, (count,), generator=generator).tolist()


def _discrete(env: gymnasium.Env) -> tuple[gymnasium.Env, int, int]:
    """The environment, S and its number of actions."""
    state, action = env.observation_space, env.action_space
    if not (isinstance(state, spaces.Box) and len(state.shape) == 1):
        raise ValueError(f"a deep Q-network needs observations (S,) in a Box; got {state}")
    if not (isinstance(action, spaces.Discrete) and action.start == 0):
        raise ValueError(f"a deep Q-network needs actions in Discrete(n) from 0; got {action}")
    return env, state.shape[0], int(action.n)
