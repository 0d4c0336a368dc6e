"""Rollouts on disk: frames in one file that only grows, facts about each episode in another.

What is written first are the frames, then the line that counts them, so that a kill at any moment
loses the episode that was being written and nothing else. Training reads the frames as an array on
disk; memory does not grow with their number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

SHAPE = (64, 64, 3)  # of a frame
_BYTES = int(np.prod(SHAPE))


@dataclass(frozen=True)
class Rollout:
    """An episode of T decisions.

    Attributes
    ----------
    frames : array `(T + 1, 64, 64, 3)` of uint8, the last one included
    actions : array `(T, A)` of float32
    rewards : array `(T,)` of float32
    terminated : bool, whether it ended for good; not if somebody stopped watching
    seed : int, of the environment's reset
    """

    frames: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    terminated: bool
    seed: int

    def __post_init__(self) -> None:
        steps = len(self.actions)
        if self.frames.shape != (steps + 1, *SHAPE) or self.frames.dtype != np.uint8:
            raise ValueError(
                f"frames must be uint8 of shape {(steps + 1, *SHAPE)}; "
                f"got {self.frames.dtype} of shape {self.frames.shape}"
            )
        if self.rewards.shape != (steps,):
            raise ValueError(f"rewards must have shape {(steps,)}; got {self.rewards.shape}")


class RolloutStore:
    """Rollouts in a folder, in the order in which they were added.

    Parameters
    ----------
    folder : where `frames.bin` and `episodes.jsonl` are, or will be
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._frames, self._episodes = folder / "frames.bin", folder / "episodes.jsonl"
        self.facts: list[dict[str, Any]] = []
        if self._episodes.exists():
            self.facts = _whole_lines(self._episodes)
        self._frames.touch()
        if self._frames.stat().st_size < self.count * _BYTES:
            raise ValueError(f"{self._frames} is shorter than {self._episodes} says")

    def __len__(self) -> int:
        return len(self.facts)

    @property
    def count(self) -> int:
        """The number of frames."""
        return sum(len(fact["actions"]) + 1 for fact in self.facts)

    def add(self, rollout: Rollout) -> None:
        """Append a rollout."""
        with self._frames.open("r+b") as file:
            file.truncate(self.count * _BYTES)  # what a kill left behind
            file.seek(0, 2)
            file.write(np.ascontiguousarray(rollout.frames).tobytes())
        fact = {
            "seed": rollout.seed,
            "terminated": bool(rollout.terminated),
            "actions": np.round(rollout.actions.astype(float), 4).tolist(),
            "rewards": np.round(rollout.rewards.astype(float), 4).tolist(),
        }
        with self._episodes.open("a", encoding="utf-8") as file:
            file.write(json.dumps(fact) + "\n")
        self.facts.append(fact)

    def frames(self) -> np.ndarray:
        """All frames `(N, 64, 64, 3)`, read from disk as they are asked for."""
        if not self.facts:
            raise ValueError(f"there is no rollout in {self._frames.parent}")
        return np.memmap(self._frames, np.uint8, "r", shape=(self.count, *SHAPE))

    def spans(self) -> Iterator[tuple[dict[str, Any], slice]]:
        """Each episode's facts, and where its frames are."""
        start = 0
        for fact in self.facts:
            stop = start + len(fact["actions"]) + 1
            yield fact, slice(start, stop)
            start = stop


def _whole_lines(path: Path) -> list[dict[str, Any]]:
    """The lines that are whole; a last one that a kill cut short is taken off the file."""
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole, encoding="utf-8")
    return [json.loads(line) for line in whole.splitlines()]
