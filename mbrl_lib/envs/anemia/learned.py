"""Who decides about the dose by values learned from other patients: Q-learning and SARSA.

As in the two papers of Gaweda et al. (2005): tables and radial basis functions, off policy and on.
What they took for states, doses and rewards is not in what can be read in public, and is our own
choice here. A learner multiplies the last dose by one of `CHANGES`, as a protocol does: in steps of
a fixed size it would be too coarse for those who need little. The tabular learners are those of
`mbrl_lib.model_free`. Explained in the chapter "Models are hard: anaemia".
"""

from __future__ import annotations

from dataclasses import dataclass

import gymnasium
import numpy as np
from gymnasium import spaces

from mbrl_lib.envs.anemia.clinic import MAX_DOSE
from mbrl_lib.envs.anemia.controllers import START
from mbrl_lib.model_free import epsilon_greedy
from mbrl_lib.model_free.tabular import td_target

CHANGES = (0.75, 0.9, 1.0, 1.1, 1.25)  # what a learner may multiply the dose by
_LEVELS = (10.0, 10.5, 11.0, 11.5, 12.0, 12.5, 13.0)  # g/dL, borders of the table's cells
_RISES = (-1.0, -0.3, 0.3, 1.0)  # g/dL a month
CELLS = (len(_LEVELS) + 1) * (len(_RISES) + 1)


def multiplied(change: np.ndarray, observation: np.ndarray) -> np.ndarray:
    """Doses `(N,)` when the last ones are multiplied by `CHANGES[change]`; `START` is the first."""
    last = observation[:, 3]
    doses = np.where(last > 0, last, START) * np.asarray(CHANGES)[change]
    return np.clip(doses, 0.0, MAX_DOSE)


def cell(observation: np.ndarray) -> np.ndarray:
    """The table's row `(N,)` for observations `(N, 5)`: haemoglobin and its rise, in classes."""
    level = np.searchsorted(_LEVELS, observation[:, 0])
    rise = np.searchsorted(_RISES, observation[:, 0] - observation[:, 1])
    return level * (len(_RISES) + 1) + rise


_CENTRES = np.stack(
    np.meshgrid(np.arange(9.5, 13.6, 0.5), np.arange(-1.5, 1.6, 0.75), indexing="ij"), axis=-1
).reshape(-1, 2)  # g/dL and g/dL a month


def bumps(observation: np.ndarray) -> np.ndarray:
    """Radial basis functions `(N, F)` of haemoglobin and its rise, adding up to 1."""
    level, rise = observation[:, 0], observation[:, 0] - observation[:, 1]
    point = np.stack([np.clip(level, 9, 14), np.clip(rise, -2, 2)], axis=1)
    height = np.exp(-((point[:, None] - _CENTRES) ** 2).sum(axis=-1) / (2 * 0.4**2))
    return height / height.sum(axis=1, keepdims=True)


class Changes(gymnasium.Wrapper):
    """An anaemia environment whose actions are the numbers of `CHANGES`.

    With `table=True` observations are numbers of cells, which is what tabular learners need.
    """

    def __init__(self, env: gymnasium.Env, table: bool = False) -> None:
        super().__init__(env)
        self.table = table
        self.action_space = spaces.Discrete(len(CHANGES))
        if table:
            self.observation_space = spaces.Discrete(CELLS)

    def reset(self, **options: object) -> tuple[object, dict]:
        """As the environment's."""
        self._seen, info = self.env.reset(**options)
        return self._shown(), info

    def step(self, action: int) -> tuple[object, float, bool, bool, dict]:
        """As the environment's, with the changed dose."""
        dose = multiplied(np.array([action]), self._seen[None])
        self._seen, *rest = self.env.step(dose)
        return self._shown(), *rest

    def _shown(self) -> object:
        return int(cell(self._seen[None])[0]) if self.table else self._seen


@dataclass(frozen=True)
class Values:
    """Acts by learned values: the change that is worth most.

    Attributes
    ----------
    weights : array `(F, len(CHANGES))`: a table, F cells, or weights of F radial basis functions
    """

    weights: np.ndarray

    def dose(self, observation: np.ndarray) -> np.ndarray:
        """`(N, 5)` -> `(N,)`."""
        table = len(self.weights) == CELLS
        q = self.weights[cell(observation)] if table else bumps(observation) @ self.weights
        return multiplied(q.argmax(axis=1), observation)


def learn_bumps(
    env: Changes,
    generator: np.random.Generator,
    on_policy: bool,
    episodes: int,
    step_size: float = 0.3,
    discount: float = 0.8,
    epsilon: float = 0.2,
) -> np.ndarray:
    r"""Weights `(F, len(CHANGES))` of $Q(s, a) = \phi(s)^\top w_a$ by temporal differences.

    SARSA when `on_policy` (the value of the change that is made next), else Q-learning (of the
    best); steps shrink to nothing by the last episode. After Gaweda et al. (2005), who use both
    with radial basis functions; their centres, rates and rewards are not known to us.
    """
    weights = np.zeros((len(_CENTRES), len(CHANGES)))
    env.reset(seed=int(generator.integers(2**31)))
    for episode in range(episodes):
        state, ended = bumps(env.reset()[0][None])[0], False
        action = epsilon_greedy(state @ weights, epsilon, generator)
        while not ended:
            seen, reward, terminated, truncated, _ = env.step(action)
            next_state = bumps(seen[None])[0]
            q = next_state @ weights
            next_action = epsilon_greedy(q, epsilon, generator)
            future = q[next_action] if on_policy else q.max()
            target = td_target(reward, future, terminated, discount)
            error = target - state @ weights[:, action]
            weights[:, action] += (1 - episode / episodes) * step_size * error * state
            state, action, ended = next_state, next_action, terminated or truncated
    return weights
