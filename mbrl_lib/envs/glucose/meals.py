"""What a subject eats, and when: grams of carbohydrate for every minute of some days."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.stats import truncnorm

from mbrl_lib import validate

DAY = 1440  # minutes
Meals = Callable[[np.random.Generator, int], np.ndarray]
"""`meals(random, days) -> (days * 1440,)`: the grams of a meal that begins in each minute."""

# Three meals and three snacks: the chance of each, the middle and the spread of its time and the
# earliest and latest time (min), and mean and standard deviation of its size (g). The numbers are
# those of simglucose's random scenario; they are the same for a child and for an adult.
_HABITS = (
    (0.95, 420, 60, 300, 540, 45, 10),
    (0.3, 570, 30, 540, 600, 10, 5),
    (0.95, 720, 60, 600, 840, 70, 10),
    (0.3, 900, 30, 840, 960, 10, 5),
    (0.95, 1080, 60, 960, 1200, 80, 10),
    (0.3, 1290, 30, 1200, 1380, 10, 5),
)


def random_meals(random: np.random.Generator, days: int) -> np.ndarray:
    """Breakfast, lunch, dinner and snacks, at times and in sizes that vary, `(days * 1440,)` g."""
    grams = np.zeros(days * DAY)
    for day in range(days):
        for chance, middle, spread, first, last, size, deviation in _HABITS:
            if random.random() >= chance:
                continue
            ends = ((first - middle) / spread, (last - middle) / spread)
            minute = int(truncnorm.rvs(*ends, loc=middle, scale=spread, random_state=random))
            grams[day * DAY + minute] += max(0.0, np.rint(random.normal(size, deviation)))
    return grams


def fixed_meals(plan: Sequence[tuple[int, float]]) -> Meals:
    """The same every day: `(minute of the day, grams)` of each meal.

    Raises `ValueError` for a minute outside the day, or grams below 0 or not finite.
    """
    grams = np.zeros(DAY)
    for minute, size in plan:
        validate.at_least("the minute of a meal", minute, 0)
        if minute >= DAY or not (np.isfinite(size) and size >= 0):
            raise ValueError(
                f"a meal is a minute below {DAY} and grams, finite and not below 0; "
                f"got {(minute, size)}"
            )
        grams[minute] += size
    return lambda random, days: np.tile(grams, days)
