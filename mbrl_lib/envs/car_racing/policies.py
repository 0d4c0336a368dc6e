"""How to drive without knowing how: smooth random actions that cover some road."""

from __future__ import annotations

import numpy as np

from mbrl_lib import validate


class SmoothedRandomPolicy:
    """Random actions with memory, and with more gas than brake.

    Parameters
    ----------
    generator : numpy.random.Generator
    memory : float in [0, 1), how much of the last action remains; 0 trembles on the spot

    Uniform actions hardly leave the start, since gas and brake cancel; Ha and Schmidhuber (2018)
    draw theirs by a random network for the same reason.
    """

    def __init__(self, generator: np.random.Generator, memory: float = 0.9) -> None:
        validate.fraction("memory", memory)
        self.generator, self.memory = generator, memory
        self.reset()

    def reset(self) -> None:
        """A new episode, driven in a mood of its own."""
        self._state = np.zeros(3)
        self._mean = np.array([0.0, self.generator.uniform(-0.2, 0.6), -0.6])

    def act(self, observation: np.ndarray) -> np.ndarray:
        """Steering in [-1, 1], gas and brake in [0, 1]; the observation is not looked at."""
        noise = self.generator.normal(size=3) * (1.0, 0.5, 0.5)
        keep = self.memory
        self._state = keep * self._state + np.sqrt(1 - keep**2) * noise
        low = (-1.0, 0.0, 0.0)
        return np.clip(self._mean + self._state, low, 1.0).astype(np.float32)
