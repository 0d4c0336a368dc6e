"""Identification of a subject, forecasts of it, and doses that are planned."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from mbrl_lib.dynamics.fitting import FitSettings
from mbrl_lib.envs.glucose import BasalBolus, Reading, Ward, fixed_meals, metrics, subjects
from mbrl_lib.envs.glucose.forecasts import (
    BLOCK,
    EnsembleForecast,
    LinearForecast,
    TrueForecast,
    blocks,
    learn,
    rate_at,
)
from mbrl_lib.envs.glucose.identify import (
    INSULIN,
    Filters,
    LinearModel,
    Log,
    Varied,
    identify,
    record,
)
from mbrl_lib.envs.glucose.mpc import MPC, Wishes, magni
from mbrl_lib.planning.cem import CEM, CEMSettings
from mbrl_lib.types import Plan

TABLE = subjects(["child#009"])
BASAL = float(TABLE["basal"][0])
MODEL = LinearModel(
    np.array([-1.0, -20.0, -60.0, -30.0, 0.0]), np.array([0.0, 1.0, 6.0, 9.0, 2.0]), 130.0,
    BASAL / 12, 0.0,
)  # fmt: skip


def some_log(steps=600, seed=0):
    """Doses and meals at random, glucose exactly as `MODEL` has it."""
    random = np.random.default_rng(seed)
    insulin = MODEL.basal * random.uniform(0, 2, steps).round(1)
    food = np.where(random.random(steps) < 0.02, random.uniform(10, 80, steps), 0.0)
    return Log(MODEL.simulate(insulin, food), insulin, food)


@pytest.fixture(scope="module")
def life():
    """Two weeks of a subject, and its model."""
    (log,) = record(TABLE, [np.random.default_rng(5)], days=14)
    return log, identify(log, BASAL)


# --- filters --------------------------------------------------------------------------------------


def test_a_filter_by_hand():
    one = Filters((20.0,))
    keep = np.exp(-5 / 20)
    first = [1 / 20, keep / 20, keep**2 / 20]
    second = [(1 - keep) * first[0]]
    for level in first[1:]:
        second.append(keep * second[-1] + (1 - keep) * level)
    assert one.outputs(np.array([1.0, 0, 0, 0]))[:, 0] == pytest.approx([0.0, *second])


def test_a_constant_dose_settles_where_both_stages_agree():
    out = INSULIN.outputs(np.ones(2000))[-1]
    times = np.array(INSULIN.times)
    assert out == pytest.approx(1 / (times * (1 - np.exp(-5 / times))), rel=1e-6)


# --- identification -------------------------------------------------------------------------------


def test_weights_come_back_from_a_log_without_noise():
    found = identify(some_log(4000), BASAL, ridge=1e-13)
    assert np.allclose(found.insulin, MODEL.insulin, atol=1e-4)
    assert np.allclose(found.food, MODEL.food, atol=1e-4)
    assert found.constant == pytest.approx(130, abs=1e-4) and found.error < 1e-4


def test_a_ridge_shrinks_weights_and_keeps_the_mean():
    log = some_log(4000)
    found = identify(log, BASAL, ridge=10.0)
    drawn = found.simulate(log.insulin, log.carbohydrate)
    assert drawn.mean() == pytest.approx(log.cgm.mean()) and drawn.std() < 0.8 * log.cgm.std()


def test_a_subject_who_never_ate_can_be_identified():
    log = replace(some_log(2000), carbohydrate=np.zeros(2000))
    log = replace(log, cgm=MODEL.simulate(log.insulin, log.carbohydrate))
    assert np.allclose(identify(log, BASAL, 1e-13).insulin, MODEL.insulin, atol=1e-3)


def test_logs_that_tell_nothing_are_refused():
    log = some_log()
    for bad in (Log(*(x[:100] for x in (log.cgm, log.insulin, log.carbohydrate))),
                replace(log, insulin=log.insulin[:-1])):  # fmt: skip
        with pytest.raises(ValueError, match="a log needs a day"):
            identify(bad, BASAL)
    with pytest.raises(ValueError, match="must be finite"):
        identify(replace(log, cgm=np.full(600, np.nan)), BASAL)


def test_a_real_log_foretells_a_week_it_has_not_seen(life):
    log, model = life
    assert len(log.cgm) == 14 * 288 and set(np.unique(log.carbohydrate % 1)) == {0.0}
    (fresh,) = record(TABLE, [np.random.default_rng(6)], days=7)
    left = (fresh.cgm - model.simulate(fresh.insulin, fresh.carbohydrate)).std()
    assert left < 0.6 * fresh.cgm.std() and left < 1.4 * model.error


def test_run_in_doses_vary_around_the_rule():
    rule, varied = BasalBolus(TABLE), Varied(TABLE, np.random.default_rng(0))
    flat, none = np.full((1, 48), 120.0), np.zeros((1, 48))
    meal = Reading(flat, none, np.zeros(1), np.array([60.0]))
    ratios = np.stack([varied.doses(meal) / rule.doses(meal) for _ in range(24 * 200)])[:, 0]
    assert len(np.unique(ratios[:24, 0])) == 1 and len(np.unique(ratios[:, 0])) == 200
    for column, (low, high) in enumerate(((0.4, 1.6), (0.6, 1.2))):
        assert low <= ratios[:, column].min() < low + 0.05
        assert high - 0.05 < ratios[:, column].max() <= high


# --- forecasts ------------------------------------------------------------------------------------


def followed(log, steps, forecast):
    """A forecast that has seen the first `steps` readings of a log."""
    before = MODEL.basal
    for k in range(steps):
        forecast.take_in(log.cgm[k], before, log.carbohydrate[k])
        before = log.insulin[k]
    return forecast


def test_a_linear_forecast_is_the_models_own_future():
    log = some_log()
    calm = [k for k in range(300, 500) if not log.carbohydrate[k + 1 : k + 3].any()]
    for k in calm[::20]:
        log.insulin[k : k + 3] = log.insulin[k]
        log = replace(log, cgm=MODEL.simulate(log.insulin, log.carbohydrate))
        forecast = followed(log, k + 1, LinearForecast(MODEL))
        multiple = log.insulin[k] / MODEL.basal
        knob = multiple - 1 if multiple < 1 else ((multiple - 1) / 29) ** (1 / 3)
        after = forecast.dynamics.predict(
            forecast.state()[None], torch.tensor([[knob]]).float()
        ).mean
        assert float(forecast.glucose(after)) == pytest.approx(log.cgm[k + 3], abs=2e-3)


def test_corrections_follow_the_sensor_and_fade():
    forecast = LinearForecast(MODEL, trust=0.5, fade=0.9)
    basal = MODEL.basal
    forecast.take_in(150.0, basal, 0.0)  # the model says 130: all of the first error is taken
    assert float(forecast.glucose(forecast.state()[None])) == pytest.approx(150)
    forecast.take_in(140.0, basal, 0.0)  # half way from 20 to 10
    assert float(forecast.glucose(forecast.state()[None])) == pytest.approx(145)
    after = forecast.dynamics.predict(forecast.state()[None], torch.zeros(1, 1)).mean
    assert float(forecast.glucose(after)) == pytest.approx(130 + 15 * 0.9**BLOCK)
    forecast.reset()
    forecast.take_in(131.0, basal, 0.0)
    assert float(forecast.glucose(forecast.state()[None])) == pytest.approx(131)
    with pytest.raises(ValueError, match="trust must lie in"):
        LinearForecast(MODEL, trust=1.5)


def test_the_knob_is_a_rate():
    knob = torch.linspace(-1, 1, 201)
    rate = rate_at(knob)
    assert [float(rate[i]) for i in (0, 50, 100, 200)] == pytest.approx([0, 0.5, 1, 30])
    assert bool((rate.diff() >= 0).all())


def test_blocks_are_fifteen_minutes_without_a_meal_in_between():
    log = some_log(400)
    data = blocks(log, MODEL)
    meals = np.flatnonzero(log.carbohydrate)
    calm = [k for k in range(397) if not np.isin(meals, (k + 1, k + 2, k + 3)).any()]
    assert len(data) == len(calm)
    given = [log.insulin[k : k + 3].mean() / MODEL.basal for k in calm]
    assert np.allclose(data.action[:, 0], given, rtol=1e-5)
    assert torch.allclose(data.state[:, -1], torch.tensor(log.cgm[calm]).float(), atol=1e-2)
    after = torch.tensor(log.cgm[[k + 3 for k in calm]]).float()
    assert torch.allclose(data.next_state[:, -1], after, atol=1e-2)


def test_an_ensemble_learns_what_follows(life):
    log, model = life
    g = torch.Generator().manual_seed(0)
    ensemble = learn(log, model, g, FitSettings(epochs=2), members=3)
    (fresh,) = record(TABLE, [np.random.default_rng(7)], days=3)
    data = blocks(fresh, model)
    predicted = ensemble.predict(data.state, data.action).mean[..., -1].detach()
    still = (data.next_state - data.state)[:, -1]
    assert predicted.shape[0] == 3
    left = (predicted.mean(dim=0) - data.next_state[:, -1]).std()
    assert float(left) < 0.8 * float(still.std())
    forecast = EnsembleForecast(model, ensemble)
    forecast.take_in(120.0, model.basal, 30.0)
    state = forecast.state()
    assert float(forecast.glucose(state[None])) == pytest.approx(120, abs=1e-3)
    moved = forecast.dynamics.step(state.expand(3, 4, -1), torch.zeros(4, 1), None)
    assert moved.shape == (3, 4, 21)


def test_the_truth_foretells_itself():
    ward = Ward(TABLE, meals=fixed_meals([(60, 50.0), (75, 20.0)]), noise=False)
    reading, forecast = ward.reset([np.random.default_rng(0)]), TrueForecast(ward, 0)
    for _ in range(20):
        forecast.observe(reading, 0)
        knob = torch.tensor([[0.3]])
        rate = float(rate_at(knob)) * BASAL
        after = forecast.dynamics.predict(forecast.state()[None], knob).mean
        for _ in range(BLOCK):
            reading = ward.step(np.full(1, rate), np.zeros(1))
        assert float(forecast.glucose(after)) == pytest.approx(float(ward.glucose[0]), abs=0.05)
        assert float(after[0, 13]) == pytest.approx(float(ward.patients.waiting[0]), abs=1e-4)


# --- planning -------------------------------------------------------------------------------------


def test_wishes_are_the_risk_and_the_margin():
    sharp = Wishes(error=1e-3, margin=80, weight=0.0)
    glucose = torch.tensor([40.0, 70.0, 139.0, 250.0])
    assert torch.allclose(-sharp(glucose), magni(glucose), atol=1e-2)
    assert np.allclose(magni(glucose), metrics.magni(glucose.numpy()), rtol=1e-4)
    careful = Wishes(error=1e-3, margin=80, weight=0.1)
    extra = sharp(glucose) - careful(glucose)
    assert extra.tolist() == pytest.approx([0.1 * 40**2, 0.1 * 10**2, 0, 0], abs=1e-3)
    blurred = Wishes(error=20.0, weight=0.0)
    assert bool((blurred(glucose) < sharp(glucose)).all()), "not being sure costs"
    with pytest.raises(ValueError, match="error must be a number above 0"):
        Wishes(error=0.0)


class Scripted:
    """A planner that notes what it was asked and plans 0.1, 0.2, 0.3, ..."""

    def __init__(self, problem):
        self.problem, self.asked = problem, []

    def plan(self, state, generator, warm_start=None):
        self.asked.append(warm_start)
        actions = 0.1 * torch.arange(1, 5).float()[:, None]
        return Plan(actions, actions[None], torch.zeros(1))


def test_plans_are_made_every_quarter_of_an_hour_and_for_meals():
    controller = MPC(TABLE, [LinearForecast(MODEL)], Scripted, [torch.Generator()])
    (planner,) = controller.planners
    meals = np.zeros(9)
    meals[4] = 50.0
    flat = np.full((1, 48), 120.0)
    counts = []
    for food in meals:
        reading = Reading(flat, np.full((1, 48), MODEL.basal), np.zeros(1), np.array([food]))
        doses = controller.doses(reading)
        assert doses[0] == pytest.approx([BASAL * float(rate_at(torch.tensor(0.1))), 0.0])
        counts.append(len(planner.asked))
    assert counts == [1, 1, 1, 2, 3, 3, 3, 4, 4]
    first, shifted, kept, again = planner.asked
    assert first is None
    assert shifted[:, 0].tolist() == pytest.approx([0.2, 0.3, 0.4, 0.4])
    assert kept[:, 0].tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4]), "its first rate still runs"
    assert torch.equal(again, shifted)
    with pytest.raises(ValueError, match="as many forecasts and generators; got 1 and 0"):
        MPC(TABLE, [LinearForecast(MODEL)], Scripted, [])


def test_a_planned_half_day_is_safer_than_the_rules(life):
    _, model = life
    planner = CEMSettings(candidates=60, horizon=20, iterations=4, elites=8)
    planned = MPC(
        TABLE,
        [LinearForecast(model)],
        lambda problem: CEM(problem, planner),
        [torch.Generator().manual_seed(0)],
    )
    worth = {}
    for name, controller in (("rule", BasalBolus(TABLE)), ("mpc", planned)):
        ward = Ward(TABLE, meals=fixed_meals([(120, 60.0), (360, 70.0)]))
        reading, seen = ward.reset([np.random.default_rng(8)]), []
        for _ in range(144):
            doses = controller.doses(reading)
            reading = ward.step(doses[:, 0], doses[:, 1])
            seen.append(float(ward.glucose[0]))
        worth[name] = float(metrics.magni(np.array(seen)).mean()), min(seen)
    assert worth["mpc"][0] < 0.8 * worth["rule"][0], worth
    assert worth["mpc"][1] > 70
