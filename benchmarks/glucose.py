"""The glucose model against simglucose, which runs in an environment of its own."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from statistics import median

import gymnasium
import numpy as np

from benchmarks import peers
from benchmarks.evidence import ROOT, record
from benchmarks.peers.simglucose_days import EVERY, MEALS, MINUTES, MODES
from mbrl_lib.envs.glucose import BasalBolus, GlucoseVector, Patients, names, subjects

REFERENCE = ROOT / "tests" / "lib" / "reference" / "simglucose.json"


def day(mode: str) -> np.ndarray:
    """Plasma glucose of all subjects after every `EVERY` minutes of a mode, `(30, T)`, mg/dL."""
    table = subjects()
    patients, seen = Patients(table), []
    for food, insulin in _inputs(mode, table):
        patients.minute(food, insulin)
        seen.append(patients.glucose)
    return np.stack(seen[EVERY - 1 :: EVERY], axis=1)


def _inputs(mode: str, table: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Carbohydrate in g and insulin in U for each minute, as the peer's script gives them."""
    basal = table["basal"] / 60
    for minute in range(MINUTES):
        eats = MEALS.get(minute, 0.0) if mode in ("basal", "bolus") else 0.0
        food = np.full(len(table), eats)
        insulin = 0 * basal if mode == "none" else basal
        if mode == "bolus":
            insulin = insulin + food / table["carbohydrate_ratio"]
        if mode == "dose" and minute == 720:
            insulin = insulin + 2.0
        yield food, insulin


def accuracy() -> None:
    """The row, and the table that the ordinary tests compare with."""
    theirs = peers.run("simglucose", "simglucose_days.py")
    worst = 0.0
    for mode in MODES:
        reference = np.array([theirs[mode][name] for name in names()])
        error = np.abs(day(mode) - reference).max()
        print(f"{mode}: at most {error:.4f} mg/dL off")
        worst = max(worst, float(error))
    rounded = {
        mode: {name: [round(x, 4) for x in row] for name, row in found.items()}
        for mode, found in theirs.items()
    }
    REFERENCE.write_text(json.dumps(rounded) + "\n", encoding="utf-8")
    record(
        "glucose_max_error_mg_dl",
        "Plasma glucose of 30 subjects over 24 h in five modes (basal, basal and bolus, fasting, "
        "without insulin, 2 U at noon): the largest difference from simglucose 0.2.11",
        "<= 0.05",
        round(worst, 5),
        "mg/dL",
        "make bench only=glucose_accuracy",
        packages=("numpy", "numba"),
    )


# --- speed ----------------------------------------------------------------------------------------

TIMED = ("adolescent#001", "adult#001", "child#001")  # the peer's; all are alike


def speed() -> None:
    """Patient-days of basal and bolus with sensor and controller, in CPU time beside simglucose."""
    batch, single = _batch_day(), [_single_day(name) for name in TIMED]  # compiled on the way
    batch, single = _batch_day(), [_single_day(name) for name in TIMED]
    theirs = peers.run("simglucose", "simglucose_speed.py", *TIMED)
    print(f"simglucose {theirs}, one subject {single}, each of 30 {batch}: CPU-seconds a day")
    for name, what, target, seconds in (
        ("batch", "each of 30 subjects side by side", ">= 100", batch),
        ("single", "one subject in the Gymnasium environment", ">= 10", median(single)),
    ):
        record(
            f"glucose_speedup_{name}",
            f"A day of basal and bolus with sensor and controller: CPU time of simglucose's "
            f"T1DSimEnv with its BBController under NumPy 1.26 (median of {len(TIMED)} subjects) "
            f"over ours, {what}, one process",
            target,
            round(median(theirs) / seconds, 1),
            "times",
            "make bench only=glucose_speed",
            packages=("numpy", "numba", "gymnasium"),
        )


def _batch_day() -> float:
    env = GlucoseVector(bolus=True)
    controller = BasalBolus(subjects())
    observation, _ = env.reset(seed=0)
    began = time.process_time()
    for _ in range(env.ward.steps):
        observation, *_ = env.step(controller.act(observation))
    return (time.process_time() - began) / env.num_envs


def _single_day(name: str) -> float:
    env = gymnasium.make("mbrl/Glucose-v0", subject=name, bolus=True)
    controller = BasalBolus(subjects([name]))
    observation, _ = env.reset(seed=0)
    began, ended = time.process_time(), False
    while not ended:
        observation, _, terminated, truncated, _ = env.step(controller.act(observation))
        ended = terminated or truncated
    return time.process_time() - began
