"""The glucose model against simglucose, which runs in an environment of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np

from benchmarks import peers
from benchmarks.evidence import ROOT, record
from benchmarks.peers.simglucose_days import EVERY, MEALS, MINUTES, MODES
from mbrl_lib.envs.glucose import Patients, names, subjects

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
