r"""How candidates move on in an ensemble: which member moves which particle, and with what noise.

A planner compares K candidates by P particles each. The three ways of Chua et al. (2018), and the
lecture's: N independent models, N independent rollouts of each candidate, rewards averaged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from mbrl_lib import validate
from mbrl_lib.dynamics.ensemble import EnsembleDynamics, FrozenEnsemble


@dataclass(frozen=True)
class _OfEnsemble:
    """What the three share."""

    ensemble: EnsembleDynamics | FrozenEnsemble

    def prepared(self) -> Self:
        """The same for many steps in a row, between which no weight changes."""
        if isinstance(self.ensemble, EnsembleDynamics):
            return replace(self, ensemble=self.ensemble.frozen())
        return self


@dataclass(frozen=True)
class Expectation(_OfEnsemble):
    """One particle, moved to the mean of all members' means: disagreement is averaged away."""

    particles: int = 1

    def step(self, states: Tensor, actions: Tensor, generator: torch.Generator | None) -> Tensor:
        """`(1, K, S)`, `(K, A)` -> `(1, K, S)`."""
        return self.ensemble.predict(states[0], actions).mean.mean(dim=0, keepdim=True)


@dataclass(frozen=True)
class IndependentRollouts(_OfEnsemble):
    """The lecture's: each member rolls every candidate out by its own means, E particles."""

    @property
    def particles(self) -> int:
        """One for each member."""
        return self.ensemble.members

    def step(self, states: Tensor, actions: Tensor, generator: torch.Generator | None) -> Tensor:
        """`(E, K, S)`, `(K, A)` -> `(E, K, S)`."""
        actions = actions.expand(self.ensemble.members, -1, -1)
        return self.ensemble.predict_each(states, actions).mean


@dataclass(frozen=True)
class TrajectorySampling(_OfEnsemble):
    """Particles drawn from the members' Gaussians: TS∞, or TS1 when members are drawn anew.

    Attributes
    ----------
    ensemble : EnsembleDynamics
    particles : int, P, a multiple of E: each member moves P / E of every candidate's
    redraw : bool, whether particles are dealt out to the members afresh at every step (TS1)
        instead of staying with one (TS∞)

    TS∞ keeps the two kinds of uncertainty apart: the mean of a member's particles shows what that
    model expects. With TS1 they blend. All candidates share one deal, which makes their comparison
    less noisy. Explained in the chapter "Ensembles".
    """

    particles: int = 20
    redraw: bool = False

    def __post_init__(self) -> None:
        validate.at_least("particles", self.particles, 1)
        if self.particles % self.ensemble.members:
            raise ValueError(
                f"particles must be a multiple of the {self.ensemble.members} members; "
                f"got {self.particles}"
            )

    def step(self, states: Tensor, actions: Tensor, generator: torch.Generator | None) -> Tensor:
        """`(P, K, S)`, `(K, A)` -> `(P, K, S)`."""
        if generator is None:
            raise ValueError("trajectory sampling draws random numbers: give a generator")
        if not self.redraw:
            return self._move(states, actions, generator)
        deal = torch.randperm(self.particles, generator=generator)
        moved = torch.empty_like(states)
        moved[deal] = self._move(states[deal], actions, generator)
        return moved

    def _move(self, states: Tensor, actions: Tensor, generator: torch.Generator) -> Tensor:
        """Particles 0 to P/E - 1 by the first member, and so on."""
        each = self.particles // self.ensemble.members
        grouped = states.reshape(self.ensemble.members, -1, states.shape[-1])  # (E, P/E K, S)
        actions = actions.repeat(each, 1).expand(self.ensemble.members, -1, -1)
        return self.ensemble.predict_each(grouped, actions).sample(generator).view_as(states)
