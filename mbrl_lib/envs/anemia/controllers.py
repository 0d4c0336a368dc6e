"""Who decides about the dose without a model: a constant, and a protocol from a drug's label.

All controllers see what a clinic sees, `(N, 5)` in the order of `clinic.OBSERVED`, and answer with
weekly doses `(N,)` in kIU. Explained in the chapter "Models are hard: anaemia".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mbrl_lib.envs.anemia.clinic import HIGH, LOW

START = 6.0  # kIU a week, the first dose of everybody; the models have no body weight


@dataclass(frozen=True)
class Constant:
    """The same dose for everybody, always."""

    kiu: float = START

    def dose(self, observation: np.ndarray) -> np.ndarray:
        """`(N, 5)` -> `(N,)`."""
        return np.full(len(observation), self.kiu)


@dataclass(frozen=True)
class Protocol:
    """A protocol in the style of a drug's label.

    The dose is cut by a quarter when haemoglobin is above 12 g/dL or rose by more than 2 g/dL in
    the month, which is from the label of epoetin alfa in the European Union. It is raised by a
    quarter when haemoglobin is below 11 g/dL and rose by less than 1 g/dL: so we remember the label
    of the United States, and did not confirm it.
    """

    cut: float = 0.75  # what the dose is multiplied by
    increase: float = 1.25
    low: float = LOW  # g/dL, below which the dose is raised
    high: float = HIGH  # g/dL, above which it is cut
    fast: float = 2.0  # g/dL a month, a rise at which it is cut
    slow: float = 1.0  # g/dL a month, a rise at which it is left alone even below the range

    def dose(self, observation: np.ndarray) -> np.ndarray:
        """`(N, 5)` -> `(N,)`."""
        level, before, _, last, _ = observation.T
        rise = level - before
        factor = np.where((level < self.low) & (rise < self.slow), self.increase, 1.0)
        factor = np.where((level > self.high) | (rise > self.fast), self.cut, factor)
        return np.where(last > 0, factor * last, START)
