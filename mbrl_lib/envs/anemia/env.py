"""Dosing one patient as a Gymnasium environment: the mechanistic patient, and the lecture's.

`mbrl/AnemiaPatient-v0` is the reality of this course, `mbrl/AnemiaARX-v0` the lecture's recursion
with a θ identified from patients of the first. Explained in the chapter "Models are hard: anaemia".
"""

from __future__ import annotations

from functools import cache
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from mbrl_lib import validate
from mbrl_lib.envs.anemia import patients
from mbrl_lib.envs.anemia.clinic import (
    MAX_DOSE,
    NOISE,
    TARGET,
    Bodies,
    Clinic,
    in_range,
)
from mbrl_lib.envs.anemia.controllers import Protocol
from mbrl_lib.envs.anemia.model import Patients

ALIVE = (5.0, 18.0)  # g/dL; outside the episode ends
MONTHS = 24  # of an episode


class _Anemia(gymnasium.Env):
    """What the two share: a step is a month, an action the weekly dose in kIU."""

    def __init__(
        self, dose_step: float | None = None, change_cost: float = 0.05, noise: float = NOISE
    ) -> None:
        self.dose_step, self.change_cost, self.noise = dose_step, float(change_cost), float(noise)
        for name in ("change_cost", "noise"):
            value = getattr(self, name)
            if not 0 <= value < np.inf:
                raise ValueError(f"{name} must be a number, not below 0; got {value!r}")
        if dose_step is None:
            self.action_space = spaces.Box(0.0, MAX_DOSE, (1,), np.float32)
        else:
            validate.positive("dose_step", dose_step)
            self.action_space = spaces.Discrete(int(MAX_DOSE / dose_step) + 1)
        high = np.array([60.0, 60.0, 100.0, MAX_DOSE, MAX_DOSE], np.float32)
        self.observation_space = spaces.Box(np.zeros(5, np.float32), high)
        self._clinic: Clinic | None = None

    def bodies(self) -> Bodies:
        """The patient of a new episode, as N = 1 of them."""
        raise NotImplementedError

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """A patient who has not been treated."""
        super().reset(seed=seed)
        self._clinic = Clinic(self.bodies(), self.np_random, self.noise)
        return self._observation(), self._info()

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """A month, worth -(H - 11.5)² with the true H, minus λ for each kIU of a changed dose.

        A wrongly shaped or non-finite action raises `ValueError`; one out of range is clipped,
        which `info["clipped"]` tells.
        """
        if self._clinic is None:
            raise gymnasium.error.ResetNeeded("call reset() before the first step()")
        asked = self._kiu(action)
        dose = min(max(asked, 0.0), MAX_DOSE)
        before = self._clinic.observation[0, 3]
        self._clinic.month(np.array([dose]))
        info = self._info() | {"dose": dose, "clipped": dose != asked}
        level = info["hemoglobin"]
        reward = -((level - TARGET) ** 2) - self.change_cost * abs(dose - before)
        alive = ALIVE[0] <= level <= ALIVE[1]
        return self._observation(), float(reward), not alive, False, info

    def _kiu(self, action: Any) -> float:
        if self.dose_step is not None:
            if not self.action_space.contains(action):
                raise ValueError(f"action must be in {self.action_space}; got {action!r}")
            return float(action) * self.dose_step
        action = np.asarray(action, dtype=float)
        if action.shape != (1,) or not np.isfinite(action).all():
            raise ValueError(f"action must be finite and of shape (1,); got {action!r}")
        return float(action[0])

    def _observation(self) -> np.ndarray:
        space = self.observation_space
        return np.clip(self._clinic.observation[0].astype(np.float32), space.low, space.high)

    def _info(self) -> dict[str, Any]:
        level = float(self._clinic.bodies.hemoglobin[0])
        return {"hemoglobin": level, "in_range": bool(in_range(np.float64(level)))}


class AnemiaPatient(_Anemia):
    """The mechanistic patient (Roy et al., 2023), one episode of treatment after the other.

    Parameters
    ----------
    patient : str, a reference patient; or a row `(1,)` of `patients.population`; None draws a
        new patient on haemodialysis for every episode
    dose_step : float, kIU: actions are numbered steps of it; None for any dose, `Box(0, 30)`
    change_cost : float, λ, for each kIU by which the dose changes
    noise : float, g/dL, standard deviation of a measurement of haemoglobin

    Observation `(5,)`: measured haemoglobin now and a month ago (g/dL), TSat (%), weekly dose of
    the last month and of the one before (kIU). `info` has the true `hemoglobin`, whether it is
    `in_range`, the `dose` given, whether it was `clipped`, and the model's nine numbers, `state`.

    Raises `ValueError`, naming those there are, for an unknown patient.
    """

    def __init__(self, patient: str | np.ndarray | None = None, **options: float) -> None:
        super().__init__(**options)
        if isinstance(patient, str):
            patient = patients.reference(patient)
        elif patient is not None and np.shape(patient) != (1,):
            raise ValueError(f"patient must be one row, of shape (1,); got {np.shape(patient)}")
        self.patient = patient

    def bodies(self) -> Patients:
        """The patient that was named, or a new one."""
        if self.patient is not None:
            return Patients(self.patient)
        return Patients(patients.population(1, self.np_random))

    def _info(self) -> dict[str, Any]:
        return super()._info() | {"state": self._clinic.bodies.states[0].copy()}


class AnemiaARX(_Anemia):
    """The lecture's recursion as an environment.

    Parameters
    ----------
    theta : array `(7,)`, as `arx.identify` returns it; None for `population_theta()`
    allow_unstable : bool, whether a pole on or outside the unit circle is accepted
    dose_step, change_cost, noise : as for `AnemiaPatient`, and observations and `info` as there

    Raises `ValueError` for an unstable θ, unless allowed.
    """

    def __init__(
        self, theta: np.ndarray | None = None, allow_unstable: bool = False, **options: float
    ) -> None:
        super().__init__(**options)
        self.theta = population_theta() if theta is None else np.asarray(theta, dtype=float)
        if self.theta.shape != (7,):
            raise ValueError(f"theta must have shape (7,); got {self.theta.shape}")
        self.allow_unstable = allow_unstable
        self.bodies()  # an unstable θ is refused now, not at the first reset

    def bodies(self) -> Bodies:
        """The patient whose θ was given."""
        from mbrl_lib.envs.anemia.arx import ARXPatients

        return ARXPatients(self.theta, self.allow_unstable)


@cache
def population_theta() -> np.ndarray:
    """θ of the average patient: least squares on a protocol-dosed year of 300 virtual patients."""
    from mbrl_lib.envs.anemia.arx import identify

    generator = np.random.default_rng(0)
    clinic = Clinic(Patients(patients.population(300, generator)), generator)
    clinic.follow(Protocol(), 12)
    theta = identify(clinic.record)
    theta.flags.writeable = False
    return theta
