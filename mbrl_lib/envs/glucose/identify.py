r"""A subject's own linear model, from its sensor, its pump and what it said it ate.

What was eaten and injected fades in over time: two-stage filters with several time constants
$\tau$ turn doses into $\phi_j(k)$, and glucose is their weighted sum,

$$ G_k = c + \sum_j \theta_j\,\phi_j[\text{insulin} - \text{basal}](k)
           + \sum_j \psi_j\,\phi_j[\text{carbohydrate}](k) + \text{error}. $$

The weights are a ridge regression on two weeks of ordinary life. It is the idea of the anaemia
chapter's ARX model, with inputs that last longer than a row of lags could. Explained in the
chapter "Models are hard: diabetes".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mbrl_lib.envs.glucose.controllers import BasalBolus
from mbrl_lib.envs.glucose.meals import Meals, random_meals
from mbrl_lib.envs.glucose.ward import CONTROL, Reading, Ward

INSULIN_TIMES = (20.0, 40.0, 80.0, 160.0, 320.0)  # minutes, the filters' time constants
FOOD_TIMES = (10.0, 20.0, 40.0, 80.0, 160.0)


@dataclass(frozen=True)
class Filters:
    """Two-stage filters side by side, a control step at a time.

    The first stage of each takes up the dose over τ and fades; the second follows the first. The
    state `(2 F,)` holds all first stages, then all second ones, which are the outputs.
    """

    times: tuple[float, ...]

    @cached_property
    def matrix(self) -> np.ndarray:
        """`(2 F, 2 F)`: the next state without a dose."""
        keep = np.diag(np.exp(-CONTROL / np.array(self.times)))
        rest = np.eye(len(keep)) - keep
        return np.block([[keep, 0 * keep], [rest @ keep, keep]])

    @cached_property
    def gain(self) -> np.ndarray:
        """`(2 F,)`: what a dose of 1 adds to the next state."""
        taken = 1 / np.array(self.times)
        return np.concatenate([taken, (1 - np.exp(-CONTROL / np.array(self.times))) * taken])

    def outputs(self, doses: np.ndarray) -> np.ndarray:
        """`(T,)` doses -> `(T, F)`: the outputs before each of them."""
        state, seen = np.zeros(len(self.gain)), np.empty((len(doses), len(self.times)))
        for k, dose in enumerate(doses):
            seen[k] = state[len(self.times) :]
            state = self.matrix @ state + self.gain * dose
        return seen


INSULIN, FOOD = Filters(INSULIN_TIMES), Filters(FOOD_TIMES)


@dataclass(frozen=True)
class Log:
    """What was recorded of one subject, every five minutes: `(T,)` each.

    Attributes
    ----------
    cgm : mg/dL
    insulin : U, given in the step that begins then
    carbohydrate : g, announced for that step
    """

    cgm: np.ndarray
    insulin: np.ndarray
    carbohydrate: np.ndarray


class Varied(BasalBolus):
    """Basal and bolus, with doses that vary around the rule's so that their effect can be seen.

    The basal rate is 0.4 to 1.6 times itself, drawn every two hours, a bolus 0.6 to 1.2 times.
    """

    def __init__(self, table: np.ndarray, random: np.random.Generator) -> None:
        super().__init__(table)
        self._random = random
        self.reset()

    def reset(self) -> None:
        """The first two hours begin."""
        self._steps = 0

    def doses(self, reading: Reading) -> np.ndarray:
        """The rule's, varied."""
        count = len(self.table)
        if self._steps % 24 == 0:
            self._factor = self._random.uniform(0.4, 1.6, count)
        self._steps += 1
        varied = np.stack([self._factor, self._random.uniform(0.6, 1.2, count)], axis=1)
        return super().doses(reading) * varied


def record(
    table: np.ndarray,
    generators: Sequence[np.random.Generator],
    days: int = 14,
    meals: Meals = random_meals,
    counting_error: float = 0.0,
) -> list[Log]:
    """Some days of varied basal and bolus; a log and a generator for each of the N subjects."""
    ward = Ward(table, days, meals, counting_error=counting_error)
    reading = ward.reset(generators)
    rule = Varied(table, np.random.default_rng(int(generators[0].integers(2**62))))
    rows: list[tuple[np.ndarray, ...]] = []
    for _ in range(ward.steps):
        doses = rule.doses(reading)
        seen = (reading.cgm[:, -1], reading.carbohydrate)
        reading = ward.step(doses[:, 0], doses[:, 1])
        rows.append((seen[0], reading.insulin[:, -1], seen[1]))
    columns = (np.stack(column, axis=1) for column in zip(*rows, strict=True))
    return [Log(*row) for row in zip(*columns, strict=True)]


@dataclass(frozen=True)
class LinearModel:
    """What was identified.

    Attributes
    ----------
    insulin : array `(5,)`, θ, mg/dL for each unit of a filter's output
    food : array `(5,)`, ψ
    constant : float, c, mg/dL
    basal : float, U in a control step, from which insulin is counted
    error : float, mg/dL, the standard deviation of what is left over
    """

    insulin: np.ndarray
    food: np.ndarray
    constant: float
    basal: float
    error: float

    def simulate(self, insulin: np.ndarray, carbohydrate: np.ndarray) -> np.ndarray:
        """Glucose from doses alone, `(T,)` each: no sensor corrects it."""
        x = _features(insulin - self.basal, carbohydrate)
        return x @ np.concatenate([self.insulin, self.food]) + self.constant


def identify(log: Log, basal: float, ridge: float = 1e-4) -> LinearModel:
    """Least squares with a ridge on standardised features, so that no filter counts twice.

    Parameters
    ----------
    log : Log
    basal : float, the subject's basal rate, U/h
    ridge : float, above 0, as a share of each feature's variance

    Raises `ValueError` for logs shorter than a day, of different lengths, or not finite.
    """
    lengths = {len(log.cgm), len(log.insulin), len(log.carbohydrate)}
    if len(lengths) > 1 or min(lengths) < 288:
        raise ValueError(f"a log needs a day of readings and doses, 288 each; got {lengths}")
    if not all(np.isfinite(x).all() for x in (log.cgm, log.insulin, log.carbohydrate)):
        raise ValueError("the log must be finite")
    step = basal * CONTROL / 60
    x = _features(log.insulin - step, log.carbohydrate)
    scale = x.std(axis=0)
    scale[scale == 0] = 1.0  # a subject who never ate
    middle = x.mean(axis=0)
    z = (x - middle) / scale
    gram = z.T @ z + ridge * len(z) * np.eye(z.shape[1])
    weights = np.linalg.solve(gram, z.T @ (log.cgm - log.cgm.mean())) / scale
    constant = log.cgm.mean() - middle @ weights
    error = float((log.cgm - x @ weights - constant).std())
    count = len(INSULIN_TIMES)
    return LinearModel(weights[:count], weights[count:], float(constant), step, error)


def _features(insulin: np.ndarray, carbohydrate: np.ndarray) -> np.ndarray:
    """`(T, 10)`."""
    return np.concatenate([INSULIN.outputs(insulin), FOOD.outputs(carbohydrate)], axis=1)
