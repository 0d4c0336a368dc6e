r"""The lecture's patient: next month's haemoglobin as a weighted sum of what a clinic has on paper.

$$ x_1[k+1] = \theta_1 u[k-1] + \theta_2 u[k] + \theta_3 u[k+1]
   + \theta_4 x_1[k-1] + \theta_5 x_1[k] + \theta_6 x_2[k] + \theta_0 . $$

$x_1$ is haemoglobin (g/dL), $x_2$ the transferrin saturation (%), $u[k+1]$ the weekly dose (kIU) of
the month that *ends* at $k+1$. The form is that of Gaweda et al. (2005), as the lecture gives it.
Their $\theta$ were not found in what can be read in public; here $\theta$ is always identified from
data. A vector of parameters is ordered $(\theta_1, \dots, \theta_6, \theta_0)$.

Explained in the chapter "Models are hard: anaemia".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mbrl_lib import validate
from mbrl_lib.envs.anemia.clinic import Record
from mbrl_lib.envs.anemia.patients import TSAT_MEAN, UNTREATED
from mbrl_lib.types import Gaussian

PARAMETERS = ("θ1", "θ2", "θ3", "θ4", "θ5", "θ6", "θ0")


def rows(record: Record) -> tuple[np.ndarray, np.ndarray]:
    """The equations that a record holds: inputs `(N, T - 2, 7)` and outputs `(N, T - 2)`.

    Raises `ValueError` for fewer than 3 months.
    """
    x, u = record.hemoglobin, record.dose
    if x.shape[1] < 3:
        raise ValueError(f"an equation spans 3 months; got {x.shape[1]}")
    now = slice(1, -1)
    one = np.ones_like(x[:, now])
    inputs = (u[:, :-2], u[:, now], u[:, 2:], x[:, :-2], x[:, now], record.tsat[:, now], one)
    return np.stack(inputs, axis=-1), x[:, 2:]


def identify(record: Record) -> np.ndarray:
    """One θ `(7,)` for all patients of a record, by least squares.

    Raises `ValueError` when there are fewer equations than parameters, or they do not tell the
    parameters apart: doses that never change, for instance, cannot show what a dose does.
    """
    inputs, outputs = rows(record)
    inputs, outputs = inputs.reshape(-1, 7), outputs.reshape(-1)
    theta, _, rank, _ = np.linalg.lstsq(inputs, outputs, rcond=None)
    if rank < 7:
        raise ValueError(
            f"{len(inputs)} equations of rank {rank} do not determine 7 parameters: "
            "more months are needed, or doses that change more"
        )
    return theta


@dataclass(frozen=True)
class Prior:
    """What other patients say about a patient's θ, before any of the patient's own data.

    Attributes
    ----------
    mean : array `(7,)`, θ of the average patient
    covariance : array `(7, 7)`, how far patients differ from it
    noise : float, g/dL, the standard deviation of what the recursion leaves unexplained
    """

    mean: np.ndarray
    covariance: np.ndarray
    noise: float


def learn_prior(record: Record, rounds: int = 100) -> Prior:
    r"""Mean, spread and noise of θ among patients, from a few months of each.

    Each patient has a $\theta_i \sim N(\mu, \Sigma)$ and residuals $N(0, \sigma^2)$. No patient's
    months determine $\theta_i$; the months of all together determine $\mu, \Sigma, \sigma$. They
    are found by expectation-maximisation (Laird and Ware, 1982): guess every $\theta_i$ and how
    sure that guess is, take mean and spread of the guesses, repeat.
    """
    validate.at_least("rounds", rounds, 1)
    inputs, outputs = rows(record)
    mean = identify(record)
    noise = float((outputs - inputs @ mean).std())
    covariance = np.diag(np.maximum(0.5 * np.abs(mean), 1e-3) ** 2)
    gram, moment = inputs.mT @ inputs, (inputs.mT @ outputs[..., None])[..., 0]
    for _ in range(rounds):
        precision = np.linalg.inv(covariance)
        spread = np.linalg.inv(gram / noise**2 + precision)  # (N, 7, 7)
        theta = np.einsum("nij,nj->ni", spread, moment / noise**2 + precision @ mean)
        mean = theta.mean(axis=0)
        away = theta - mean
        covariance = (away.T @ away) / len(theta) + spread.mean(axis=0)
        error = outputs - np.einsum("nti,ni->nt", inputs, theta)
        unsure = np.einsum("nti,nij,ntj->nt", inputs, spread, inputs)
        noise = float(np.sqrt((error**2 + unsure).mean()))
    return Prior(mean, covariance, noise)


def identify_each(record: Record, prior: Prior, weights: np.ndarray | None = None) -> np.ndarray:
    r"""A θ for each patient, `(N, 7)`: least squares, held near the prior where data are few.

    Minimises $\sum_k w_k (x_1[k+1] - \phi_k^\top \theta)^2 / \sigma^2
    + (\theta - \mu)^\top \Sigma^{-1} (\theta - \mu)$: a year gives ten equations for seven
    parameters, and least squares alone would fit their noise.

    Parameters
    ----------
    record : Record, `(N, T)`
    prior : Prior
    weights : array `(N, T - 2)`, how often each equation counts; once each when None
    """
    inputs, outputs = rows(record)
    weights = np.ones(outputs.shape) if weights is None else weights
    weighted = inputs * (weights / prior.noise**2)[..., None]
    precision = np.linalg.inv(prior.covariance)
    normal = weighted.mT @ inputs + precision
    target = (weighted.mT @ outputs[..., None])[..., 0] + precision @ prior.mean
    return np.linalg.solve(normal, target[..., None])[..., 0]


def bootstrap_each(
    record: Record, prior: Prior, members: int, generator: np.random.Generator
) -> np.ndarray:
    """E models of each patient, `(N, E, 7)`: `identify_each` on equations drawn with replacement.

    Where a patient's own year says little, all members stay near the prior and agree.
    """
    validate.at_least("members", members, 1)
    count, equations = rows(record)[1].shape
    even = np.full(equations, 1 / equations)
    draws = generator.multinomial(equations, even, size=(members, count)).astype(float)
    return np.stack([identify_each(record, prior, weights) for weights in draws], axis=1)


def responder_borders(record: Record) -> np.ndarray:
    """The two doses, kIU a week, that part patients into thirds: good, middling, poor responders.

    They are parted by what they needed: the mean dose of the last six months of a protocol.
    """
    return np.quantile(record.dose[:, -6:].mean(axis=1), [1 / 3, 2 / 3])


def responders(record: Record, borders: np.ndarray) -> np.ndarray:
    """The group `(N,)` of each patient: 0 good, 1 middling, 2 poor."""
    return np.searchsorted(borders, record.dose[:, -6:].mean(axis=1))


def tsat_recursion(record: Record) -> tuple[float, float]:
    """Mean and memory of TSat by least squares: x2[k+1] = mean + memory (x2[k] - mean)."""
    now, then = record.tsat[:, :-1].ravel(), record.tsat[:, 1:].ravel()
    memory, offset = np.polyfit(now, then, 1)
    return float(offset / (1 - memory)), float(memory)


def poles(theta: np.ndarray) -> np.ndarray:
    r"""The two poles, complex `(..., 2)`: roots of $z^2 - \theta_5 z - \theta_4$.

    Left alone, haemoglobin moves as a sum of their powers: it settles only if both lie inside the
    unit circle.
    """
    theta = _checked(theta)
    root = np.sqrt(theta[..., 4].astype(complex) ** 2 / 4 + theta[..., 3])
    return np.stack([theta[..., 4] / 2 + root, theta[..., 4] / 2 - root], axis=-1)


def is_stable(theta: np.ndarray) -> np.ndarray:
    """Whether both poles lie inside the unit circle, `(...)` of bool."""
    return (np.abs(poles(theta)) < 1).all(axis=-1)


def free_run(theta: np.ndarray, record: Record) -> np.ndarray:
    """Haemoglobin `(N, T)` from the first two months on, the model fed with its own predictions.

    θ is `(7,)`, or one for each patient `(N, 7)`. Doses and TSat are those of the record.
    """
    theta = np.broadcast_to(_checked(theta), (len(record.dose), 7))
    inputs, _ = rows(record)
    path = record.hemoglobin.copy()
    for k in range(inputs.shape[1]):
        inputs[:, k, 3], inputs[:, k, 4] = path[:, k], path[:, k + 1]
        path[:, k + 2] = (inputs[:, k] * theta).sum(axis=-1)
    return path


def free_run_error(theta: np.ndarray, record: Record) -> np.ndarray:
    """Root mean square of free run minus record after the first two months, `(N,)`, g/dL."""
    error = (free_run(theta, record) - record.hemoglobin)[:, 2:]
    return np.sqrt((error**2).mean(axis=1))


class ARXPatients:
    """N patients whose haemoglobin follows the lecture's recursion, each with a θ of its own.

    Parameters
    ----------
    theta : array `(N, 7)`
    allow_unstable : bool, whether a pole on or outside the unit circle is accepted

    They begin where the recursion rests without treatment and with enough iron, or at the nearest
    haemoglobin that the population has. Raises `ValueError` for an unstable θ, unless allowed.
    """

    def __init__(self, theta: np.ndarray, allow_unstable: bool = False) -> None:
        theta = np.atleast_2d(np.asarray(theta, dtype=float))
        stable = is_stable(theta)
        if not (stable.all() or allow_unstable):
            worst = np.abs(poles(theta)).max()
            raise ValueError(
                f"theta must have both poles inside the unit circle; one has modulus {worst:.3f}. "
                "Pass allow_unstable=True to see what becomes of such a patient"
            )
        self.theta = theta
        left = 1 - theta[:, 3] - theta[:, 4]
        rest = (TSAT_MEAN * theta[:, 5] + theta[:, 6]) / np.where(left == 0, np.inf, left)
        level = np.clip(rest, *UNTREATED)
        self._levels, self._doses = [level, level], [np.zeros(len(theta))] * 2

    @property
    def hemoglobin(self) -> np.ndarray:
        """x1[k] `(N,)`, g/dL."""
        return self._levels[-1]

    def month(self, dose: np.ndarray, tsat: np.ndarray) -> None:
        """From k to k + 1, with `dose (N,)` as u[k + 1] and `tsat (N,)` as x2[k]."""
        one = np.ones(len(self.theta))
        inputs = np.stack([*self._doses, dose, *self._levels, tsat, one], axis=1)
        level = (inputs * self.theta).sum(axis=1)
        self._levels, self._doses = [self._levels[1], level], [self._doses[1], np.array(dose)]


class ARXDynamics:
    """E models of one patient, to plan with: what `IndependentRollouts` asks of an ensemble.

    Parameters
    ----------
    theta : array `(E, 7)`, or `(7,)` for a single model
    tsat_mean, tsat_memory : float, the recursion by which TSat is expected to go on

    The state is what the environments show, `(B, 5)`: haemoglobin now and a month ago, TSat, the
    weekly doses of the last month and of the one before. The action is the next dose, `(B, 1)`.
    """

    def __init__(self, theta: np.ndarray, tsat_mean: float, tsat_memory: float) -> None:
        theta = np.atleast_2d(_checked(theta))
        self.members = len(theta)
        matrix = np.zeros((self.members, 5, 6))  # rows: next state; columns: state and action
        # theta: u[k-1], u[k], u[k+1], x1[k-1], x1[k], x2[k]; state: x1[k], x1[k-1], x2[k], u[k], ..
        matrix[:, 0] = theta[:, [4, 3, 5, 1, 0, 2]]
        matrix[:, 1, 0] = matrix[:, 3, 5] = matrix[:, 4, 3] = 1.0
        matrix[:, 2, 2] = tsat_memory
        offset = np.zeros((self.members, 1, 5))
        offset[:, 0, 0], offset[:, 0, 2] = theta[:, 6], (1 - tsat_memory) * tsat_mean
        self._matrix = torch.as_tensor(matrix.transpose(0, 2, 1), dtype=torch.float32)
        self._offset = torch.as_tensor(offset, dtype=torch.float32)

    def predict_each(self, state: Tensor, action: Tensor) -> Gaussian:
        """Each model on states of its own: `(E, B, 5)`, `(E, B, 1)` -> `(E, B, 5)`, std 0."""
        validate.tensor("state", state, (self.members, None, 5))
        validate.tensor("action", action, (self.members, state.shape[1], 1))
        mean = torch.baddbmm(self._offset, torch.cat([state, action], dim=-1), self._matrix)
        return Gaussian(mean, torch.zeros_like(mean))

    def predict(self, state: Tensor, action: Tensor) -> Gaussian:
        """All models on the same states: `(B, 5)`, `(B, 1)` -> `(E, B, 5)`."""
        return self.predict_each(
            state.expand(self.members, -1, -1), action.expand(self.members, -1, -1)
        )


def _checked(theta: np.ndarray) -> np.ndarray:
    theta = np.asarray(theta, dtype=float)
    if theta.shape[-1:] != (7,) or not np.isfinite(theta).all():
        raise ValueError(f"theta must be finite and of shape (..., 7); got {theta!r}")
    return theta
