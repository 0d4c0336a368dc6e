"""How good a policy is: returns over episodes and seeds, each with its uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import gymnasium
import numpy as np
from scipy import stats
from tqdm.auto import tqdm

from mbrl_lib import validate
from mbrl_lib.data import run_episode
from mbrl_lib.types import Policy


@dataclass(frozen=True)
class Interval:
    """A mean with its confidence interval.

    Attributes
    ----------
    mean, low, high : float
    level : float, e.g. 0.95
    count : int, how many values went in
    """

    mean: float
    low: float
    high: float
    level: float
    count: int

    def __str__(self) -> str:
        return f"{self.mean:.1f} [{self.low:.1f}, {self.high:.1f}]"


def confidence_interval(values: Sequence[float], level: float = 0.95) -> Interval:
    """Student's t interval of the mean of independent values; one value gives an infinite one.

    Raises `ValueError` for no values, NaN among them, or a level outside (0, 1).
    """
    values = np.asarray(values, dtype=float)
    if values.ndim != 1 or values.size == 0 or not np.isfinite(values).all():
        raise ValueError(f"values must be a non-empty list of finite numbers; got {values!r}")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1; got {level!r}")
    mean = float(values.mean())
    if values.size == 1:
        return Interval(mean, -np.inf, np.inf, level, 1)
    half = stats.t.ppf((1 + level) / 2, values.size - 1) * stats.sem(values)
    return Interval(mean, mean - float(half), mean + float(half), level, values.size)


def evaluate(
    make_env: Callable[[], gymnasium.Env],
    make_policy: Callable[[gymnasium.Env, int], Policy],
    seeds: Sequence[int],
    progress: bool = False,
) -> np.ndarray:
    """One episode for each seed, with a fresh environment and policy; returns `(len(seeds),)`.

    Parameters
    ----------
    make_env : called without arguments
    make_policy : called with the environment and the seed
    """
    if len(seeds) == 0:
        raise ValueError("give at least one seed")
    for seed in seeds:
        validate.at_least("seed", seed, 0)
    returns = []
    for seed in tqdm(seeds, unit="episode", disable=not progress):
        env = make_env()
        returns.append(run_episode(env, make_policy(env, seed), seed=int(seed)).total_reward)
        env.close()
    return np.array(returns)
