"""Many cars in one process, so that one batch of frames goes through a network at a time."""

from __future__ import annotations

import weakref
from collections.abc import Sequence

import numpy as np

from mbrl_lib import validate
from mbrl_lib.envs.car_racing.drawing import SIZE, preprocess
from mbrl_lib.envs.car_racing.env import MAX_STEPS, CarRacing


class CarRacingVector:
    """N cars, each on a track of its own, that are reset and stepped as one likes.

    Parameters
    ----------
    count : int, N
    frames : "fast", or "exact" for Gymnasium's pixels; both come preprocessed
    skip : int, steps for which an action is held
    lap_complete_percent : float, as in Gymnasium

    Frames are `(64, 64, 3)` of uint8. An episode is truncated after 1,000 steps, as Gymnasium does
    by its registration. There is no automatic reset. The cars are closed when nothing refers to the
    vector any more.
    """

    def __init__(
        self,
        count: int,
        frames: str = "fast",
        skip: int = 2,
        lap_complete_percent: float = 0.95,
    ) -> None:
        validate.at_least("count", count, 1)
        validate.at_least("skip", skip, 1)
        self.cars = [CarRacing(frames, lap_complete_percent) for _ in range(count)]
        # a worker that grows, since cars wait for the garbage collector, would be begun anew
        weakref.finalize(self, _close, self.cars).atexit = False
        self.skip = skip
        self.steps = np.zeros(count, dtype=int)  # of each car's episode so far

    def reset(self, slots: Sequence[int], seeds: Sequence[int]) -> np.ndarray:
        """New episodes for some cars; their frames, `(len(slots), 64, 64, 3)`."""
        self.steps[list(slots)] = 0
        pairs = zip(slots, seeds, strict=True)
        return np.stack([self._seen(self.cars[s].reset(seed=int(seed))[0]) for s, seed in pairs])

    def step(
        self, slots: Sequence[int], actions: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Move some cars, `actions (n, 3)`.

        Returns
        -------
        frames `(n, 64, 64, 3)`, rewards `(n,)`, terminated `(n,)`, truncated `(n,)`
        """
        actions = np.asarray(actions)
        if actions.shape != (len(slots), 3):
            raise ValueError(f"actions must have shape ({len(slots)}, 3); got {actions.shape}")
        frames = np.empty((len(slots), SIZE, SIZE, 3), np.uint8)
        rewards, terminated = np.zeros(len(slots)), np.zeros(len(slots), dtype=bool)
        for row, (slot, action) in enumerate(zip(slots, actions, strict=True)):
            repeat = min(self.skip, MAX_STEPS - int(self.steps[slot]))
            if repeat < 1:
                raise ValueError(f"the episode of car {slot} is over; reset it first")
            frame, rewards[row], terminated[row], _, _ = self.cars[slot].step(action, repeat)
            frames[row] = self._seen(frame)
            self.steps[slot] += repeat
        truncated = (self.steps[list(slots)] >= MAX_STEPS) & ~terminated
        return frames, rewards, terminated, truncated

    def tiles(self, slot: int) -> int:
        """The tiles that a car has visited."""
        return self.cars[slot].tile_visited_count

    @staticmethod
    def _seen(frame: np.ndarray) -> np.ndarray:
        return frame if frame.shape[0] == SIZE else preprocess(frame)


def _close(cars: list[CarRacing]) -> None:
    for car in cars:
        car.close()
