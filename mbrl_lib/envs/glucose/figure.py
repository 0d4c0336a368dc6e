"""The standard picture of a few days: glucose with its target range, meals, and insulin."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from mbrl_lib import plotting
from mbrl_lib.envs.glucose.ward import CONTROL


def report(
    glucose: np.ndarray,
    insulin: np.ndarray,
    carbohydrate: np.ndarray,
    cgm: np.ndarray | None = None,
    title: str = "",
) -> Figure:
    """Plasma glucose above, meals and insulin below; every five minutes from midnight on.

    Parameters
    ----------
    glucose : array `(T,)`, mg/dL
    insulin : array `(T,)`, U in each step
    carbohydrate : array `(T,)`, g of meals that begin in each step
    cgm : array `(T,)`, what the sensor showed, if it is to be drawn

    Raises `ValueError` for arrays of different lengths.
    """
    lengths = {len(x) for x in (glucose, insulin, carbohydrate, *([] if cgm is None else [cgm]))}
    if len(lengths) > 1:
        raise ValueError(f"all series must have one length; got {sorted(lengths)}")
    hours = np.arange(len(glucose)) * CONTROL / 60
    made, (above, below) = plotting.figure(
        2, 1, width=7.2, height=4.0, sharex=True, gridspec_kw={"height_ratios": [3, 1.3]}
    )
    above.axhspan(70, 180, color=plotting.PALETTE["green"], alpha=0.15, linewidth=0)
    if cgm is not None:
        above.plot(hours, cgm, ".", color=plotting.PALETTE["grey"], markersize=2.5, label="sensor")
    above.plot(hours, glucose, color=plotting.PALETTE["blue"], label="plasma")
    above.set(ylabel="glucose, mg/dL", title=title, ylim=(0, max(300, 1.05 * np.max(glucose))))
    above.legend(loc="upper right", ncols=2)
    eaten = np.flatnonzero(carbohydrate)
    above.vlines(hours[eaten], 0, 25, color=plotting.PALETTE["orange"])
    for k in eaten:
        above.text(hours[k], 28, f"{carbohydrate[k]:.0f} g", ha="center", fontsize=8)
    below.step(hours, insulin * 60 / CONTROL, where="post", color=plotting.PALETTE["violet"])
    below.set_yscale("symlog", linthresh=2)
    below.set(xlabel="hour", ylabel="insulin, U/h")
    return made
