r"""The UVA/Padova model of 2008: where glucose and insulin are, and how they move, in 13 numbers.

Glucose is in plasma and in tissue ($G_p, G_t$, mg/kg). A meal passes through the stomach in two
stages and the gut ($Q$, mg). Insulin goes from under the skin ($I_{sc1}, I_{sc2}$) to plasma and
liver ($I_p, I_l$, pmol/kg), and acts with delays: on what tissue takes up ($X$, pmol/L) and on what
the liver gives off ($I', I_d$, pmol/L). The sensor sees the interstitium ($G_s$, mg/kg).

$$ \dot G_p = EGP + Ra - F_{cns} - E - k_1 G_p + k_2 G_t, \qquad
   \dot G_t = -U_{id} + k_1 G_p - k_2 G_t. $$

Sources: Dalla Man, Rizza and Cobelli (2007) for the model of a meal, Kovatchev and others (2009)
for type 1 diabetes; the equations agree in the open re-implementations of both. Explained in the
chapter "Models are hard: diabetes".
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from mbrl_lib.envs.glucose.subjects import BIOAVAILABILITY, F_CNS, K_E1, K_E2, PMOL_PER_UNIT, R_2

STATES = (
    "Q_sto1", "Q_sto2", "Q_gut", "G_p", "G_t", "I_p", "X", "I_1", "I_d", "I_l", "I_sc1", "I_sc2",
    "G_s",
)  # fmt: skip
(Q_STO1, Q_STO2, Q_GUT, G_P, G_T, I_P, X, I_1, I_D, I_L, I_SC1, I_SC2, G_S) = range(13)
EATING = 5.0  # g of carbohydrate a minute
STEPS = 2  # Runge-Kutta steps a minute


@njit(cache=True)
def derivative(x, p, eaten, insulin, meal, dx):
    """Change of the 13 states in a minute, into `dx (13,)`.

    Parameters
    ----------
    x : array `(13,)`, in the order of `STATES`
    p : a row of `subjects`
    eaten : float, carbohydrate, mg/min
    insulin : float, under the skin, pmol/kg/min
    meal : float, D, mg: what was in the stomach before this meal, and what of it was eaten so far
    """
    dx[Q_STO1] = -p.k_max * x[Q_STO1] + eaten
    empty = _emptying(x[Q_STO1] + x[Q_STO2], p, meal)
    dx[Q_STO2] = p.k_max * x[Q_STO1] - empty * x[Q_STO2]
    dx[Q_GUT] = empty * x[Q_STO2] - p.k_abs * x[Q_GUT]

    appearance = BIOAVAILABILITY * p.k_abs * x[Q_GUT] / p.body_weight
    production = max(0.0, p.k_p1 - p.k_p2 * x[G_P] - p.k_p3 * x[I_D])
    excretion = max(0.0, K_E1 * (x[G_P] - K_E2))
    action = p.V_mx * x[X] * (1 + p.r_1 * _low_risk(x[G_P] / p.V_G, p))
    uptake = (p.V_m0 + action) * x[G_T] / (p.K_m0 + x[G_T])
    exchange = p.k_1 * x[G_P] - p.k_2 * x[G_T]
    dx[G_P] = production + appearance - F_CNS - excretion - exchange
    dx[G_T] = exchange - uptake
    dx[G_S] = p.k_sc * (x[G_P] - x[G_S])

    absorbed = p.k_a1 * x[I_SC1] + p.k_a2 * x[I_SC2]
    dx[I_P] = -(p.m_2 + p.m_4) * x[I_P] + p.m_1 * x[I_L] + absorbed
    dx[I_L] = -(p.m_1 + p.m_30) * x[I_L] + p.m_2 * x[I_P]
    concentration = x[I_P] / p.V_I
    dx[X] = p.p_2U * (concentration - p.I_b - x[X])
    dx[I_1] = p.k_i * (concentration - x[I_1])
    dx[I_D] = p.k_i * (x[I_1] - x[I_D])
    dx[I_SC1] = insulin - (p.k_d + p.k_a1) * x[I_SC1]
    dx[I_SC2] = p.k_d * x[I_SC1] - p.k_a2 * x[I_SC2]


@njit(cache=True)
def _emptying(stomach, p, meal):
    """Rate at which the stomach empties, 1/min: fast when full and when nearly empty."""
    if meal <= 0:
        return p.k_max
    alpha = 5 / (2 * meal * (1 - p.b))
    beta = 5 / (2 * meal * p.c)
    bend = math.tanh(alpha * (stomach - p.b * meal)) - math.tanh(beta * (stomach - p.c * meal)) + 2
    return p.k_min + (p.k_max - p.k_min) / 2 * bend


@njit(cache=True)
def _low_risk(glucose, p):
    """How low glucose (mg/dL) is, for the term of 2013; from 60 mg/dL down it rises no further."""
    if p.r_1 == 0 or glucose >= p.G_b:
        return 0.0
    f = math.log(max(glucose, 60.0)) ** R_2 - math.log(p.G_b) ** R_2
    return 10 * f**2


@njit(cache=True)
def runge_kutta(x, p, eaten, insulin, meal, h, work):
    """One step of `h` minutes of one subject, in place; `work (4, 13)` is overwritten.

    The other arguments are those of `derivative`. What cannot be negative is held at 0.
    """
    a, b, c, d = work[0], work[1], work[2], work[3]
    derivative(x, p, eaten, insulin, meal, a)
    derivative(x + 0.5 * h * a, p, eaten, insulin, meal, b)
    derivative(x + 0.5 * h * b, p, eaten, insulin, meal, c)
    derivative(x + h * c, p, eaten, insulin, meal, d)
    for i in range(13):
        x[i] += h / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i])
        if x[i] < 0 and i != X:
            x[i] = 0.0


@njit(cache=True)
def advance(states, table, eaten, insulin, meal):
    """One minute of N subjects, in place, by Runge and Kutta's fourth order.

    Parameters
    ----------
    states : array `(N, 13)`, changed in place; what cannot be negative is held at 0
    table : rows of `subjects`, `(N,)`
    eaten : array `(N,)`, carbohydrate, g in this minute
    insulin : array `(N,)`, U in this minute
    meal : array `(N,)`, D, mg
    """
    work = np.empty((4, 13))
    for n in range(len(states)):
        p = table[n]
        food, dose = 1000.0 * eaten[n], PMOL_PER_UNIT * insulin[n] / p.body_weight
        for _ in range(STEPS):
            runge_kutta(states[n], p, food, dose, meal[n], 1.0 / STEPS, work)


def steady_state(table: np.ndarray) -> np.ndarray:
    """States `(N, 13)` in which nothing moves, fasting and with the basal rate."""
    states = np.zeros((len(table), 13))
    for state, field in (
        (G_P, "G_pb"), (G_T, "G_tb"), (I_P, "I_pb"), (I_1, "I_b"), (I_D, "I_b"), (I_L, "I_lb"),
        (I_SC1, "I_sc1b"), (I_SC2, "I_sc2b"), (G_S, "G_pb"),
    ):  # fmt: skip
        states[:, state] = table[field]
    return states


class Patients:
    """N subjects side by side, a minute at a time.

    Parameters
    ----------
    table : rows of `subjects`, `(N,)`

    A meal that is announced is eaten at 5 g a minute. The model's D counts what was in the stomach
    when eating began and what was eaten since (as in simglucose).
    """

    def __init__(self, table: np.ndarray) -> None:
        self.table = table
        self.reset()

    def reset(self) -> None:
        """Fasting, on the basal rate, in the steady state."""
        count = len(self.table)
        self.states = steady_state(self.table)
        self.waiting, self.meal = np.zeros(count), np.zeros(count)  # g on the plate; D in mg
        self.eating = np.zeros(count, dtype=bool)  # in the minute that has passed

    def minute(self, carbohydrate: np.ndarray, insulin: np.ndarray) -> None:
        """One minute: carbohydrate announced `(N,)` in g, insulin given `(N,)` in U.

        Raises `ValueError` for negative or non-finite numbers, or another shape.
        """
        for name, given in (("carbohydrate", carbohydrate), ("insulin", insulin)):
            if np.shape(given) != (len(self.table),):
                raise ValueError(
                    f"{name} must have shape {(len(self.table),)}; got {np.shape(given)}"
                )
            if not (np.isfinite(given).all() and (np.asarray(given) >= 0).all()):
                raise ValueError(f"{name} must be finite and not below 0; got {given}")
        self.waiting = self.waiting + carbohydrate
        eaten = np.minimum(self.waiting, EATING)
        self.waiting = self.waiting - eaten
        begins = (eaten > 0) & ~self.eating
        full = self.states[:, Q_STO1] + self.states[:, Q_STO2]
        self.meal = np.where(begins, full, self.meal) + 1000.0 * eaten
        self.eating = eaten > 0
        advance(self.states, self.table, eaten, np.asarray(insulin, dtype=float), self.meal)

    @property
    def glucose(self) -> np.ndarray:
        """Plasma glucose `(N,)`, mg/dL."""
        return self.states[:, G_P] / self.table["V_G"]

    @property
    def interstitial(self) -> np.ndarray:
        """What a sensor without noise reads `(N,)`, mg/dL."""
        return self.states[:, G_S] / self.table["V_G"]
