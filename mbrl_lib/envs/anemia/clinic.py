"""What a clinic sees of its patients, month by month: noisy haemoglobin, TSat, and its own doses.

Explained in the chapter "Models are hard: anaemia".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from mbrl_lib.envs.anemia.patients import first_tsat, next_tsat

LOW, TARGET, HIGH = 11.0, 11.5, 12.0  # g/dL, the range that is aimed at
MAX_DOSE = 30.0  # kIU a week
NOISE = 0.3  # g/dL, standard deviation of a measurement; an assumption
OBSERVED = ("haemoglobin", "a month ago", "TSat", "last dose", "the one before")


@dataclass(frozen=True)
class Record:
    """What a clinic has on paper of N patients over T months.

    Attributes
    ----------
    hemoglobin, tsat : array `(N, T)`, g/dL and %, as measured at the end of each month
    dose : array `(N, T)`, kIU a week, in the month that ends there

    Raises `ValueError` for other shapes, or anything that is not finite.
    """

    hemoglobin: np.ndarray
    tsat: np.ndarray
    dose: np.ndarray

    def __post_init__(self) -> None:
        shape = np.shape(self.hemoglobin)
        for name in ("hemoglobin", "tsat", "dose"):
            value = np.asarray(getattr(self, name), dtype=float)
            if value.ndim != 2 or value.shape != shape:
                raise ValueError(f"{name} must have the shape (N, T) of all; got {value.shape}")
            if not np.isfinite(value).all():
                raise ValueError(f"{name} must be finite")
            object.__setattr__(self, name, value)

    def __getitem__(self, patients: object) -> Record:
        """The record of some patients, chosen by a slice, a mask or an array of numbers."""
        return Record(self.hemoglobin[patients], self.tsat[patients], self.dose[patients])


class Bodies(Protocol):
    """N patients to be treated: `Patients`, the reality, or `ARXPatients`, a model of it."""

    @property
    def hemoglobin(self) -> np.ndarray:
        """True haemoglobin `(N,)`, g/dL."""
        ...

    def month(self, dose: np.ndarray, tsat: np.ndarray) -> None:
        """Four weeks on `dose (N,)`, kIU a week, with TSat `(N,)` in % as it was before them."""
        ...


class Controller(Protocol):
    """Chooses doses for N patients from what the clinic sees, and from nothing else."""

    def dose(self, observation: np.ndarray) -> np.ndarray:
        """Weekly doses `(N,)` in kIU for observations `(N, 5)`, in the order of `OBSERVED`."""
        ...


class Clinic:
    """N patients who are measured and dosed once a month.

    Parameters
    ----------
    bodies : Patients or ARXPatients
    generator : numpy Generator, of TSat and of the noise of the measurements; it draws as much
        whatever the doses are, so that two controllers can be compared on the same luck
    noise : float, g/dL

    A copy (`copy.deepcopy`) goes on from the same month, with the same luck.
    """

    def __init__(
        self, bodies: Bodies, generator: np.random.Generator, noise: float = NOISE
    ) -> None:
        self.bodies, self.noise, self._generator = bodies, noise, generator
        count = len(bodies.hemoglobin)
        self._tsat = first_tsat(count, generator)
        self._months: list[np.ndarray] = []  # (N, 4): truth, measurement, TSat, dose
        self._write(np.zeros(count))

    def _write(self, dose: np.ndarray) -> None:
        truth = self.bodies.hemoglobin
        seen = truth + self.noise * self._generator.standard_normal(len(truth))
        self._months.append(np.stack([truth, np.maximum(seen, 0.0), self._tsat, dose], axis=1))

    def month(self, dose: np.ndarray) -> None:
        """Give `dose (N,)`, kIU a week between 0 and `MAX_DOSE`, for four weeks; then measure."""
        dose = np.asarray(dose, dtype=float)
        self.bodies.month(dose, self._tsat)
        self._tsat = next_tsat(self._tsat, self._generator)
        self._write(dose)

    def follow(self, controller: Controller, months: int) -> None:
        """Let a controller dose for some months; what it asks for is held to the allowed range."""
        for _ in range(months):
            self.month(np.clip(controller.dose(self.observation), 0.0, MAX_DOSE))

    @property
    def observation(self) -> np.ndarray:
        """`(N, 5)` in the order of `OBSERVED`; at the start "a month ago" is as now."""
        now, before = self._months[-1], self._months[-2 if len(self._months) > 1 else -1]
        return np.stack([now[:, 1], before[:, 1], now[:, 2], now[:, 3], before[:, 3]], axis=1)

    @property
    def record(self) -> Record:
        """All that was written down, `(N, 1 + months)`; the first column is before treatment."""
        _, seen, tsat, dose = np.stack(self._months).transpose(2, 1, 0)
        return Record(seen, tsat, dose)

    @property
    def truth(self) -> np.ndarray:
        """True haemoglobin `(N, 1 + months)`, which no controller sees."""
        return np.stack([month[:, 0] for month in self._months], axis=1)


def in_range(hemoglobin: np.ndarray) -> np.ndarray:
    """Whether haemoglobin lies in 11 to 12 g/dL, of bool in the same shape."""
    return (hemoglobin >= LOW) & (hemoglobin <= HIGH)
