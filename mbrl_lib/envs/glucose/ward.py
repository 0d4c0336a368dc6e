"""Subjects side by side who eat, wear a sensor and are given insulin every five minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mbrl_lib import validate
from mbrl_lib.envs.glucose import sensor
from mbrl_lib.envs.glucose.meals import DAY, Meals, random_meals
from mbrl_lib.envs.glucose.model import Patients

CONTROL = 5  # minutes of a control step
HISTORY = 48  # control steps that a reading looks back: four hours


@dataclass(frozen=True)
class Reading:
    """What a controller may see of N subjects.

    Attributes
    ----------
    cgm : array `(N, 48)`, mg/dL, every five minutes, the newest last
    insulin : array `(N, 48)`, U given in each of the last control steps, the newest last
    minute : array `(N,)`, of the day
    carbohydrate : array `(N,)`, g, announced: of meals that begin in the coming control step
    """

    cgm: np.ndarray
    insulin: np.ndarray
    minute: np.ndarray
    carbohydrate: np.ndarray

    SIZE = 2 * HISTORY + 2

    def flat(self) -> np.ndarray:
        """`(N, 98)` of float32: the two histories, the time as a share of the day, the meal."""
        ends = np.stack([self.minute / DAY, self.carbohydrate], axis=1)
        return np.concatenate([self.cgm, self.insulin, ends], axis=1).astype(np.float32)

    @classmethod
    def of(cls, observation: np.ndarray) -> Reading:
        """The inverse of `flat`, for observations `(N, 98)` or `(98,)`."""
        rows = np.atleast_2d(np.asarray(observation, dtype=float))
        if rows.ndim != 2 or rows.shape[1] != cls.SIZE:
            raise ValueError(
                f"observations must have shape (N, {cls.SIZE}); got {np.shape(observation)}"
            )
        cgm, insulin, ends = np.split(rows, (HISTORY, 2 * HISTORY), axis=1)
        return cls(cgm, insulin, ends[:, 0] * DAY, ends[:, 1])


class Ward:
    """N subjects, five minutes at a time; all luck is drawn when it is reset.

    Parameters
    ----------
    table : rows of `subjects`, `(N,)`
    days : int, for which meals are planned
    meals : what is eaten, `random_meals` unless given
    noise : whether the sensor errs
    counting_error : float, standard deviation of announced carbohydrate as a share of the true

    Two wards with the same generators and different doses have the same meals and sensor errors.
    """

    def __init__(
        self,
        table: np.ndarray,
        days: int = 1,
        meals: Meals = random_meals,
        noise: bool = True,
        counting_error: float = 0.0,
    ) -> None:
        validate.at_least("days", days, 1)
        if not 0 <= counting_error < float("inf"):
            raise ValueError(f"counting_error must be finite and not below 0; got {counting_error}")
        self.table, self.days, self.meals = table, days, meals
        self.noise, self.counting_error = noise, counting_error
        self.patients = Patients(table)

    @property
    def steps(self) -> int:
        """Control steps for which there are meals."""
        return self.days * DAY // CONTROL

    def reset(self, generators: Sequence[np.random.Generator]) -> Reading:
        """Midnight, fasting, on the basal rate: one generator for each subject."""
        self.patients.reset()
        self.step_number = 0
        drawn = [self._draw(random) for random in generators]
        self.grams, self.announced, self._errors = (
            np.stack(column) for column in zip(*drawn, strict=True)
        )
        count = len(self.table)
        if len(self.grams) != count:
            raise ValueError(f"{count} subjects need as many generators; got {len(self.grams)}")
        self._cgm = sensor.shown(self.patients.interstitial[:, None], self._errors[:, :HISTORY])
        self._insulin = np.repeat(self.table["basal"][:, None] * CONTROL / 60, HISTORY, axis=1)
        return self.reading

    def _draw(self, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Grams for every minute, what is announced in every step, and errors of the sensor."""
        grams = np.asarray(self.meals(random, self.days), dtype=float)
        if grams.shape != (self.days * DAY,) or not (np.isfinite(grams) & (grams >= 0)).all():
            raise ValueError(
                f"meals must be {self.days * DAY} numbers, finite and not below 0, one for each "
                f"minute; got shape {grams.shape}"
            )
        wrong = random.normal(1.0, self.counting_error, self.steps + 1)
        eaten = np.append(grams.reshape(-1, CONTROL).sum(axis=1), 0.0)
        errors = sensor.errors(random, HISTORY + self.steps, CONTROL)
        return grams, eaten * wrong.clip(min=0), errors if self.noise else 0 * errors

    def step(self, rate: np.ndarray, bolus: np.ndarray) -> Reading:
        """Five minutes with insulin at `rate (N,)` in U/h, and `bolus (N,)` in U at their start."""
        if self.step_number >= self.steps:
            raise ValueError(f"the {self.days} days are over; reset the ward first")
        given = np.asarray(rate, dtype=float) / 60
        first = self.step_number * CONTROL
        for minute in range(CONTROL):
            dose = given + bolus if minute == 0 else given
            self.patients.minute(self.grams[:, first + minute], dose)
        self.step_number += 1
        now = HISTORY + self.step_number - 1
        seen = sensor.shown(self.patients.interstitial, self._errors[:, now])
        self._cgm = np.append(self._cgm[:, 1:], seen[:, None], axis=1)
        total = CONTROL * given + bolus
        self._insulin = np.append(self._insulin[:, 1:], total[:, None], axis=1)
        return self.reading

    @property
    def reading(self) -> Reading:
        """What can be seen now."""
        minute = np.full(len(self.table), float(self.step_number * CONTROL % DAY))
        return Reading(self._cgm, self._insulin, minute, self.announced[:, self.step_number])

    @property
    def glucose(self) -> np.ndarray:
        """Plasma glucose `(N,)`, mg/dL."""
        return self.patients.glucose
