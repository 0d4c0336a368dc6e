r"""The mechanistic patient: from a dose of epoetin to haemoglobin, in nine numbers.

Erythropoietin, the patient's own ($E, E_p$, ng/mL, in plasma and periphery) and what was injected
($A$ in ng under the skin, then $R, R_p$), binds to receptors on progenitor cells $P$ and saves
them from dying. $E$ and $R$ count what is bound, too; $F$ is what is free of both. Progenitors
become precursors $C$, reticulocytes $Ret$ and red cells $RBC$ (cells/L). Haemoglobin $H$ counts the
last two, and tells the kidneys how much to make. With the rescued share $f$,

$$ \dot P = k_{prod} - 0.0046 P - k_{dp} P (1 - f), \qquad
   f = 0.99 \frac{B^4}{K_m^4 + B^4}, \qquad
   B = T\,\frac{x}{1 + x}, \quad x = \frac{k_{on}}{k_{off} + k_{int}} \frac{1000\, F}{M}. $$

Binding ($B$ of $T$ receptors) and the factor HIF settle within minutes and are taken as settled,
so that $F + M B / 1000 = E + R$; the rest moves over hours to months. Source: Roy et al. (2023),
as re-implemented in nlmixr2lib, with the other three drugs left out. Explained in the chapter
"Models are hard: anaemia".
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from mbrl_lib import validate
from mbrl_lib.envs.anemia.patients import iron_factor

STATES = ("E", "E_p", "A", "R", "R_p", "P", "C", "Ret", "RBC")
E, E_P, A, R, R_P, P, C, RET, RBC = range(9)
WEEKS = 4  # of a month
HOURS = 168  # of a week
STEP = 2.0  # hours, of Runge and Kutta
INJECTIONS = 3  # a week, at equal distances, as with haemodialysis
NG_PER_KIU = 1e6 / 119.05
PLASMA = 4957.3  # mL

# binding: ON in L/molecule/h, the others in 1/h
ON, OFF, INTERNALISED = 1e-13, 5.5, 1.2
RECEPTORS = 4e13  # T, molecules/L
MOLECULE = 5.06e-11  # M, ng
AFFINITY = ON / (OFF + INTERNALISED) * 1000 / MOLECULE  # mL/ng, so that x = AFFINITY F
ROOM = RECEPTORS * MOLECULE / 1000  # ng/mL, what is bound when every receptor is taken
LOSS = 0.02  # 1/h, of both kinds of EPO, other than through receptors
OUT, BACK = 0.1, 0.2762  # 1/h, own EPO to the periphery and back
OUT_R, BACK_R = 0.038, 0.01  # the same of what was injected
ABSORBED = 0.0362  # 1/h, from under the skin

RESCUED = 0.99  # at most
MATURES = 0.0046  # 1/h, progenitors to precursors
DIVISIONS = 32.0  # precursors of a progenitor
LOST_C, RELEASED = 0.05, 0.04  # 1/h, precursors that die; that become reticulocytes
LOST_RET, AGED = 0.03, 0.027  # 1/h, reticulocytes that are lost; that become red cells
PER_RET, PER_RBC = 3e-12, 2.9e-12  # g of haemoglobin in a cell, times 0.1 L/dL


@njit(cache=True)
def _production(h, k_E):
    """Own EPO made at haemoglobin `h`, ng/mL/h: less oxygen, less PHD, more HIF, more EPO."""
    phd = 52.5 / (1 + 100 / (5 + h**3.3))
    hif = 1.35 / (0.34 * phd)
    return k_E * hif / (2.23 + hif)


@njit(cache=True)
def _rescued(free, K_m):
    """The share of progenitors that `free` EPO (ng/mL) saves from dying."""
    x = AFFINITY * free
    share = (RECEPTORS * x / (1 + x) / K_m) ** 4
    return RESCUED * share / (1 + share)


@njit(cache=True)
def _free(total):
    """F, ng/mL: what of `total` EPO in plasma is not bound. F + ROOM x / (1 + x) = total."""
    linear = 1 + AFFINITY * (ROOM - total)
    return (math.sqrt(linear**2 + 4 * AFFINITY * total) - linear) / (2 * AFFINITY)


@njit(cache=True)
def derivative(x, p, iron, dx):
    """Change of the nine states in an hour, into `dx (9,)`.

    Parameters
    ----------
    x : array `(9,)`, in the order of `STATES`
    p : a row of `patients.reference` or `patients.population`
    iron : float, what the production of progenitors is multiplied by
    """
    made = _production(PER_RET * x[RET] + PER_RBC * x[RBC], p.k_E)
    free = _free(x[E] + x[R])
    share = free / (x[E] + x[R])  # of either kind of EPO, for both bind alike
    own, given = share * x[E], share * x[R]
    dx[E] = made - LOSS * own - INTERNALISED * (x[E] - own) - OUT * own + BACK * x[E_P]
    dx[E_P] = OUT * own - BACK * x[E_P]
    dx[A] = -ABSORBED * x[A]
    cleared = LOSS * given + INTERNALISED * (x[R] - given)
    dx[R] = ABSORBED * x[A] / PLASMA - cleared - OUT_R * given + BACK_R * x[R_P]
    dx[R_P] = OUT_R * given - BACK_R * x[R_P]
    dying = p.k_dp * (1 - _rescued(free, p.K_m))
    dx[P] = p.k_prod * iron - (MATURES + dying) * x[P]
    dx[C] = DIVISIONS * MATURES * x[P] - (LOST_C + RELEASED) * x[C]
    dx[RET] = RELEASED * x[C] - (LOST_RET + AGED) * x[RET]
    dx[RBC] = AGED * x[RET] - p.k_RBC * x[RBC]


@njit(cache=True)
def advance(states, table, dose, iron, weeks, injections):
    """Some weeks of N patients, in place, by Runge and Kutta's fourth order.

    Parameters
    ----------
    states : array `(N, 9)`, changed in place
    table : rows of `patients`, `(N,)`
    dose : array `(N,)`, kIU a week, in `injections` equal parts at equal distances
    iron : array `(N,)`
    """
    steps = int(np.ceil(HOURS / injections / STEP))
    h = HOURS / injections / steps
    a, b, c, d, y = np.empty(9), np.empty(9), np.empty(9), np.empty(9), np.empty(9)
    for n in range(len(states)):
        x, p = states[n], table[n]
        for _ in range(weeks * injections):
            x[A] += NG_PER_KIU * dose[n] / injections
            for _ in range(steps):
                derivative(x, p, iron[n], a)
                for i in range(9):
                    y[i] = x[i] + 0.5 * h * a[i]
                derivative(y, p, iron[n], b)
                for i in range(9):
                    y[i] = x[i] + 0.5 * h * b[i]
                derivative(y, p, iron[n], c)
                for i in range(9):
                    y[i] = x[i] + h * c[i]
                derivative(y, p, iron[n], d)
                for i in range(9):
                    x[i] += h / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i])


def hemoglobin(states: np.ndarray) -> np.ndarray:
    """H `(N,)`, g/dL, of states `(N, 9)`."""
    return PER_RET * states[..., RET] + PER_RBC * states[..., RBC]


def untreated(table: np.ndarray, iron: float = 1.0) -> np.ndarray:
    """States `(N, 9)` in which nothing moves, without treatment.

    More haemoglobin means less EPO and so fewer cells: there is one level that sustains itself,
    and halving an interval 50 times finds it.
    """
    low, high = np.zeros(len(table)), np.full(len(table), 100.0)
    for _ in range(50):
        middle = (low + high) / 2
        sustains = hemoglobin(_settled(middle, table, iron)) > middle
        low, high = np.where(sustains, middle, low), np.where(sustains, high, middle)
    return _settled(low, table, iron)


def _settled(level: np.ndarray, table: np.ndarray, iron: float) -> np.ndarray:
    """Where all would come to rest if the kidneys saw the haemoglobin `level (N,)` for ever."""
    x = np.zeros((len(table), 9))
    made = _production(level, table["k_E"])
    # made = LOSS F + INTERNALISED ROOM x / (1 + x), a quadratic equation in F
    linear = LOSS + AFFINITY * (INTERNALISED * ROOM - made)
    free = (np.sqrt(linear**2 + 4 * AFFINITY * LOSS * made) - linear) / (2 * AFFINITY * LOSS)
    x[:, E] = free + ROOM * AFFINITY * free / (1 + AFFINITY * free)
    x[:, E_P] = OUT / BACK * free
    dying = table["k_dp"] * (1 - _rescued(free, table["K_m"]))
    x[:, P] = table["k_prod"] * iron / (MATURES + dying)
    x[:, C] = DIVISIONS * MATURES * x[:, P] / (LOST_C + RELEASED)
    x[:, RET] = RELEASED * x[:, C] / (LOST_RET + AGED)
    x[:, RBC] = AGED * x[:, RET] / table["k_RBC"]
    return x


class Patients:
    """N patients side by side, a month of four weeks at a time.

    Parameters
    ----------
    table : rows of `patients.reference` or `patients.population`, `(N,)`
    injections : int, a week
    """

    def __init__(self, table: np.ndarray, injections: int = INJECTIONS) -> None:
        validate.at_least("injections", injections, 1)
        self.table, self.injections = table, injections
        self.states = untreated(table)

    def month(self, dose: np.ndarray, tsat: np.ndarray, weeks: int = WEEKS) -> None:
        """Four weeks (or another number) on `dose (N,)`, kIU a week, with TSat `(N,)` in %.

        Raises `ValueError` for negative or non-finite numbers, or another shape.
        """
        for name, given in (("dose", dose), ("tsat", tsat)):
            if np.shape(given) != (len(self.table),):
                raise ValueError(
                    f"{name} must have shape {(len(self.table),)}; got {np.shape(given)}"
                )
            if not (np.isfinite(given).all() and (np.asarray(given) >= 0).all()):
                raise ValueError(f"{name} must be finite and not below 0; got {given}")
        doses = np.asarray(dose, dtype=float)
        advance(self.states, self.table, doses, iron_factor(tsat), weeks, self.injections)

    @property
    def hemoglobin(self) -> np.ndarray:
        """H `(N,)`, g/dL."""
        return hemoglobin(self.states)
