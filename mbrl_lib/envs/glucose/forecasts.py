r"""What a planner is told of a subject: a linear model, a learned ensemble, or the truth.

A forecast keeps a state up to date with what a clinic sees, and has a model that moves it 15
minutes on. The model's action is a knob from -1 to 1 that stands for a rate: no insulin at -1, the
basal rate at 0, 30 times that at 1. Explained in "Models are hard: diabetes".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np
import torch
from numba import njit
from torch import Tensor

from mbrl_lib import validate
from mbrl_lib.dynamics.ensemble import EnsembleDynamics, EnsembleSettings, fit_ensemble
from mbrl_lib.dynamics.fitting import FitSettings
from mbrl_lib.dynamics.propagation import IndependentRollouts
from mbrl_lib.envs.glucose.identify import FOOD, INSULIN, LinearModel, Log
from mbrl_lib.envs.glucose.model import EATING, G_P, Q_STO1, Q_STO2, runge_kutta
from mbrl_lib.envs.glucose.subjects import PMOL_PER_UNIT
from mbrl_lib.envs.glucose.ward import CONTROL, Reading, Ward
from mbrl_lib.types import Batch, Dynamics, Gaussian, Propagation

BLOCK = 3  # control steps for which a planned rate is held: 15 minutes
MOST = 30.0  # times the basal rate, at knob 1


def rate_at(knob: Tensor) -> Tensor:
    """Multiples of the basal rate, for a knob in [-1, 1]: fine around 1, coarse above."""
    return torch.where(knob < 0, 1 + knob, 1 + (MOST - 1) * knob**3)


class Forecast(Protocol):
    """A subject as a planner sees it."""

    dynamics: Dynamics | Propagation

    def reset(self) -> None:
        """A new episode."""
        ...

    def observe(self, reading: Reading, row: int) -> None:
        """Take in what is new for this subject, every five minutes."""
        ...

    def state(self) -> Tensor:
        """Where it is now, `(S,)`, with the meal that was just announced."""
        ...

    def glucose(self, state: Tensor) -> Tensor:
        """Plasma glucose in states `(B, S)`, `(B,)` mg/dL."""
        ...


# --- a linear model -------------------------------------------------------------------------------


class LinearForecast:
    """A subject's linear model, kept on the ground by the sensor.

    Parameters
    ----------
    model : LinearModel
    trust : float in [0, 1], the share of the model's newest error by which it is corrected
    fade : float in [0, 1], the share of the correction that is left after five minutes

    The state `(21,)` holds both filter banks and the correction.
    """

    def __init__(self, model: LinearModel, trust: float = 0.3, fade: float = 0.97) -> None:
        validate.fraction("trust", trust)
        validate.fraction("fade", fade)
        self.model, self.trust = model, trust
        self.dynamics: Dynamics | Propagation = _LinearBlock(model, fade)
        half = len(model.insulin)
        unseen = np.zeros(half)  # a bank's first stages are not outputs
        outputs = np.concatenate([unseen, model.insulin, unseen, model.food, [1.0]])
        self._outputs = torch.tensor(outputs, dtype=torch.float32)
        self._ahead = np.linalg.solve(FOOD.matrix, FOOD.gain)
        self.reset()

    def reset(self) -> None:
        """On the basal rate, fasting, no correction."""
        self._insulin, self._food = np.zeros(len(INSULIN.gain)), np.zeros(len(FOOD.gain))
        self._correction: float | None = None
        self._eaten: float | None = None  # announced for the step that has just passed

    def observe(self, reading: Reading, row: int) -> None:
        """The dose that was given, the meal that was eaten, and how wrong the model is now."""
        newest = (reading.cgm[row, -1], reading.insulin[row, -1], reading.carbohydrate[row])
        self.take_in(*map(float, newest))

    def take_in(self, cgm: float, insulin: float, carbohydrate: float) -> None:
        """The same from numbers: mg/dL, U in the step that has passed, g in the one to come."""
        if self._eaten is not None:
            dose = insulin - self.model.basal
            self._insulin = INSULIN.matrix @ self._insulin + INSULIN.gain * dose
            self._food = FOOD.matrix @ self._food + FOOD.gain * self._eaten
        half = len(self.model.insulin)
        known = self._insulin[half:] @ self.model.insulin + self._food[half:] @ self.model.food
        error = cgm - known - self.model.constant
        before = error if self._correction is None else self._correction
        self._correction = before + self.trust * (error - before)
        self._eaten = carbohydrate

    def state(self) -> Tensor:
        """`(21,)`; a meal of the coming step is there as if it had come a step before."""
        food = self._food + self._ahead * (self._eaten or 0.0)
        parts = [self._insulin, food, [self._correction or 0.0]]
        return torch.tensor(np.concatenate(parts), dtype=torch.float32)

    def glucose(self, state: Tensor) -> Tensor:
        """The filters' weighted sum and the correction."""
        return state @ self._outputs + self.model.constant


class _LinearBlock:
    """`Dynamics` of the linear forecast: one matrix for 15 minutes."""

    def __init__(self, model: LinearModel, fade: float) -> None:
        size = len(INSULIN.gain)
        matrix = np.zeros((2 * size + 1, 2 * size + 1))
        matrix[:size, :size] = np.linalg.matrix_power(INSULIN.matrix, BLOCK)
        matrix[size:-1, size:-1] = np.linalg.matrix_power(FOOD.matrix, BLOCK)
        matrix[-1, -1] = fade**BLOCK
        steps = [np.linalg.matrix_power(INSULIN.matrix, n) @ INSULIN.gain for n in range(BLOCK)]
        gain = np.concatenate([np.sum(steps, axis=0), np.zeros(size + 1)]) * model.basal
        self._matrix = torch.tensor(matrix.T, dtype=torch.float32)
        self._gain = torch.tensor(gain, dtype=torch.float32)

    def predict(self, state: Tensor, action: Tensor) -> Gaussian:
        """`(B, 21)`, `(B, 1)` -> the state 15 minutes on, certain."""
        mean = torch.addmm((rate_at(action) - 1) * self._gain, state, self._matrix)
        return Gaussian(mean, torch.zeros_like(mean))


# --- an ensemble ----------------------------------------------------------------------------------


class EnsembleForecast(LinearForecast):
    """Networks that learned 15 minutes of the same subject; the linear model tells where it is.

    The state `(21,)` holds both filter banks and the estimated glucose. Each member follows every
    plan by its own means, as in the lecture.
    """

    def __init__(self, model: LinearModel, ensemble: EnsembleDynamics) -> None:
        super().__init__(model)
        self.dynamics = _Turned(IndependentRollouts(ensemble))

    def state(self) -> Tensor:
        """Filters, and glucose as the corrected linear model has it."""
        state = super().state()
        state[-1] = super().glucose(state[None])[0]
        return state

    def glucose(self, state: Tensor) -> Tensor:
        """The last number."""
        return state[..., -1]


@dataclass(frozen=True)
class _Turned:
    """A propagation whose actions are multiples of the basal rate, moved by the knob."""

    inner: IndependentRollouts

    @property
    def particles(self) -> int:
        return self.inner.particles

    def prepared(self) -> Self:
        return replace(self, inner=self.inner.prepared())

    def step(self, states: Tensor, actions: Tensor, generator: torch.Generator | None) -> Tensor:
        return self.inner.step(states, rate_at(actions), generator)


def learn(
    log: Log,
    model: LinearModel,
    generator: torch.Generator,
    settings: FitSettings = FitSettings(epochs=40, patience=8),
    members: int = 5,
) -> EnsembleDynamics:
    """An ensemble for `EnsembleForecast` from a subject's log and its linear model."""
    data = blocks(log, model)
    shape = EnsembleSettings(data.state.shape[1], 1, members, (64, 64), linear=True)
    ensemble = EnsembleDynamics(shape, generator)
    fit_ensemble(ensemble, data, generator, settings)
    return ensemble


def blocks(log: Log, model: LinearModel) -> Batch:
    """Every 15 minutes of a log in which the rate was steady and no meal came in between.

    States are `EnsembleForecast`'s, actions multiples of the basal rate.
    """
    observer, states = LinearForecast(model), []
    before = model.basal
    for cgm, insulin, food in zip(log.cgm, log.insulin, log.carbohydrate, strict=True):
        observer.take_in(cgm, before, food)
        state = observer.state()
        state[-1] = observer.glucose(state[None])[0]
        states.append(state)
        before = insulin
    starts = range(len(states) - BLOCK)
    calm = [k for k in starts if not log.carbohydrate[k + 1 : k + BLOCK + 1].any()]
    state, after = (torch.stack([states[k + n] for k in calm]) for n in (0, BLOCK))
    given = [log.insulin[k : k + BLOCK].mean() / model.basal for k in calm]
    action = torch.tensor(given, dtype=torch.float32)[:, None]
    none = torch.zeros(len(calm))
    return Batch(state, action, none, after, none.bool(), none.bool())


# --- the truth ------------------------------------------------------------------------------------


class TrueForecast:
    """The subject itself, its state and its parameters: what no clinic has, and a bound.

    The state `(15,)` holds the model's 13, the grams on the plate and D.
    """

    def __init__(self, ward: Ward, row: int) -> None:
        self.ward, self.row = ward, row
        self.dynamics: Dynamics | Propagation = _TrueBlock(ward.table[row : row + 1])
        self._volume = float(ward.table["V_G"][row])

    def reset(self) -> None:
        """The ward was reset."""

    def observe(self, reading: Reading, row: int) -> None:
        """The meal that was announced; all else is read off the subject."""
        self._food = float(reading.carbohydrate[row])

    def state(self) -> Tensor:
        """Of the subject, as it begins to eat."""
        patients, row = self.ward.patients, self.row
        x, waiting, meal = patients.states[row], patients.waiting[row], patients.meal[row]
        if self._food > 0 and not patients.eating[row]:
            meal = x[Q_STO1] + x[Q_STO2]
        whole = [*x, waiting + self._food, meal]
        return torch.tensor(whole, dtype=torch.float32)

    def glucose(self, state: Tensor) -> Tensor:
        """In plasma."""
        return state[:, G_P] / self._volume


class _TrueBlock:
    """`Dynamics` of the truth: Runge and Kutta's fourth order, a minute a step."""

    def __init__(self, table: np.ndarray) -> None:
        self._table = table

    def predict(self, state: Tensor, action: Tensor) -> Gaussian:
        """`(B, 15)`, `(B, 1)` -> the state 15 minutes on, certain."""
        basal = self._table["basal"][0] / 60 * PMOL_PER_UNIT / self._table["body_weight"][0]
        dose = rate_at(action)[:, 0].double().numpy() * basal
        mean = torch.tensor(_ahead(state.double().numpy(), self._table, dose)).float()
        return Gaussian(mean, torch.zeros_like(mean))


@njit(cache=True)
def _ahead(states, table, dose):
    """`(B, 15)` and insulin in pmol/kg/min `(B,)` -> the states 15 minutes on."""
    after, work = states.copy(), np.empty((4, 13))
    for n in range(len(after)):
        for _ in range(BLOCK * CONTROL):
            eaten = min(after[n, 13], EATING)
            after[n, 13] -= eaten
            after[n, 14] += 1000.0 * eaten
            runge_kutta(after[n, :13], table[0], 1000.0 * eaten, dose[n], after[n, 14], 1.0, work)
    return after
