"""What a class's results say about each task: how hard it was, how well it tells, what goes wrong.

Difficulty is the mean share of the points; discrimination is the correlation of a task's share with
the points of all other tasks together (the rest score), so that a task does not speak for itself.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class TaskStatistics:
    """One task's figures.

    Attributes
    ----------
    students : int, how many results they rest on
    difficulty : float or None, the mean share of the points, 1 for a task that all solved
    discrimination : float or None, in [-1, 1]; None where all did the same
    misconception : str, the known mistake most often recognised, or ""
    misconceptions : int, how often it was
    """

    task: str
    points: float
    students: int
    difficulty: float | None
    discrimination: float | None
    misconception: str = ""
    misconceptions: int = 0


def task_statistics(
    points: Mapping[str, float],
    earned: Sequence[Mapping[str, float]],
    likely: Sequence[tuple[str, str]] = (),
) -> list[TaskStatistics]:
    """The figures of each task, in the order of `points`.

    Parameters
    ----------
    points : the points of each task
    earned : one mapping for each student, from task to points; a task not yet graded is absent
    likely : (task, known mistake) for every mistake that was recognised
    """
    made = []
    for task, maximum in points.items():
        with_it = [student for student in earned if task in student]
        share = np.array([student[task] / maximum if maximum else 0.0 for student in with_it])
        rest = np.array([sum(v for k, v in s.items() if k != task) for s in with_it])
        mistakes = Counter(mistake for of, mistake in likely if of == task and mistake)
        words, count = min(mistakes.items(), key=lambda m: (-m[1], m[0]), default=("", 0))
        made.append(
            TaskStatistics(
                task, maximum, len(with_it),
                float(share.mean()) if len(share) else None,
                _correlation(share, rest), words, count,
            )
        )  # fmt: skip
    return made


def _correlation(a: np.ndarray, b: np.ndarray) -> float | None:
    """Pearson's correlation, or None where one of the two does not vary."""
    if len(a) < 2 or np.ptp(a) < 1e-12 or np.ptp(b) < 1e-12:
        return None
    found = float(np.corrcoef(a, b)[0, 1])
    return found if math.isfinite(found) else None
