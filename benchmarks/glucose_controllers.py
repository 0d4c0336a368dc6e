"""Who doses insulin best: every controller on 30 subjects for a week, the same meals for all.

Forecasts are identified from two weeks of varied basal-bolus life that no evaluated week includes,
with the same sensor and the same announced meals. Each controller's weeks are kept in
`results/glucose/NAME.json` as soon as they are there; what was asked for stands in the file, and a
file that answers the same question is not made again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import joblib
import numpy as np
import torch
from scipy import stats
from tqdm.auto import tqdm

from benchmarks.evidence import ROOT, record
from mbrl_lib.envs.glucose import PID, Basal, BasalBolus, Ward, metrics, names, subjects
from mbrl_lib.envs.glucose.controllers import Controller
from mbrl_lib.envs.glucose.forecasts import EnsembleForecast, LinearForecast, TrueForecast, learn
from mbrl_lib.envs.glucose.identify import identify
from mbrl_lib.envs.glucose.identify import record as record_log
from mbrl_lib.envs.glucose.mpc import MPC, Wishes
from mbrl_lib.envs.glucose.subjects import AGE_GROUPS
from mbrl_lib.experiments.stages import write_whole
from mbrl_lib.planning.cem import CEM, CEMSettings
from mbrl_lib.planning.problem import PlanningProblem
from mbrl_lib.planning.random_shooting import RandomShooting
from mbrl_lib.planning.rollout import evaluate_candidates
from mbrl_lib.types import Planner

FOLDER = ROOT / "results" / "glucose"
SEED = 70_000  # of the evaluated weeks; settings were chosen on weeks from 3,000 on
PLURAL = {"adult": "adults", "adolescent": "adolescents", "child": "children"}


@dataclass(frozen=True)
class Question:
    """What is asked of a controller."""

    controller: str
    days: int = 7
    run_in: int = 14  # days from which a forecast is identified
    counting_error: float = 0.0
    candidates: int = 60
    horizon: int = 20
    iterations: int = 4
    elites: int = 8
    forecast_error: float = 12.0  # mg/dL, in `Wishes`
    seed: int = SEED


FAR = Question("mpc_true_far", horizon=32)
QUESTIONS = (
    Question("basal"),
    Question("basal_bolus"),
    Question("basal_bolus_counting_error", counting_error=0.3),
    Question("pid"),
    Question("mpc_linear"),
    Question("mpc_linear_counting_error", counting_error=0.3),
    Question("mpc_linear_shooting", candidates=240),
    Question("mpc_ensemble"),
    Question("mpc_true"),
    FAR,
)


# --- a subject's week -----------------------------------------------------------------------------


def week(asked: Question, name: str) -> dict[str, Any]:
    """What a subject's week with a controller was worth."""
    torch.set_num_threads(1)
    table, number = subjects([name]), names().index(name)
    ward = Ward(table, asked.days, counting_error=asked.counting_error)
    reading = ward.reset([np.random.default_rng([asked.seed, number])])
    controller, glucose = _controller(asked, table, ward, number), []
    for _ in range(ward.steps):
        doses = controller.doses(reading)
        reading = ward.step(doses[:, 0], doses[:, 1])
        glucose.append(float(ward.glucose[0]))
    return _worth(np.maximum(glucose, 1.0))


def _worth(glucose: np.ndarray) -> dict[str, Any]:
    shares = {name: float(share) for name, share in metrics.times(glucose).items()}
    return shares | {
        "magni": float(metrics.magni(glucose).mean()),
        "lbgi": float(metrics.lbgi(glucose)),
        "hbgi": float(metrics.hbgi(glucose)),
        "mean": float(glucose.mean()),
        "zone": str(metrics.cvga(glucose)),
    }


def _controller(asked: Question, table: np.ndarray, ward: Ward, number: int) -> Controller:
    plain = {"basal": Basal, "basal_bolus": BasalBolus, "pid": PID}
    kind = asked.controller.removesuffix("_counting_error").removesuffix("_far")
    if kind in plain:
        return plain[kind](table)
    generator = torch.Generator().manual_seed(asked.seed + number)
    if kind == "mpc_true":
        forecast: Any = TrueForecast(ward, 0)
    else:
        random = np.random.default_rng([asked.seed + 1, number])
        (log,) = record_log(table, [random], asked.run_in, counting_error=asked.counting_error)
        model = identify(log, float(table["basal"][0]))
        forecast = LinearForecast(model)
        if kind == "mpc_ensemble":
            forecast = EnsembleForecast(model, learn(log, model, generator))
    return MPC(table, [forecast], _planner(asked), [generator], Wishes(asked.forecast_error))


def _planner(asked: Question) -> Callable[[PlanningProblem], Planner]:
    if asked.controller == "mpc_linear_shooting":
        return lambda problem: RandomShooting(problem, asked.candidates, asked.horizon)
    settings = CEMSettings(asked.candidates, asked.horizon, asked.iterations, asked.elites)
    return lambda problem: CEM(problem, settings)


# --- all of them ----------------------------------------------------------------------------------


def answer(asked: Question) -> dict[str, dict[str, Any]]:
    """Each subject's week, kept from an earlier run if that asked the same."""
    path = FOLDER / f"{asked.controller}.json"
    if path.exists():
        kept = json.loads(path.read_text())
        if kept["asked"] == asdict(asked):
            return kept["subjects"]
    work = joblib.Parallel(2, return_as="generator")(
        joblib.delayed(week)(asked, name) for name in names()
    )
    bar = tqdm(work, asked.controller, total=len(names()), unit="subject")
    found = dict(zip(names(), bar, strict=True))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps({"asked": asdict(asked), "subjects": found}, indent=1) + "\n")
    return found


def compare() -> None:
    """Every controller's weeks, and a row for each age group as soon as it can be written."""
    found = {}
    for asked in QUESTIONS:
        found[asked.controller] = answer(asked)
        _tell(asked.controller, found[asked.controller])
        if asked.controller == "mpc_linear":
            for group in AGE_GROUPS:
                _row(group, found["mpc_linear"], found["basal_bolus"])
    _search()


def _search() -> None:
    """What plans of eight hours with the true model are worth, by how dearly they are searched.

    From a dozen moments of a day that the true model doses five hours ahead.
    """
    table, number = subjects(["adult#001"]), names().index("adult#001")
    ward, generator = Ward(table, days=1), torch.Generator().manual_seed(SEED)
    reading = ward.reset([np.random.default_rng([SEED, number])])
    controller = _controller(Question("mpc_true"), table, ward, number)
    problem, worth = controller.planners[0].problem, {}
    searches = (FAR.candidates, FAR.iterations), (4 * FAR.candidates, 10)
    for step in range(ward.steps):
        doses = controller.doses(reading)
        if step % 24 == 12:
            state = controller.forecasts[0].state()
            for candidates, iterations in searches:
                settings = CEMSettings(candidates, FAR.horizon, iterations, candidates // 8)
                plan = CEM(problem, settings).plan(state, generator)
                found = evaluate_candidates(problem, state, plan.actions[None], generator)
                worth.setdefault((candidates, iterations), []).append(float(found))
        reading = ward.step(doses[:, 0], doses[:, 1])
    told = [
        {"candidates": candidates, "iterations": iterations, "returns": returns}
        for (candidates, iterations), returns in worth.items()
    ]
    write_whole(FOLDER / "search.json", json.dumps(told, indent=1) + "\n")


def _tell(controller: str, weeks: dict[str, dict[str, Any]]) -> None:
    for group in AGE_GROUPS:
        rows = [row for name, row in weeks.items() if name.startswith(group)]
        told = ", ".join(
            f"{key} {np.mean([row[key] for row in rows]):.3f}"
            for key in ("in range", "below 70", "above 180", "magni")
        )
        print(f"{controller:28s}{PLURAL[group]:12s} {told}", flush=True)


def _row(group: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    chosen = names(group)
    risk = [np.array([rows[name]["magni"] for name in chosen]) for rows in (ours, theirs)]
    low = [np.array([rows[name]["below 70"] for name in chosen]) for rows in (ours, theirs)]
    ratio = _interval(risk[0], risk[1], lambda a, b, axis: a.mean(axis) / b.mean(axis))
    more = _interval(low[0], low[1], lambda a, b, axis: (a - b).mean(axis))
    record(
        f"diabetes_mpc_risk_ratio_{PLURAL[group]}",
        f"Mean Magni risk of {len(chosen)} {PLURAL[group]} over a week with MPC on an identified "
        f"linear model, over that with basal-bolus and exact carbohydrate counting: "
        f"{risk[0].mean() / risk[1].mean():.2f}; measured is the upper end of its 95 % bootstrap "
        f"interval over subjects ({ratio[0]:.2f} to {ratio[1]:.2f}). Time below 70 mg/dL must not "
        f"be longer: {100 * low[0].mean():.2f} against {100 * low[1].mean():.2f} %, difference "
        f"{100 * more[0]:.2f} to {100 * more[1]:.2f} points",
        "< 1",
        round(ratio[1], 3),
        "of basal-bolus's",
        "make results only=glucose_controllers",
        (SEED,),
        ("torch", "numpy", "numba"),
        provided=bool(more[1] <= 0),
    )


def _interval(
    ours: np.ndarray, theirs: np.ndarray, statistic: Callable[..., np.ndarray]
) -> tuple[float, float]:
    """95 %, from resampled subjects, each with both of its weeks."""
    found = stats.bootstrap(
        (ours, theirs), statistic, paired=True, vectorized=True, n_resamples=9_999,
        method="percentile", rng=np.random.default_rng(0),
    ).confidence_interval  # fmt: skip
    return float(found.low), float(found.high)
