"""Experience: the steps an agent took, kept for learning a model from them.

A replay buffer holds transitions (s, a, r, s') in the order they came; when it is full the oldest
goes. `collect` runs a policy in an environment and returns whole trajectories, since a model's
compounding error can only be seen along one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import gymnasium
import numpy as np
import torch
from torch import Tensor
from tqdm.auto import tqdm

from mbrl_lib import validate
from mbrl_lib.storage import load_tensors, save_tensors
from mbrl_lib.types import Batch, Policy, Trajectory, Transition

_FIELDS = ("state", "action", "reward", "next_state", "terminated", "truncated")


class ReplayBuffer:
    """The last `capacity` transitions, sampled uniformly.

    Parameters
    ----------
    state_size, action_size : int, S and A
    capacity : int, how many transitions are kept; the oldest is dropped first

    Explained in the chapter "Learning a dynamics function".
    """

    def __init__(self, state_size: int, action_size: int, capacity: int = 100_000) -> None:
        validate.at_least("state_size", state_size, 1)
        validate.at_least("action_size", action_size, 1)
        validate.at_least("capacity", capacity, 1)
        self.state_size, self.action_size, self.capacity = state_size, action_size, capacity
        self._storage = Batch(
            torch.zeros(capacity, state_size),
            torch.zeros(capacity, action_size),
            torch.zeros(capacity),
            torch.zeros(capacity, state_size),
            torch.zeros(capacity, dtype=torch.bool),
            torch.zeros(capacity, dtype=torch.bool),
        )
        self._added = 0

    def __len__(self) -> int:
        return min(self._added, self.capacity)

    def add(self, transition: Transition) -> None:
        """Append one step. Raises `ValueError` for a wrong shape or a NaN."""
        self.add_batch(
            Batch(
                _row(transition.state),
                _row(transition.action),
                torch.tensor([transition.reward], dtype=torch.float32),
                _row(transition.next_state),
                torch.tensor([bool(transition.terminated)]),
                torch.tensor([bool(transition.truncated)]),
            )
        )

    def add_batch(self, batch: Batch) -> None:
        """Append B steps, `(B, S)`, `(B, A)`, `(B,)`, `(B, S)`, `(B,)`, `(B,)`."""
        count = len(batch)
        validate.tensor("state", batch.state, (count, self.state_size))
        validate.tensor("action", batch.action, (count, self.action_size))
        validate.tensor("reward", batch.reward, (count,))
        validate.tensor("next_state", batch.next_state, (count, self.state_size))
        for name in ("state", "action", "reward", "next_state"):
            validate.finite(name, getattr(batch, name))
        for name in ("terminated", "truncated"):
            flags = getattr(batch, name)
            if flags.dtype != torch.bool or flags.shape != (count,):
                raise ValueError(
                    f"{name} must be bool of shape ({count},); "
                    f"got {flags.dtype} of shape {tuple(flags.shape)}"
                )
        kept = batch[slice(max(0, count - self.capacity), None)]
        first = self._added + count - len(kept)
        slots = torch.arange(first, first + len(kept)) % self.capacity
        for name in _FIELDS:
            stored = getattr(self._storage, name)
            stored[slots] = getattr(kept, name).to(stored.dtype)
        self._added += count

    def add_trajectory(self, trajectory: Trajectory) -> None:
        """Append the steps of a trajectory, in order."""
        self.add_batch(trajectory.to_batch())

    def all(self) -> Batch:
        """Everything that is kept, oldest first. Raises `ValueError` when empty."""
        self._require_data()
        first = self._added % self.capacity if self._added > self.capacity else 0
        order = (torch.arange(len(self)) + first) % self.capacity
        return self._storage[order]

    def sample(self, batch_size: int, generator: torch.Generator) -> Batch:
        """`batch_size` transitions drawn uniformly with replacement."""
        validate.at_least("batch_size", batch_size, 1)
        self._require_data()
        return self._storage[torch.randint(len(self), (batch_size,), generator=generator)]

    def save(self, path: str | Path) -> None:
        """Write the kept transitions to a safetensors file (no pickle)."""
        batch = self.all()
        sizes = {name: getattr(self, name) for name in ("state_size", "action_size", "capacity")}
        save_tensors(path, "replay_buffer", sizes, {n: getattr(batch, n) for n in _FIELDS})

    @classmethod
    def load(cls, path: str | Path) -> ReplayBuffer:
        """Read what `save` wrote. Raises `ValueError` for a file of another kind."""
        sizes, tensors = load_tensors(path, "replay_buffer")
        buffer = cls(**sizes)
        buffer.add_batch(Batch(*(tensors[name] for name in _FIELDS)))
        return buffer

    def _require_data(self) -> None:
        if not len(self):
            raise ValueError("the replay buffer is empty; add transitions first")


class RandomPolicy:
    """Uniformly random actions within an environment's bounds: where data collection starts."""

    def __init__(self, env: gymnasium.Env, generator: np.random.Generator) -> None:
        low, high = validate.bounds(env.action_space.low, env.action_space.high)
        self._low, self._high = low.numpy(), high.numpy()
        self._generator = generator

    def act(self, observation: np.ndarray) -> np.ndarray:
        """An action `(A,)`, whatever was observed."""
        return self._generator.uniform(self._low, self._high).astype(np.float32)

    def reset(self) -> None:
        """Nothing to forget."""


def collect(
    env: gymnasium.Env,
    policy: Policy,
    *,
    seed: int,
    steps: int | None = None,
    episodes: int | None = None,
    progress: bool = False,
) -> list[Trajectory]:
    """Run `policy` in `env` for a number of steps or of episodes.

    Parameters
    ----------
    seed : int, given to the first `env.reset`; the later episodes follow from it
    steps, episodes : int, exactly one of the two; the last trajectory is cut at `steps`
    progress : bool, show a progress bar

    Returns
    -------
    list of Trajectory, float32

    Raises
    ------
    ValueError
        When both or none of `steps` and `episodes` are given, or either is below 1.
    """
    if (steps is None) == (episodes is None):
        raise ValueError(f"give either steps or episodes; got steps={steps}, episodes={episodes}")
    budget = steps if steps is not None else episodes
    validate.at_least("steps" if steps is not None else "episodes", budget, 1)
    trajectories: list[Trajectory] = []
    with tqdm(total=budget, unit="step" if steps else "episode", disable=not progress) as bar:
        left = budget
        while left > 0:
            first = seed if not trajectories else None
            trajectory = run_episode(env, policy, seed=first, max_steps=left if steps else None)
            trajectories.append(trajectory)
            used = len(trajectory) if steps else 1
            left -= used
            bar.update(used)
    return trajectories


def run_episode(
    env: gymnasium.Env,
    policy: Policy,
    *,
    seed: int | None = None,
    max_steps: int | None = None,
    on_step: Callable[[Transition], None] = lambda transition: None,
) -> Trajectory:
    """One episode from a reset to its end, or to `max_steps`; `on_step` is told every step."""
    observation, _ = env.reset(seed=seed)
    policy.reset()
    states, actions, rewards = [observation], [], []
    terminated = truncated = False
    while not (terminated or truncated) and (max_steps is None or len(actions) < max_steps):
        action = policy.act(observation)
        state = observation
        observation, reward, terminated, truncated, _ = env.step(action)
        states.append(observation)
        actions.append(action)
        rewards.append(reward)
        on_step(Transition(state, action, float(reward), observation, terminated, truncated))
    return Trajectory(
        _stack(states), _stack(actions), torch.tensor(rewards, dtype=torch.float32),
        bool(terminated), bool(truncated),
    )  # fmt: skip


def concatenate(trajectories: list[Trajectory]) -> Batch:
    """The transitions of all trajectories, in order. Raises `ValueError` when there are none."""
    if not trajectories:
        raise ValueError("no trajectories were given")
    batches = [trajectory.to_batch() for trajectory in trajectories]
    return Batch(*(torch.cat([getattr(batch, name) for batch in batches]) for name in _FIELDS))


def _row(value: np.ndarray) -> Tensor:
    return torch.as_tensor(np.asarray(value), dtype=torch.float32)[None]


def _stack(rows: list[np.ndarray]) -> Tensor:
    return torch.as_tensor(np.stack(rows), dtype=torch.float32)
