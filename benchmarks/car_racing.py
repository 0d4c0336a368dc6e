"""Car racing against Gymnasium's own CarRacing-v3: how fast, and how alike.

Turn by turn on the same tracks with the same actions, one process, CPU time; resets are not timed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import gymnasium
import numpy as np

from benchmarks.evidence import record
from mbrl_lib.envs.car_racing import CarRacing, SmoothedRandomPolicy
from mbrl_lib.envs.car_racing.drawing import preprocess

TRACKS = range(6)
STEPS = 300  # of each episode
PACKAGES = ("gymnasium", "numpy", "opencv-python-headless", "Box2D", "pygame-ce")


def _episode(env: gymnasium.Env, seed: int, actions: np.ndarray) -> tuple[float, list]:
    """CPU-seconds of the steps, and what they returned."""
    env.reset(seed=seed)
    outcomes = []
    began = time.process_time()
    for action in actions:
        outcomes.append(env.step(action))
    return time.process_time() - began, outcomes


def _actions(seed: int) -> np.ndarray:
    policy = SmoothedRandomPolicy(np.random.default_rng(seed))
    return np.stack([policy.act(np.zeros(0)) for _ in range(STEPS)])


def compare(frames: str, same: Callable[[np.ndarray], np.ndarray]) -> tuple[float, float, bool]:
    """How many times as fast, the mean difference of a pixel, whether all rewards are equal."""
    ratios, errors, equal = [], [], True
    for seed in TRACKS:
        actions = _actions(seed)
        theirs = gymnasium.make("CarRacing-v3").unwrapped
        slow, expected = _episode(theirs, seed, actions)
        fast, got = _episode(CarRacing(frames), seed, actions)
        ratios.append(slow / fast)
        for (frame, reward, *_), (seen, ours, *_) in zip(expected, got, strict=True):
            errors.append(np.abs(same(frame).astype(int) - seen).mean())
            equal &= bool(reward == ours)
        print(
            f"{frames}, track {seed}: {STEPS / slow:.0f} and {STEPS / fast:.0f} steps/s", flush=True
        )
    return median(ratios), float(np.mean(errors)), equal


def speed() -> None:
    """Two rows: training frames and exact pixels."""
    ratio, error, equal = compare("fast", preprocess)
    _check(equal and error <= 1, f"fast frames: rewards equal {equal}, mean error {error:.2f}")
    record(
        "car_racing_env_speedup",
        f"steps of training frames (64x64, every one drawn) in the CPU time of one of Gymnasium's "
        f"CarRacing-v3, same tracks and actions, median of {len(TRACKS)} tracks; rewards "
        f"identical, mean difference of a pixel from its preprocessed frame {error:.2f} of 255",
        ">= 10", round(ratio, 2), "times", "make bench only=car_racing_speed",
        seeds=list(TRACKS), packages=PACKAGES,
    )  # fmt: skip
    ratio, error, equal = compare("exact", lambda frame: frame)
    _check(equal and error == 0, f"exact frames: rewards equal {equal}, mean error {error:.2f}")
    record(
        "car_racing_exact_speedup",
        f"steps with every pixel identical to Gymnasium's CarRacing-v3 in the CPU time of one of "
        f"its own, same tracks and actions, median of {len(TRACKS)} tracks",
        ">= 3", round(ratio, 2), "times", "make bench only=car_racing_speed",
        seeds=list(TRACKS), packages=PACKAGES,
    )  # fmt: skip


def _check(holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(what)
