r"""What a glucose curve is worth: time in ranges, and risks that weigh low and high.

All take glucose in mg/dL. Ranges and targets are those of the international consensus (Battelino
and others, 2019), the low and high indices Kovatchev's (1997), the other risk Magni's, with the
constants that Fox and others (2020) use for a reward.
"""

from __future__ import annotations

import numpy as np


def time_in(glucose: np.ndarray, low: float, high: float) -> np.ndarray:
    """Share of the samples, the last axis, with `low <= glucose <= high`; an end at 180 is in."""
    glucose = _checked(glucose)
    return ((glucose >= low) & (glucose <= high)).mean(axis=-1)


def times(glucose: np.ndarray) -> dict[str, np.ndarray]:
    """Shares of time below 54 and 70, from 70 to 180, above 180 and 250 mg/dL."""
    glucose = _checked(glucose)
    return {
        "below 54": (glucose < 54).mean(axis=-1),
        "below 70": (glucose < 70).mean(axis=-1),
        "in range": time_in(glucose, 70, 180),
        "above 180": (glucose > 180).mean(axis=-1),
        "above 250": (glucose > 250).mean(axis=-1),
    }


def kovatchev(glucose: np.ndarray) -> np.ndarray:
    r"""$f(G) = 1.509\,[(\ln G)^{1.084} - 5.381]$: negative where G is low, positive where high."""
    return 1.509 * (np.log(_checked(glucose)) ** 1.084 - 5.381)


def lbgi(glucose: np.ndarray) -> np.ndarray:
    """Low blood glucose index: the mean of 10 f² over the last axis, counting f < 0 only."""
    f = kovatchev(glucose)
    return (10 * f**2 * (f < 0)).mean(axis=-1)


def hbgi(glucose: np.ndarray) -> np.ndarray:
    """High blood glucose index: the mean of 10 f² over the last axis, counting f > 0 only."""
    f = kovatchev(glucose)
    return (10 * f**2 * (f > 0)).mean(axis=-1)


def magni(glucose: np.ndarray) -> np.ndarray:
    r"""Magni risk, $10\,[3.5506\,((\ln G)^{0.8353} - 3.7932)]^2$: 0 at 139 mg/dL, 25 at 70."""
    return 10 * (3.5506 * (np.log(_checked(glucose)) ** 0.8353 - 3.7932)) ** 2


def cvga(glucose: np.ndarray) -> np.ndarray:
    """Zones A to E of the control-variability grid, one letter for each curve `(..., T)`.

    By the curve's low and high ends, its 2.5 and 97.5 per cent quantiles (Magni and others, 2008).
    """
    low, high = np.quantile(_checked(glucose), (0.025, 0.975), axis=-1)
    zones = np.full(np.shape(low), "D")
    too_low, too_high = low <= 70, high >= 300
    zones = np.where(too_high & (low > 90) | too_low & (high < 180), "C", zones)
    zones = np.where(too_low & too_high, "E", zones)
    zones = np.where(~too_low & ~too_high, "B", zones)
    return np.where((low >= 90) & (high <= 180), "A", zones)


def _checked(glucose: np.ndarray) -> np.ndarray:
    glucose = np.asarray(glucose, dtype=float)
    if not (np.isfinite(glucose).all() and (glucose >= 1).all()):
        raise ValueError("glucose must be finite and at least 1 mg/dL")
    return glucose
