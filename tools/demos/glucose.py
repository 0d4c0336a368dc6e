"""The glucose demo: thirty virtual subjects, and for each the linear model that MPC plans with.

All numbers are doubles and written in full as JSON, where `tools.demos` would make arrays of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from mbrl_lib.envs.glucose import BasalBolus, Ward, fixed_meals, metrics, names, sensor, subjects
from mbrl_lib.envs.glucose.controllers import Controller
from mbrl_lib.envs.glucose.forecasts import LinearForecast
from mbrl_lib.envs.glucose.identify import FOOD, INSULIN, LinearModel, identify, record
from mbrl_lib.envs.glucose.model import STATES
from mbrl_lib.envs.glucose.mpc import MPC, Wishes
from mbrl_lib.envs.glucose.ward import HISTORY, Reading
from mbrl_lib.planning import CEM, CEMSettings

SEED = 90_000
RUN_IN = 14  # days of a log
SETTINGS = CEMSettings(candidates=60, horizon=20, iterations=4, elites=8)
STEPS = 288  # control steps of a day
MEALS = ((420, 45.0), (720, 70.0), (1080, 80.0))  # minute and g of breakfast, lunch and dinner
FREE = ("adult#001", "adult#009", "adolescent#003", "adolescent#008", "child#001", "child#008")
PLANNED = ("adult#009", "adolescent#003", "child#004")


def models() -> dict[str, LinearModel]:
    """The linear model of every subject, from two weeks of sensor, pump and announced meals."""
    table = subjects()
    logs = record(table, [np.random.default_rng([SEED, n]) for n in range(len(table))], RUN_IN)
    return {
        str(row["name"]): identify(log, float(row["basal"]))
        for row, log in zip(table, logs, strict=True)
    }


class Given(Controller):
    """Doses that are fixed beforehand: `rate` in U/h, `boluses` as `{control step: U}`."""

    def __init__(self, table: np.ndarray, rate: float, boluses: dict[int, float]) -> None:
        super().__init__(table)
        self.rate, self.boluses = rate, boluses
        self.reset()

    def reset(self) -> None:
        """Midnight."""
        self._step = -1

    def doses(self, reading: Reading) -> np.ndarray:
        """The rate, and a bolus at its time."""
        self._step += 1
        return np.array([[self.rate, self.boluses.get(self._step, 0.0)]])


def day(
    table: np.ndarray, controller: Controller, seed: int, meals: Any = MEALS, counting: float = 0.0
) -> dict[str, Any]:
    """A subject's day: what was given, and what came of it every five minutes.

    `counting` is by how much announced meals err, as a share: 0.5 says half more than is eaten.
    """
    ward = Ward(table, 1, fixed_meals(meals))
    reading = ward.reset([np.random.default_rng(seed)])
    ward.announced *= 1 + counting
    reading = ward.reading
    controller.reset()
    glucose, insulin, readings = [ward.glucose[0]], [], [reading.cgm[0, -1]]
    for _ in range(ward.steps):
        doses = controller.doses(reading)
        reading = ward.step(doses[:, 0], doses[:, 1])
        glucose.append(ward.glucose[0])
        insulin.append(reading.insulin[0, -1])
        readings.append(reading.cgm[0, -1])
    return {
        "subject": str(table["name"][0]), "meals": [list(meal) for meal in meals],
        "counting": counting, "errors": ward._errors[0, HISTORY - 1 :].tolist(),
        "glucose": _numbers(glucose), "insulin": _numbers(insulin), "sensor": _numbers(readings),
        "states": ward.patients.states[0].tolist(),
    }  # fmt: skip


def free_days() -> list[dict[str, Any]]:
    """Days in which doses are given beforehand: too much, too little, late, early."""
    random, found = np.random.default_rng(SEED), []
    for number, name in enumerate(FREE):
        table = subjects([name])
        rate = float(table["basal"][0] * random.uniform(0.5, 1.5))
        meals = [(minute, float(random.integers(10, 110))) for minute in (435, 700, 1100)]
        boluses = {
            (minute + 5 * int(random.integers(-6, 12))) // 5: float(random.uniform(0.5, 6.0))
            for minute, _ in meals
        }
        given = Given(table, rate, boluses)
        lived = day(table, given, number, meals)
        doses = {"rate": rate, "boluses": [[5 * k, units] for k, units in boluses.items()]}
        found.append(doses | {key: lived[key] for key in ("subject", "meals", "glucose", "states")})
    return found


def rule_days() -> list[dict[str, Any]]:
    """Days under basal-bolus, with meals counted well, too high and too low."""
    found = []
    for number, (name, counting) in enumerate(zip(FREE, (0.0, 0.4, -0.5) * 2, strict=True)):
        table = subjects([name])
        found.append(day(table, BasalBolus(table), number, counting=counting))
    return found


def forecasts(known: dict[str, LinearModel]) -> list[dict[str, Any]]:
    """What linear forecasts know after some hours, and what they foresee for given knobs."""
    found = []
    for number, name in enumerate(PLANNED):
        random, table = np.random.default_rng([SEED, 1, number]), subjects([name])
        lived = day(table, BasalBolus(table), number)
        forecast, food = LinearForecast(known[name]), dict(MEALS)
        rows = [
            (lived["sensor"][k], lived["insulin"][k - 1] if k else 0.0, food.get(5 * k, 0.0))
            for k in range(85 + 60 * number)
        ]
        rows[-1] = (*rows[-1][:2], 60.0)
        for row in rows:
            forecast.take_in(*row)
        knobs = random.uniform(-1, 0.6, SETTINGS.horizon)
        state = forecast.state()[None]
        seen = [float(forecast.glucose(state)[0])]
        for knob in knobs:
            state = forecast.dynamics.predict(state, torch.tensor([[knob]]).float()).mean
            seen.append(float(forecast.glucose(state)[0]))
        found.append({"subject": name, "rows": rows, "knobs": knobs.tolist(), "glucose": seen})
    return found


def planned_days(known: dict[str, LinearModel]) -> list[dict[str, Any]]:
    """Days under MPC. The page draws other candidates, so only what they are worth can agree."""
    found = []
    for number, name in enumerate(PLANNED):
        table = subjects([name])
        controller = MPC(
            table,
            [LinearForecast(known[name])],
            lambda problem: CEM(problem, SETTINGS),
            [torch.Generator().manual_seed(SEED)],
            Wishes(),
        )
        found.append(day(table, controller, number))
    return found


def worth(glucose: np.ndarray) -> dict[str, float]:
    """What the page says of a curve."""
    return {name: float(share) for name, share in metrics.times(glucose).items()} | {
        "magni": float(metrics.magni(glucose).mean()),
        "lbgi": float(metrics.lbgi(glucose)), "hbgi": float(metrics.hbgi(glucose)),
    }  # fmt: skip


def _numbers(values: Any) -> list[float]:
    return [float(value) for value in values]


def _model(model: LinearModel) -> dict[str, Any]:
    return {
        "insulin": model.insulin.tolist(), "food": model.food.tolist(),
        "constant": model.constant, "basal": model.basal, "error": model.error,
    }  # fmt: skip


def export() -> tuple[dict[str, Any], dict[str, Any]]:
    """Record and identify thirty subjects, and let a few live for a day (20 s on one thread)."""
    table, known = subjects(), models()
    left_out = ("name", "r_1")
    fields = [field for field in table.dtype.names if field not in left_out]
    meta = {
        "subjects": {
            str(row["name"]): {field: float(row[field]) for field in fields} for row in table
        },
        "models": {name: _model(known[name]) for name in names()},
        "insulin_times": INSULIN.times, "food_times": FOOD.times,
        "sensor_errors": sensor.errors(np.random.default_rng(SEED + 2), STEPS + 1, 5).tolist(),
    }  # fmt: skip
    grid = np.linspace(-20, 700, 1009)
    wishes = Wishes()(torch.tensor(grid)).tolist()
    curve = np.abs(180 + 120 * np.sin(np.arange(289) / 17) + np.arange(289) / 10) + 5
    golden = {
        "states": list(STATES), "free": free_days(), "rule": rule_days(),
        "forecasts": forecasts(known), "planned": planned_days(known),
        "wishes": {"glucose": grid.tolist(), "worth": wishes},
        "worth": {"glucose": curve.tolist(), **worth(curve)},
    }  # fmt: skip
    return {"meta": meta, "tensors": {}}, golden
