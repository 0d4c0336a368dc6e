r"""A continuous glucose monitor: it reads the interstitium, late, and errs with a memory.

The error is Breton and Kovatchev's (2008): every 15 minutes $e_n = 0.7\,(e_{n-1} + v_n)$ with
$v_n \sim N(0, 1)$, and what is added to the reading is
$\varepsilon = \xi + \lambda \sinh((e - \gamma) / \delta)$; between those knots it is interpolated,
here by straight lines. The constants are simglucose's for a Dexcom sensor.
"""

from __future__ import annotations

import numpy as np

LOWEST, HIGHEST = 39.0, 600.0  # mg/dL; the display shows nothing beyond
_MEMORY, _GAMMA, _LAMBDA, _DELTA, _XI = 0.7, -0.5444, 15.9574, 1.6898, -5.47
_KNOT = 15  # minutes


def errors(random: np.random.Generator, count: int, every: int) -> np.ndarray:
    """Of `count` readings that are `every` minutes apart, mg/dL."""
    knots = (count - 1) * every // _KNOT + 2
    e, shocks = np.empty(knots), random.standard_normal(knots)
    e[0] = shocks[0]
    for n in range(1, knots):
        e[n] = _MEMORY * (e[n - 1] + shocks[n])
    values = _XI + _LAMBDA * np.sinh((e - _GAMMA) / _DELTA)
    return np.interp(np.arange(count) * every, np.arange(knots) * _KNOT, values)


def shown(interstitial: np.ndarray, error: np.ndarray) -> np.ndarray:
    """What the display says, mg/dL."""
    return np.clip(interstitial + error, LOWEST, HIGHEST)
