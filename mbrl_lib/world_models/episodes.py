"""Episodes in z, cut into sequences to train M on; and what M remembers between two steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import torch
from torch import Tensor

from mbrl_lib import validate


class Hidden(NamedTuple):
    """What the LSTM remembers: output and cell, `(B, hidden)` each."""

    h: Tensor
    c: Tensor


@dataclass(frozen=True)
class LatentEpisode:
    """An episode of T decisions as V saw it.

    Attributes
    ----------
    mean, std : Tensor, `(T + 1, Z)`: of z for every frame, the last one included
    action : Tensor, `(T, A)`
    reward : Tensor, `(T,)`
    terminated : bool, whether it ended for good; not if somebody stopped watching
    """

    mean: Tensor
    std: Tensor
    action: Tensor
    reward: Tensor
    terminated: bool = False

    def __post_init__(self) -> None:
        validate.tensor("action", self.action, (None, None))
        steps = self.action.shape[0]
        validate.at_least("the number of decisions", steps, 1)
        validate.tensor("mean", self.mean, (steps + 1, None))
        validate.tensor("std", self.std, tuple(self.mean.shape))
        validate.tensor("reward", self.reward, (steps,))
        for name in ("mean", "std", "action", "reward"):
            validate.finite(name, getattr(self, name))


@dataclass(frozen=True)
class Sequences:
    """N pieces of L decisions, cut from episodes; the last of an episode may be shorter.

    `mean`, `std (N, L + 1, Z)`, `action (N, L, A)`, `reward`, `done`, `mask (N, L)`: the mask is 1
    where the episode has a decision, and 0 behind its end.
    """

    mean: Tensor
    std: Tensor
    action: Tensor
    reward: Tensor
    done: Tensor
    mask: Tensor

    def __len__(self) -> int:
        return self.action.shape[0]

    def __getitem__(self, rows: Tensor) -> Sequences:
        """The sequences of these numbers."""
        return Sequences(*(getattr(self, field.name)[rows] for field in fields(self)))


def cut(episodes: Sequence[LatentEpisode], length: int) -> Sequences:
    """Cut episodes into sequences of `length` decisions, one after the other, padded with 0."""
    validate.at_least("length", length, 1)
    if not episodes:
        raise ValueError("there are no episodes to cut")
    pieces = [
        _piece(episode, start, length)
        for episode in episodes
        for start in range(0, len(episode.action), length)
    ]
    return Sequences(*(torch.stack(column) for column in zip(*pieces, strict=True)))


def _piece(episode: LatentEpisode, start: int, length: int) -> tuple[Tensor, ...]:
    steps = len(episode.action)
    done = torch.zeros(steps)
    done[-1] = episode.terminated
    decisions = (episode.action, episode.reward, done, torch.ones(steps))
    return (
        *(_padded(x[start : start + length + 1], length + 1) for x in (episode.mean, episode.std)),
        *(_padded(x[start : start + length], length) for x in decisions),
    )


def _padded(x: Tensor, length: int) -> Tensor:
    return torch.cat([x, x.new_zeros(length - x.shape[0], *x.shape[1:])])
