"""The words that the rooms of the library share.

Letters, the same in the code and in the book: B batch, T time, S state size, A action size,
K candidates, H horizon, E members, P particles. Batch comes first, then time: `(B, T, ...)`.
A state here is what the agent observes, since every environment of this course that is planned
in shows its whole state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor

Reward = Callable[[Tensor, Tensor, Tensor], Tensor]
"""`reward(state (B, S), action (B, A), next_state (B, S)) -> (B,)`."""

Termination = Callable[[Tensor], Tensor]
"""`terminated(state (B, S)) -> (B,)` of bool: the states in which an episode ends for good."""


@dataclass(frozen=True)
class Gaussian:
    """A diagonal Gaussian over next states; std 0 is allowed and means "certain".

    Attributes
    ----------
    mean, std : Tensor, `(B, S)`, or `(E, B, S)` from an ensemble

    `torch.distributions.Normal` refuses std 0, which true and deterministic dynamics have, and
    its `sample` takes no generator; hence this small class.
    """

    mean: Tensor
    std: Tensor

    def __post_init__(self) -> None:
        if self.mean.shape != self.std.shape:
            raise ValueError(
                f"mean and std must have one shape; got {_shape(self.mean)} and {_shape(self.std)}"
            )

    def sample(self, generator: torch.Generator) -> Tensor:
        """Draw one value for each entry, with the shape of `mean`."""
        noise = torch.randn(self.mean.shape, generator=generator, dtype=self.mean.dtype)
        return torch.addcmul(self.mean, self.std, noise)


@dataclass(frozen=True)
class Transition:
    """One step of one environment.

    `terminated` says that the episode ended for good (the pole fell), `truncated` that somebody
    stopped watching (a time limit). Only the first is a fact about the state.
    """

    state: np.ndarray
    action: np.ndarray
    reward: float
    next_state: np.ndarray
    terminated: bool = False
    truncated: bool = False


@dataclass(frozen=True)
class Batch:
    """Many transitions: `(B, S)`, `(B, A)`, `(B,)`, `(B, S)`, `(B,)` bool, `(B,)` bool."""

    state: Tensor
    action: Tensor
    reward: Tensor
    next_state: Tensor
    terminated: Tensor
    truncated: Tensor

    def __len__(self) -> int:
        return self.state.shape[0]

    def __getitem__(self, index: Tensor | slice) -> Batch:
        """The transitions at `index`, as a batch."""
        return Batch(*(getattr(self, field.name)[index] for field in fields(self)))


@dataclass(frozen=True)
class Trajectory:
    """One episode, or the part of it that was watched.

    Attributes
    ----------
    states : Tensor, `(T + 1, S)`: where the agent was, the last one included
    actions : Tensor, `(T, A)`
    rewards : Tensor, `(T,)`
    terminated, truncated : bool, how it ended; both False if it was cut by the collector
    """

    states: Tensor
    actions: Tensor
    rewards: Tensor
    terminated: bool = False
    truncated: bool = False

    def __len__(self) -> int:
        return self.actions.shape[0]

    @property
    def total_reward(self) -> float:
        """The undiscounted return."""
        return float(self.rewards.sum())

    def to_batch(self) -> Batch:
        """The same steps as transitions; only the last can be terminal."""
        ended = torch.zeros(2, len(self), dtype=torch.bool)
        if len(self):
            ended[0, -1], ended[1, -1] = self.terminated, self.truncated
        return Batch(
            self.states[:-1], self.actions, self.rewards, self.states[1:], ended[0], ended[1]
        )


@dataclass(frozen=True)
class Plan:
    """What a planner decided, and what it looked at on the way.

    Attributes
    ----------
    actions : Tensor, `(H, A)`: the sequence to carry out
    candidates : Tensor, `(K, H, A)`: the last set of sequences that were compared
    returns : Tensor, `(K,)`: their predicted returns, `-inf` where the model gave no number
    """

    actions: Tensor
    candidates: Tensor
    returns: Tensor

    @property
    def best_return(self) -> float:
        """The largest predicted return among the candidates."""
        return float(self.returns.max())


@runtime_checkable
class Dynamics(Protocol):
    """A model of what happens next, learned or true."""

    def predict(self, state: Tensor, action: Tensor) -> Gaussian:
        """The next state's distribution, `(B, S)`; an ensemble returns `(E, B, S)`."""
        ...


@runtime_checkable
class Propagation(Protocol):
    """Moves P particles of every candidate through a model that is not sure."""

    @property
    def particles(self) -> int:
        """P."""
        ...

    def step(self, states: Tensor, actions: Tensor, generator: torch.Generator | None) -> Tensor:
        """One step: `(P, K, S)`, `(K, A)`, the same action for all of a candidate's particles."""
        ...


@runtime_checkable
class Planner(Protocol):
    """Chooses a sequence of actions from a state."""

    def plan(
        self, state: Tensor, generator: torch.Generator, warm_start: Tensor | None = None
    ) -> Plan:
        """The plan from one state `(S,)`; `warm_start (H, A)` is a first guess."""
        ...


@runtime_checkable
class Policy(Protocol):
    """Acts in an environment."""

    def act(self, observation: np.ndarray) -> np.ndarray:
        """The action `(A,)` for an observation `(S,)`."""
        ...

    def reset(self) -> None:
        """Forget the episode so far."""
        ...


def _shape(x: Tensor) -> tuple[int, ...]:
    return tuple(x.shape)
