"""Q-learning, SARSA and Dyna-Q: three learners that keep one value for each state and action.

Each function reads like its box in Sutton and Barto (2018): sections 6.5 (Q-learning), 6.4 (SARSA)
and 8.2 (Dyna-Q). The environment is any of Gymnasium's whose states and actions are `Discrete`.
Explained in the chapter "Model-free RL, recap".
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import gymnasium
import numpy as np
from gymnasium import spaces

from mbrl_lib import validate

Model = dict[tuple[int, int], deque[tuple[float, int, bool]]]
"""(state, action) -> the outcomes last seen: (reward, next state, terminated)."""

Stop = Callable[[np.ndarray], bool]
"""Called with the values `(S, A)` after each episode; true ends the learning."""


@dataclass(frozen=True)
class TabularSettings:
    """How a table is learned."""

    episodes: int = 200  # at most
    step_size: float = 0.1  # α, how far a value moves towards its target
    discount: float = 0.95  # γ
    epsilon: float = 0.1  # share of actions that are random
    planning_steps: int = 10  # n, updates from the model after each real step; Dyna-Q only
    memory: int = 1  # outcomes the model keeps for each pair, 1 in the textbook; Dyna-Q only

    def __post_init__(self) -> None:
        for name, least in (("episodes", 1), ("planning_steps", 0), ("memory", 1)):
            validate.at_least(name, getattr(self, name), least)
        for name in ("step_size", "discount", "epsilon"):
            validate.fraction(name, getattr(self, name))


@dataclass(frozen=True)
class TabularRun:
    """What a learner found and how it got there; N episodes.

    Attributes
    ----------
    q : ndarray `(S, A)`, the values in the end
    returns : ndarray `(N,)`, undiscounted
    lengths : ndarray `(N,)` of int, steps of each episode
    model : what Dyna-Q learned about the world; empty for the others
    """

    q: np.ndarray
    returns: np.ndarray
    lengths: np.ndarray
    model: Model

    @property
    def steps(self) -> np.ndarray:
        """`(N,)`, real steps taken up to the end of each episode."""
        return self.lengths.cumsum()


def epsilon_greedy(values: np.ndarray, epsilon: float, generator: np.random.Generator) -> int:
    """An action for its values `(A,)`: random with chance ε, else the best, ties drawn by lot."""
    if generator.random() < epsilon:
        return int(generator.integers(values.size))
    best = np.flatnonzero(values == values.max())
    return int(best[generator.integers(best.size)])


def td_target(reward: float, future: float, terminated: bool, discount: float) -> float:
    """r + γ · future, or r alone where the episode ended for good."""
    return reward if terminated else reward + discount * future


def q_learning(
    env: gymnasium.Env,
    generator: np.random.Generator,
    settings: TabularSettings = TabularSettings(),
    start: TabularRun | None = None,
    stop: Stop | None = None,
) -> TabularRun:
    """Q-learning: each value moves towards r + γ max Q(s', ·), whatever is done next.

    Parameters
    ----------
    env : gymnasium.Env with `Discrete` observations and actions
    generator : numpy Generator, decides the environment's seed and all exploration
    start : an earlier run, to go on from where it ended; it stays as it was
    stop : ends the learning early, asked after each episode

    Raises
    ------
    ValueError
        For an environment of another kind, or a `start` of another size.
    """
    q, log = _begin(env, generator, start), _Log()
    for _ in range(settings.episodes):
        state, ended = int(env.reset()[0]), False
        while not ended:
            action = epsilon_greedy(q[state], settings.epsilon, generator)
            next_state, reward, terminated, truncated, _ = env.step(action)
            target = td_target(reward, q[next_state].max(), terminated, settings.discount)
            q[state, action] += settings.step_size * (target - q[state, action])
            state, ended = int(next_state), terminated or truncated
            log.step(reward)
        if log.episode_ends(stop, q):
            break
    return log.run(q, {})


def sarsa(
    env: gymnasium.Env,
    generator: np.random.Generator,
    settings: TabularSettings = TabularSettings(),
    start: TabularRun | None = None,
    stop: Stop | None = None,
) -> TabularRun:
    """SARSA: each value moves towards r + γ Q(s', a'), for the a' that is really taken next.

    Parameters and errors as for `q_learning`.
    """
    q, log = _begin(env, generator, start), _Log()
    for _ in range(settings.episodes):
        state, ended = int(env.reset()[0]), False
        action = epsilon_greedy(q[state], settings.epsilon, generator)
        while not ended:
            next_state, reward, terminated, truncated, _ = env.step(action)
            next_action = epsilon_greedy(q[next_state], settings.epsilon, generator)
            future = q[next_state, next_action]
            target = td_target(reward, future, terminated, settings.discount)
            q[state, action] += settings.step_size * (target - q[state, action])
            state, action, ended = int(next_state), next_action, terminated or truncated
            log.step(reward)
        if log.episode_ends(stop, q):
            break
    return log.run(q, {})


def dyna_q(
    env: gymnasium.Env,
    generator: np.random.Generator,
    settings: TabularSettings = TabularSettings(),
    start: TabularRun | None = None,
    stop: Stop | None = None,
) -> TabularRun:
    """Dyna-Q: Q-learning that also remembers what happened and learns from that, n times a step.

    The model is a table: for each state and action that was ever tried, its last outcome (the
    last `memory` of them, one of which is drawn, where the world is random). Parameters and
    errors as for `q_learning`; a `start` brings its model along.
    """
    q, log = _begin(env, generator, start), _Log()
    model: Model = {}
    for pair, outcomes in (start.model if start else {}).items():
        model[pair] = deque(outcomes, settings.memory)
    tried = list(model)  # the model's keys, in a form that can be drawn from

    def learn(state: int, action: int, reward: float, next_state: int, terminated: bool) -> None:
        target = td_target(reward, q[next_state].max(), terminated, settings.discount)
        q[state, action] += settings.step_size * (target - q[state, action])

    for _ in range(settings.episodes):
        state, ended = int(env.reset()[0]), False
        while not ended:
            action = epsilon_greedy(q[state], settings.epsilon, generator)
            next_state, reward, terminated, truncated, _ = env.step(action)
            learn(state, action, reward, next_state, terminated)
            if (state, action) not in model:
                model[state, action] = deque(maxlen=settings.memory)
                tried.append((state, action))
            model[state, action].append((float(reward), int(next_state), bool(terminated)))
            for choice in generator.integers(len(tried), size=settings.planning_steps):
                pair = tried[choice]
                outcomes = model[pair]
                drawn = generator.integers(len(outcomes)) if len(outcomes) > 1 else 0
                learn(*pair, *outcomes[drawn])
            state, ended = int(next_state), terminated or truncated
            log.step(reward)
        if log.episode_ends(stop, q):
            break
    return log.run(q, model)


class _Log:
    """Counts returns and lengths, so that the learners above need not."""

    def __init__(self) -> None:
        self.returns, self.lengths, self._open = [], [], []

    def step(self, reward: float) -> None:
        self._open.append(float(reward))

    def episode_ends(self, stop: Stop | None, q: np.ndarray) -> bool:
        """Close the episode; whether learning should end."""
        self.returns.append(sum(self._open))
        self.lengths.append(len(self._open))
        self._open = []
        return stop is not None and bool(stop(q))

    def run(self, q: np.ndarray, model: Model) -> TabularRun:
        return TabularRun(q, np.array(self.returns), np.array(self.lengths, dtype=int), model)


def _begin(
    env: gymnasium.Env, generator: np.random.Generator, start: TabularRun | None
) -> np.ndarray:
    """Seed the environment; a table of zeros, or a copy of the one to go on with."""
    for name, space in (("states", env.observation_space), ("actions", env.action_space)):
        if not (isinstance(space, spaces.Discrete) and space.start == 0):
            raise ValueError(f"a table needs {name} in Discrete(n) from 0; got {space}")
    shape = (int(env.observation_space.n), int(env.action_space.n))
    if start is not None and start.q.shape != shape:
        raise ValueError(f"start must hold values of shape {shape}; got {start.q.shape}")
    env.reset(seed=int(generator.integers(2**31)))
    return np.zeros(shape) if start is None else start.q.copy()
