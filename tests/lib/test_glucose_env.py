"""Glucose as an environment: meals, sensor, doses, seeds, bad input, and rules that dose."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import mbrl_lib.envs  # noqa: F401  registers the environments
from mbrl_lib.envs.glucose import (
    PID,
    Basal,
    BasalBolus,
    Glucose,
    GlucoseVector,
    PIDGains,
    Reading,
    Ward,
    fixed_meals,
    metrics,
    names,
    random_meals,
    sensor,
    subjects,
)
from mbrl_lib.envs.glucose.figure import report
from mbrl_lib.envs.glucose.model import Patients
from mbrl_lib.envs.glucose.subjects import with_low_glucose_term

THREE_MEALS = fixed_meals([(420, 45), (720, 70), (1080, 80)])
QUIET = {"meals": fixed_meals([]), "noise": False}


def seeded(seeds):
    return [np.random.default_rng(seed) for seed in seeds]


def day(env, policy, seed=0):
    """Observations, rewards and infos of an episode."""
    observation, info = env.reset(seed=seed)
    seen, rewards, infos, ended = [observation], [], [info], False
    while not ended:
        observation, reward, terminated, truncated, info = env.step(policy(observation))
        seen.append(observation), rewards.append(reward), infos.append(info)
        ended = terminated or truncated
    return np.array(seen), np.array(rewards), infos


# --- meals and sensor -----------------------------------------------------------------------------


def test_meals_are_those_of_the_habits():
    days = np.stack([random_meals(random, 1) for random in seeded(range(400))])
    assert days.sum(axis=1).mean() == pytest.approx(0.95 * 195 + 0.3 * 30, rel=0.02)
    lunch = days[:, 600:840]
    assert (lunch > 0).any(axis=1).mean() == pytest.approx(0.95, abs=0.03)
    middle = np.average(np.arange(600, 840), weights=lunch.sum(axis=0))
    assert middle == pytest.approx(720, abs=10)
    assert not days[:, :300].any() and not days[:, 1380:].any(), "nobody eats at night"


def test_fixed_meals_repeat_and_bad_ones_are_refused():
    grams = THREE_MEALS(np.random.default_rng(0), 2)
    assert grams.shape == (2880,) and grams[720] == grams[720 + 1440] == 70
    assert grams.sum() == 2 * 195
    for plan in ([(1440, 10.0)], [(0, -1.0)], [(0, float("nan"))], [(-1, 5.0)]):
        with pytest.raises(ValueError, match=r"a meal is|the minute of a meal"):
            fixed_meals(plan)


def test_sensor_errors_have_the_published_spread_and_a_memory():
    errors = np.stack([sensor.errors(random, 289, 5) for random in seeded(range(200))])
    knots = errors[:, ::3]
    assert 10.5 < knots.std() < 12 and abs(knots.mean()) < 1.5
    assert np.quantile(knots, 0.01) == pytest.approx(-24, abs=2)
    assert np.quantile(knots, 0.99) == pytest.approx(34, abs=3)
    near, far = (np.corrcoef(knots[:, :-k].ravel(), knots[:, k:].ravel())[0, 1] for k in (1, 8))
    assert 0.55 < near < 0.75 and abs(far) < 0.15
    between = (errors[:, 0:-3:3] * 2 + errors[:, 3::3]) / 3
    assert np.allclose(errors[:, 1:-2:3], between), "straight lines from knot to knot"


def test_the_display_ends_at_39_and_600():
    told = sensor.shown(np.array([10.0, 100.0, 700.0]), np.array([0.0, 5.0, 0.0]))
    assert told.tolist() == [39.0, 105.0, 600.0]


# --- a ward ---------------------------------------------------------------------------------------


def test_a_ward_is_the_patients_minute_by_minute():
    table = subjects(["adult#001", "child#007"])
    ward, patients = Ward(table, meals=THREE_MEALS, noise=False), Patients(table)
    ward.reset(seeded([0, 1]))
    basal = table["basal"]
    for step in range(200):
        bolus = np.array([2.0, 0.3]) if step == 84 else np.zeros(2)
        reading = ward.step(1.5 * basal, bolus)
        for minute in range(5 * step, 5 * step + 5):
            food = np.full(2, {420: 45.0, 720: 70.0}.get(minute, 0.0))
            patients.minute(food, 1.5 * basal / 60 + (bolus if minute % 5 == 0 else 0))
        assert np.allclose(ward.glucose, patients.glucose, rtol=1e-12)
        assert np.allclose(reading.cgm[:, -1], patients.interstitial, rtol=1e-12)
        assert np.allclose(reading.insulin[:, -1], 1.5 * basal / 12 + bolus)


def test_a_meal_is_announced_in_the_step_in_which_it_begins():
    ward = Ward(subjects(["adult#001"]), meals=fixed_meals([(63, 40.0)]), noise=False)
    told = [ward.reset(seeded([0])).carbohydrate[0]]
    told += [ward.step(np.ones(1), np.zeros(1)).carbohydrate[0] for _ in range(20)]
    assert np.flatnonzero(told).tolist() == [12] and told[12] == 40


def test_counting_is_wrong_by_the_share_that_was_asked_for():
    ward = Ward(subjects(), days=4, counting_error=0.3)
    ward.reset(seeded(range(30)))
    true = ward.grams.reshape(30, -1, 5).sum(axis=2)
    told = ward.announced[:, :-1]
    ratio = told[true > 0] / true[true > 0]
    assert ratio.mean() == pytest.approx(1, abs=0.05) and ratio.std() == pytest.approx(
        0.3, abs=0.05
    )
    assert not told[true == 0].any()


def test_doses_change_neither_meals_nor_errors():
    wards = [Ward(subjects(["adult#001"])) for _ in range(2)]
    for ward, rate in zip(wards, (1.0, 1.5), strict=True):
        ward.reset(seeded([5]))
        for _ in range(100):
            ward.step(np.full(1, rate), np.zeros(1))
    assert np.array_equal(wards[0].grams, wards[1].grams)
    errors = [ward.reading.cgm[0, -1] - ward.patients.interstitial[0] for ward in wards]
    assert errors[0] == pytest.approx(errors[1])


def test_a_ward_refuses_what_cannot_be():
    table = subjects(["adult#001"])
    for bad in ({"days": 0}, {"counting_error": -0.1}, {"counting_error": float("nan")}):
        with pytest.raises(ValueError, match=r"days|counting_error"):
            Ward(table, **bad)
    with pytest.raises(ValueError, match="as many generators; got 2"):
        Ward(table).reset(seeded([0, 1]))
    for grams in (np.zeros(10), np.full(1440, -1.0), np.full(1440, np.nan)):
        with pytest.raises(ValueError, match="meals must be 1440 numbers"):
            Ward(table, meals=lambda random, days, grams=grams: grams).reset(seeded([0]))


# --- the environments -----------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"bolus": True}, {"observation": "state"}])
@pytest.mark.filterwarnings("ignore:.*symmetric and normalized", "ignore:.*infinity")
def test_gymnasiums_own_check(options):
    check_env(gymnasium.make("mbrl/Glucose-v0", **options).unwrapped)


def test_a_seed_is_a_day_and_unseeded_days_differ():
    env = Glucose()
    rate = env.ward.table["basal"].astype(np.float32)
    first, again, other = (day(env, lambda _: rate, seed)[0] for seed in (3, 3, 4))
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    a, b = Glucose().reset()[0], Glucose().reset()[0]
    assert not np.array_equal(a, b)
    assert not np.array_equal(env.reset()[0], env.reset()[0]), "nor does one environment repeat"


def test_observations_are_two_histories_the_time_and_the_meal():
    env = Glucose("adult#003", meals=THREE_MEALS, noise=False, bolus=True)
    dose = np.array([1.2, 0.0], np.float32)
    seen, rewards, infos = day(env, lambda _: dose)
    assert seen.shape == (289, 98) and len(rewards) == 288
    reading = Reading.of(seen)
    assert np.allclose(reading.minute[:288], np.arange(288) * 5, atol=1e-3)
    assert np.flatnonzero(reading.carbohydrate).tolist() == [84, 144, 216]
    assert np.allclose(reading.insulin[100], 1.2 / 12)
    assert np.array_equal(reading.cgm[60, :-1], reading.cgm[59, 1:])
    assert np.allclose(rewards, [-metrics.magni(info["glucose"]) for info in infos[1:]])
    assert [info["cost"] for info in infos] == [float(info["glucose"] < 70) for info in infos]
    with pytest.raises(ValueError, match=r"shape \(N, 98\)"):
        Reading.of(seen[:, :50])


def test_state_observations_are_the_models():
    env = Glucose("adult#002", observation="state", meals=THREE_MEALS, noise=False)
    rate = env.ward.table["basal"].astype(np.float32)
    seen, _, infos = day(env, lambda _: rate)
    assert seen.shape == (289, 16)
    assert np.allclose(seen[100, :13], infos[100]["state"], rtol=1e-6)
    assert seen[85, 13] == 45 - 25, "grams on the plate, five minutes into breakfast"


def test_the_other_reward_is_kovatchevs():
    env = Glucose(reward="kovatchev", **QUIET)
    env.reset(seed=0)
    _, reward, *_, info = env.step(np.zeros(1))
    low_and_high = metrics.lbgi(info["glucose"][None]) + metrics.hbgi(info["glucose"][None])
    assert reward == pytest.approx(-float(low_and_high))


def test_a_body_that_leaves_what_it_survives_ends_the_episode():
    env = Glucose("child#005", bolus=True, **QUIET)
    env.reset(seed=0)
    for _ in range(288):
        *_, terminated, truncated, info = env.step(np.array([0.0, 30.0]))
        if terminated:
            break
    assert terminated and not truncated and info["glucose"] < 10
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step(np.zeros(2))


def test_doses_out_of_range_are_clipped_and_it_is_said():
    most = 43.2 * float(subjects(["adult#001"])["basal"][0])
    for dose, given, flag in ((-1.0, 0.0, True), (1e6, most, True), (most, most, False)):
        env = Glucose(**QUIET)
        env.reset(seed=0)
        *_, info = env.step(np.array([dose]))
        assert bool(info["clipped"]) == flag
        assert env.ward.reading.insulin[0, -1] == pytest.approx(given / 12)


@pytest.mark.parametrize("dose", [[np.nan], [np.inf], [1.0, 1.0], [[1.0]], []])
def test_doses_that_are_none_are_refused_and_nothing_moves(dose):
    env = Glucose(**QUIET)
    env.reset(seed=0)
    before = env.ward.patients.states.copy()
    with pytest.raises(ValueError, match="doses must be finite and of shape"):
        env.step(np.array(dose))
    assert np.array_equal(env.ward.patients.states, before) and env.ward.step_number == 0


def test_what_there_is_not_is_named():
    with pytest.raises(ValueError, match=r"unknown subjects.*adult#001"):
        Glucose("adult#011")
    with pytest.raises(ValueError, match="the rewards are magni, kovatchev"):
        Glucose(reward="fox")
    with pytest.raises(ValueError, match="observation must be one of"):
        Glucose(observation="cgm")
    with pytest.raises(gymnasium.error.ResetNeeded):
        Glucose().step(np.zeros(1))


def test_many_are_each_as_alone():
    chosen = ["adult#002", "child#004"]
    many = GlucoseVector(chosen, bolus=True)
    controller = BasalBolus(subjects(chosen))
    observation, _ = many.reset(seed=11)
    rows = [observation]
    for _ in range(many.ward.steps):
        observation, rewards, terminated, truncated, _ = many.step(controller.act(observation))
        assert many.observation_space.contains(observation) and rewards.shape == (2,)
        rows.append(observation)
    assert truncated.all() and not terminated.any()
    for n, name in enumerate(chosen):
        alone = day(Glucose(name, bolus=True), BasalBolus(subjects([name])).act, 11 + n)[0]
        assert np.allclose(alone, np.stack(rows)[:, n], rtol=1e-6)


def test_a_vector_can_be_seeded_by_a_list_and_goes_on_without():
    many = GlucoseVector(["adult#001", "adult#001"])
    first, _ = many.reset(seed=[4, 4])
    assert np.array_equal(first[0], first[1])
    again, _ = many.reset()
    assert not np.array_equal(first, again)
    fresh = GlucoseVector(["adult#001"]), GlucoseVector(["adult#001"])
    assert not np.array_equal(fresh[0].reset()[0], fresh[1].reset()[0])


# --- rules that dose ------------------------------------------------------------------------------


def reading(cgm, food=0.0, before=None):
    flat = np.full(48, float(cgm))
    if before is not None:
        flat[-7] = before
    return Reading(flat[None], np.zeros((1, 48)), np.zeros(1), np.array([float(food)]))


def test_a_bolus_covers_the_meal_and_corrects_above_150_only():
    table = subjects(["adult#001"])  # 10 g/U
    factor, basal = float(table["correction_factor"][0]), float(table["basal"][0])
    rule = BasalBolus(table)
    assert rule.doses(reading(120, 50))[0] == pytest.approx([basal, 5.0])
    assert rule.doses(reading(150, 50))[0] == pytest.approx([basal, 5.0])
    assert rule.doses(reading(200, 50))[0] == pytest.approx([basal, 5.0 + 60 / factor])
    assert rule.doses(reading(300, 0))[0] == pytest.approx([basal, 0.0]), "no meal, no bolus"
    assert Basal(table).doses(reading(300, 50))[0] == pytest.approx([basal, 0.0])


def test_a_ratio_of_zero_is_refused():
    table = subjects(["adult#001"])
    table["carbohydrate_ratio"] = 0.0
    with pytest.raises(ValueError, match="carbohydrate_ratio must be above 0"):
        BasalBolus(table)


def test_feedback_by_hand():
    table = subjects(["adult#001"])
    basal = float(table["basal"][0])
    pid = PID(table, PIDGains(0.02, 0.002, 0.02, target=120.0))
    error, hours = 30.0, 5 / 60
    expected = 1 + 0.02 * error + 0.002 * error * hours + 0.02 * (150 - 144) / 0.5
    assert pid.doses(reading(150, before=144))[0, 0] == pytest.approx(basal * expected)
    assert pid.doses(reading(39))[0, 0] == 0.0, "never below none"
    assert pid.doses(reading(600))[0, 0] == pytest.approx(5 * basal), "nor above the limit"
    pid.reset()
    assert pid.doses(reading(150, before=144))[0, 0] == pytest.approx(basal * expected)


def test_controllers_answer_one_subject_and_many_alike():
    table = subjects(["adult#001", "adult#002"])
    observation = GlucoseVector(["adult#001", "adult#002"]).reset(seed=0)[0]
    assert BasalBolus(table).act(observation).shape == (2, 2)
    assert BasalBolus(table[:1]).act(observation[0]).shape == (2,)
    with pytest.raises(ValueError, match="made for 2 subjects; got 1"):
        BasalBolus(table).act(observation[0])


def test_basal_and_bolus_is_as_good_as_it_was_measured_elsewhere():
    """Time in range over a week without sensor noise: 95.5, 83.3 and 65.9 % (other meals)."""
    many = GlucoseVector(days=7, bolus=True)
    controller = BasalBolus(subjects())
    observation, _ = many.reset(seed=1)
    curves = []
    for _ in range(many.ward.steps):
        observation, *_, info = many.step(controller.act(observation))
        curves.append(np.maximum(info["glucose"], 1.0))
    inside = metrics.times(np.stack(curves, axis=1))["in range"]
    for group, share in (("adult", 0.955), ("adolescent", 0.833), ("child", 0.659)):
        chosen = [n for n, name in enumerate(names()) if name.startswith(group)]
        assert inside[chosen].mean() == pytest.approx(share, abs=0.04), group


# --- the term of 2013 -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "units", "plain", "changed"),
    [
        ("adult#001", 4, 104.6, 98.6),
        ("adolescent#003", 2, 68.0, 25.3),
        ("child#005", 2, 50.0, 25.4),
    ],
)
def test_the_term_of_2013_makes_low_glucose_violent(name, units, plain, changed):
    for change, lowest in ((lambda table: table, plain), (with_low_glucose_term, changed)):
        table = change(subjects([name]))
        patients, seen = Patients(table), []
        for minute in range(1440):
            dose = table["basal"] / 60 + (units if minute == 60 else 0)
            patients.minute(np.zeros(1), dose)
            seen.append(float(patients.glucose[0]))
        assert min(seen) == pytest.approx(lowest, abs=0.06)


def test_the_report_shows_what_it_is_given():
    glucose, insulin, food = np.full(288, 120.0), np.full(288, 0.1), np.zeros(288)
    food[84] = 45.0
    made = report(glucose, insulin, food, cgm=glucose + 3, title="A day")
    above, below = made.axes
    assert above.get_title() == "A day" and [text.get_text() for text in above.texts] == ["45 g"]
    assert np.allclose(below.lines[0].get_ydata(), 1.2), "U/h"
    with pytest.raises(ValueError, match="one length; got"):
        report(glucose, insulin[:10], food)
