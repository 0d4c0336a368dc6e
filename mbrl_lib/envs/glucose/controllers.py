"""Insulin by rules: a constant rate, a bolus for what is eaten, feedback.

Each acts on observations of `Glucose` or `GlucoseVector`, `(98,)` or `(N, 98)`, and answers with a
rate in U/h and a bolus in U, `(2,)` or `(N, 2)`. Controllers that look ahead are in `mpc`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mbrl_lib.envs.glucose.ward import CONTROL, Reading


class Controller:
    """What all share: N subjects `table (N,)`, and observations in one form."""

    def __init__(self, table: np.ndarray) -> None:
        self.table = table

    def reset(self) -> None:
        """Forget the episode so far."""

    def act(self, observation: np.ndarray) -> np.ndarray:
        """Doses `(N, 2)`, or `(2,)` for the observation of one subject alone."""
        reading = Reading.of(observation)
        if len(reading.cgm) != len(self.table):
            raise ValueError(
                f"this controller is made for {len(self.table)} subjects; got {len(reading.cgm)}"
            )
        doses = self.doses(reading)
        return doses if np.ndim(observation) == 2 else doses[0]

    def doses(self, reading: Reading) -> np.ndarray:
        """Rate (U/h) and bolus (U), `(N, 2)`."""
        raise NotImplementedError


class Basal(Controller):
    """The rate that keeps a fasting subject where it is, and nothing else."""

    def doses(self, reading: Reading) -> np.ndarray:
        """The basal rate, no bolus."""
        return np.stack([self.table["basal"], 0 * self.table["basal"]], axis=1)


@dataclass(frozen=True)
class BolusRule:
    """How a meal is covered."""

    target: float = 140.0  # mg/dL, to which a bolus corrects
    correct_above: float = 150.0  # mg/dL, below which it does not


class BasalBolus(Controller):
    """The basal rate, and with a meal its carbohydrate over the subject's ratio, corrected.

    A bolus is $CHO / CR + [G > 150]\\,(G - 140) / CF$, never below 0: the rule of simglucose's
    controller.
    """

    def __init__(self, table: np.ndarray, rule: BolusRule = BolusRule()) -> None:
        super().__init__(table)
        for name in ("carbohydrate_ratio", "correction_factor"):
            if not (table[name] > 0).all():
                raise ValueError(f"{name} must be above 0 for every subject; got {table[name]}")
        self.rule = rule

    def doses(self, reading: Reading) -> np.ndarray:
        """The basal rate, and a bolus where a meal is announced."""
        glucose, food = reading.cgm[:, -1], reading.carbohydrate
        high = np.where(glucose > self.rule.correct_above, glucose - self.rule.target, 0.0)
        bolus = food / self.table["carbohydrate_ratio"] + high / self.table["correction_factor"]
        return np.stack([self.table["basal"], np.where(food > 0, bolus, 0.0)], axis=1)


@dataclass(frozen=True)
class PIDGains:
    """Gains as shares of the basal rate for each mg/dL, each mg/dL and hour, each mg/dL an hour.

    The best of 18 settings on weeks that no evaluation uses.
    """

    proportional: float = 0.01
    integral: float = 0.0003
    derivative: float = 0.04
    target: float = 140.0  # mg/dL
    limit: float = 5.0  # times the basal rate, the most that is given
    windup: float = 2000.0  # mg/dL and hours, where the integral is held


class PID(Controller):
    """Feedback on the sensor alone: it does not know that anybody eats."""

    def __init__(self, table: np.ndarray, gains: PIDGains = PIDGains()) -> None:
        super().__init__(table)
        self.gains = gains
        self.reset()

    def reset(self) -> None:
        """The integral begins at 0."""
        self._integral = np.zeros(len(self.table))

    def doses(self, reading: Reading) -> np.ndarray:
        """A rate around the basal one, no bolus."""
        g, cgm = self.gains, reading.cgm
        error = cgm[:, -1] - g.target
        self._integral = np.clip(self._integral + error * CONTROL / 60, -g.windup, g.windup)
        slope = (cgm[:, -1] - cgm[:, -7]) / 0.5  # mg/dL an hour, over half an hour
        change = g.proportional * error + g.integral * self._integral + g.derivative * slope
        rate = self.table["basal"] * np.clip(1 + change, 0.0, g.limit)
        return np.stack([rate, 0 * rate], axis=1)
