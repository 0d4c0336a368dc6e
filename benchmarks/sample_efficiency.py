"""How many steps a model-free learner needs: stable-baselines3's SAC and PPO, at their best.

`python -m benchmarks.sample_efficiency [TASK ALGORITHM]` first tunes each algorithm on each task,
on seeds of their own, then runs the best setting on the scored seeds. Every finished run is kept
in `results/sample_efficiency/`, so that a killed bench goes on where it stopped.
`benchmarks/peers/sb3_steps.py` says what one run does. PPO is tuned on two seeds, SAC on three
on the pendulum and on ten on the cart-pole, where a run takes seconds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from typing import Any

import numpy as np
from scipy import stats
from tqdm import tqdm

from benchmarks import peers

RESULTS = peers.ROOT / "results" / "sample_efficiency"
PEER = "stable-baselines3"
SEEDS = tuple(range(10))
PROCESSES = 2


@dataclass(frozen=True)
class Task:
    """An environment and the returns that are asked for there."""

    environment: str  # the Gymnasium id; episodes of 200 steps
    thresholds: tuple[float, ...]  # mean returns, the hardest last: a run stops there
    every: int  # steps of experience between two evaluations


@dataclass(frozen=True)
class Setting:
    """What a learner is run with; whatever it leaves out is stable-baselines3's default."""

    arguments: dict[str, Any]  # of the algorithm's class
    copies: int = 1  # of the environment that data is collected in; the steps of all are counted


@dataclass(frozen=True)
class Sweep:
    """What is tried for an algorithm on a task."""

    settings: dict[str, Setting]
    tuning_seeds: tuple[int, ...]
    tuning_cap: int  # steps of a tuning run
    cap: int  # steps of a scored run


TASKS = {
    "cartpole": Task("mbrl/CartPoleBalance-v0", (195.0,), every=25),
    "pendulum": Task("mbrl/Pendulum-v0", (-400.0, -300.0, -250.0, -200.0), every=50),
}

_SMALL = {"policy_kwargs": {"net_arch": [64, 64]}, "batch_size": 128}
_QUICK = {**_SMALL, "gamma": 0.98, "tau": 0.02}
SAC = {
    "small": Setting({**_SMALL, "learning_rate": 1e-3}),
    "quick": Setting({**_QUICK, "learning_rate": 3e-3}),
    "cool": Setting({**_QUICK, "learning_rate": 3e-3, "gamma": 0.95, "ent_coef": "auto_0.1"}),
    "updates": Setting({**_QUICK, "learning_rate": 1e-3, "gradient_steps": 3}),
    # what rl-baselines3-zoo found for Pendulum-v1 (hyperparams/sac.yml); networks of 256 x 256
    "zoo": Setting({"learning_rate": 1e-3}),
}
_FREQUENT = Setting({
    "learning_rate": 1e-3, "n_steps": 256, "batch_size": 64, "gamma": 0.98, "gae_lambda": 0.9,
})  # fmt: skip
# The settings "zoo" are those of rl-baselines3-zoo's hyperparams/ppo.yml for CartPole-v1 (there
# with rates that fall to 0 after 100,000 steps) and Pendulum-v1.
SWEEPS = {
    ("cartpole", "SAC"): Sweep(SAC, tuple(range(100, 110)), 3_000, 10_000),
    ("pendulum", "SAC"): Sweep(SAC, (100, 101, 102), 5_000, 10_000),
    ("cartpole", "PPO"): Sweep(
        {
            "defaults": Setting({}),
            "frequent": _FREQUENT,
            "zoo": Setting(
                {
                    "n_steps": 32, "batch_size": 256, "gae_lambda": 0.8, "gamma": 0.98,
                    "n_epochs": 20, "learning_rate": 1e-3,
                },
                copies=8,
            ),
        },
        (100, 101), 20_000, 30_000,
    ),
    ("pendulum", "PPO"): Sweep(
        {
            "defaults": Setting({}),
            "frequent": _FREQUENT,
            "zoo": Setting(
                {
                    "n_steps": 1024, "gae_lambda": 0.95, "gamma": 0.9, "learning_rate": 1e-3,
                    "use_sde": True, "sde_sample_freq": 4,
                },
                copies=4,
            ),
        },
        (100, 101), 20_000, 20_000,
    ),
}  # fmt: skip


def job(task: str, algorithm: str, setting: str, seed: int, cap: int) -> dict[str, Any]:
    """What `sb3_steps.py` is asked to do."""
    chosen = SWEEPS[task, algorithm].settings[setting]
    return {
        "environment": TASKS[task].environment,
        "algorithm": algorithm,
        "seed": seed,
        "settings": chosen.arguments,
        "copies": chosen.copies,
        "every": TASKS[task].every,
        "stop_at": TASKS[task].thresholds[-1],
        "cap": cap,
    }


def kept(path: Path, wanted: dict[str, Any]) -> dict[str, Any] | None:
    """The finished run at `path`, if it is there and was made by exactly the job `wanted`."""
    if not path.exists():
        return None
    run = json.loads(path.read_text())
    return run if run["job"] == wanted else None


def run_all(task: str, algorithm: str, setting_seeds: Sequence[tuple[str, int]], cap: int) -> None:
    """Make those runs that are not kept yet, `PROCESSES` at a time, and keep each as it ends."""
    wanted = {
        _path(task, algorithm, setting, seed): job(task, algorithm, setting, seed, cap)
        for setting, seed in setting_seeds
    }
    missing = [(path, asked) for path, asked in wanted.items() if kept(path, asked) is None]
    runs = peer_runs([asked for _, asked in missing])
    done = len(wanted) - len(missing)
    bar = tqdm(runs, f"{algorithm}, {task}", initial=done, total=len(wanted), unit="run")
    for place, outcome in bar:
        path, asked = missing[place]
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        unfinished.write_text(json.dumps({"job": asked, **outcome}) + "\n")
        os.replace(unfinished, path)


def peer_runs(jobs: list[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The runs of all jobs as they end, each with its job's place in the list."""
    if not jobs:
        return
    command = [peers.python_of(PEER), peers.HERE / "sb3_steps.py", str(PROCESSES)]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        json.dump(jobs, process.stdin)
        process.stdin.close()
        yield from map(json.loads, process.stdout)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


def steps_to(curve: Sequence[tuple[int, float]], threshold: float) -> int | None:
    """The steps before the first evaluation with a mean return of `threshold`; None for never."""
    return next((steps for steps, mean in curve if mean >= threshold), None)


def best(steps: dict[str, Sequence[int | None]], cap: int) -> str:
    """The setting with the fewest steps in the median over seeds; a run that never came is worst.

    Equal medians are decided by the mean, for which a run that never came counts `cap` steps.
    """

    def cost(setting: str) -> tuple[float, float]:
        counts = steps[setting]
        median = np.median([np.inf if count is None else count for count in counts])
        return float(median), float(np.mean([cap if count is None else count for count in counts]))

    return min(steps, key=cost)


def tuned(task: str, algorithm: str) -> str:
    """The name of the best setting of the finished tuning runs, by the hardest threshold."""
    sweep = SWEEPS[task, algorithm]
    steps = {
        setting: [
            _kept_steps(task, algorithm, setting, seed, sweep.tuning_cap, None)
            for seed in sweep.tuning_seeds
        ]
        for setting in sweep.settings
    }
    return best(steps, sweep.tuning_cap)


def peer_steps(task: str, algorithm: str, threshold: float | None = None) -> dict[str, Any]:
    """The steps to `threshold` (by default the hardest) that the best setting needed, by seed.

    Parameters
    ----------
    task : "cartpole" or "pendulum"
    algorithm : "SAC" or "PPO"

    Returns
    -------
    dict with `steps`, a count for each of `SEEDS` or None where it was never reached within `cap`;
    `cap`; `threshold`; `setting`, its name; `arguments` and `copies`, what it was run with

    Raises `ValueError` for a threshold that was not asked for, and `FileNotFoundError` when runs
    are missing.
    """
    sweep, asked = SWEEPS[task, algorithm], TASKS[task].thresholds
    threshold = asked[-1] if threshold is None else threshold
    if threshold not in asked:
        raise ValueError(f"threshold must be one of {asked}; got {threshold!r}")
    setting = tuned(task, algorithm)
    return {
        "steps": [
            _kept_steps(task, algorithm, setting, seed, sweep.cap, threshold) for seed in SEEDS
        ],
        "cap": sweep.cap,
        "threshold": threshold,
        "setting": setting,
        "arguments": sweep.settings[setting].arguments,
        "copies": sweep.settings[setting].copies,
    }


def ratio_of_medians(
    peer: Sequence[float | None],
    ours: Sequence[float],
    cap: float,
    generator: np.random.Generator,
    level: float = 0.95,
) -> tuple[float, float, float]:
    """Median steps of the peer over median steps of ours, with its bootstrap interval.

    Both samples are drawn anew, independently, 10,000 times; the interval is between percentiles.
    A run of the peer that never reached the return (None) counts `cap` steps, the fewest that it
    can need, so that the ratio errs in the peer's favour.

    Returns the ratio and the interval's ends. Raises `ValueError` for a run of ours without a
    positive, finite count.
    """
    ours = np.asarray(ours, dtype=float)
    if not (np.isfinite(ours) & (ours > 0)).all():
        raise ValueError(f"every run of ours must have a positive count of steps; got {ours}")
    samples = [cap if steps is None else steps for steps in peer], ours

    def ratio(peer: np.ndarray, ours: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.median(peer, axis) / np.median(ours, axis)

    interval = stats.bootstrap(
        samples, ratio, n_resamples=10_000, confidence_level=level, method="percentile",
        rng=generator,
    ).confidence_interval  # fmt: skip
    return float(ratio(*samples)), float(interval.low), float(interval.high)


def measure(task: str, algorithm: str) -> None:
    """Tune, then run the best setting on the scored seeds; prints the counts of steps."""
    sweep = SWEEPS[task, algorithm]
    # by seed first: every setting has one run before any has two
    tries = [(setting, seed) for seed in sweep.tuning_seeds for setting in sweep.settings]
    run_all(task, algorithm, tries, sweep.tuning_cap)
    setting = tuned(task, algorithm)
    run_all(task, algorithm, [(setting, seed) for seed in SEEDS], sweep.cap)
    for threshold in TASKS[task].thresholds:
        steps = peer_steps(task, algorithm, threshold)["steps"]
        print(f"{algorithm} ({setting}), {task}, return {threshold:g}: {steps} steps", flush=True)


def _path(task: str, algorithm: str, setting: str, seed: int) -> Path:
    return RESULTS / task / algorithm / f"{setting}-{seed}.json"


def _kept_steps(
    task: str, algorithm: str, setting: str, seed: int, cap: int, threshold: float | None
) -> int | None:
    """Steps of a finished run to `threshold`, or to where it stopped."""
    path = _path(task, algorithm, setting, seed)
    found = kept(path, job(task, algorithm, setting, seed, cap))
    if found is None:
        raise FileNotFoundError(
            f"{path} is missing or made by another job; run python -m benchmarks.sample_efficiency"
        )
    return found["steps"] if threshold is None else steps_to(found["curve"], threshold)


def main(arguments: Sequence[str]) -> int:
    """All sweeps, or the one that is named; 2 for a bad call."""
    wanted = [tuple(arguments)] if arguments else list(SWEEPS)
    if not set(wanted) <= set(SWEEPS):
        known = ", ".join(" ".join(pair) for pair in SWEEPS)
        print(f"usage: python -m benchmarks.sample_efficiency [{known}]", file=sys.stderr)
        return 2
    for pair in wanted:
        measure(*pair)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
