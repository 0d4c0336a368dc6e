"""The anaemia patients, the lecture's model of them, the clinic, the environments, who doses."""

import copy

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.utils.env_checker import check_env
from scipy.integrate import solve_ivp

from mbrl_lib.envs.anemia import (
    ARXMPC,
    ARXDynamics,
    ARXPatients,
    Changes,
    Clinic,
    Constant,
    MPCSettings,
    Patients,
    Protocol,
    Record,
    Values,
    arx,
    in_range,
    learn_bumps,
    names,
    population,
    reference,
    untreated,
)
from mbrl_lib.envs.anemia import model as m
from mbrl_lib.envs.anemia import patients as p
from mbrl_lib.envs.anemia.env import AnemiaARX, AnemiaPatient
from mbrl_lib.envs.anemia.learned import CELLS, bumps, cell
from mbrl_lib.model_free import TabularSettings, q_learning

THETA = np.array([-0.05, -0.1, 0.35, -0.2, 0.9, 0.02, 2.5])
PUBLISHED = {"healthy": 13.506, "CKD3": 12.05, "CKD4": 9.61, "CKD5": 9.11}  # g/dL


def rates(states, table):
    change = np.empty_like(states)
    for n in range(len(table)):
        m.derivative(states[n], table[n], 1.0, change[n])
    return change


def after(name, dose, weeks, injections=m.INJECTIONS, tsat=30.0):
    """Haemoglobin of a reference patient after some weeks on a dose."""
    patient = Patients(reference(name), injections)
    patient.month(np.array([dose]), np.array([tsat]), weeks)
    return float(patient.hemoglobin[0])


def year(seed, count=60):
    """A clinic that has treated some patients by protocol for 12 months."""
    generator = np.random.default_rng(seed)
    clinic = Clinic(Patients(population(count, generator)), generator)
    clinic.follow(Protocol(), 12)
    return clinic


@pytest.fixture(scope="module")
def others():
    return year(11, 150)


# --- the mechanistic patient ------------------------------------------------------------------


@pytest.mark.parametrize("name", PUBLISHED)
def test_untreated_haemoglobin_is_the_published(name):
    assert float(m.hemoglobin(untreated(reference(name)))[0]) == pytest.approx(
        PUBLISHED[name], abs=0.02
    )


def test_nothing_moves_without_treatment():
    table = np.concatenate([reference(), population(50, np.random.default_rng(0))])
    states = untreated(table)
    assert np.abs(rates(states, table) / np.maximum(states, 1e-3)).max() < 1e-10
    patients = Patients(table)
    before = patients.hemoglobin
    patients.month(np.zeros(len(table)), np.full(len(table), 30.0), 52)
    assert np.abs(patients.hemoglobin - before).max() < 1e-8


def test_responses_are_the_published():
    rise = after("CKD4", 10.0, 16, 1) - PUBLISHED["CKD4"]
    assert rise == pytest.approx(2.9, rel=0.05), "10 kIU once a week for 16 weeks"
    assert after("healthy", 40.0, 4, 1) == pytest.approx(16.4, abs=0.1), "Cheung 2001"
    assert after("healthy", 31.5, 4, 3) == pytest.approx(16.4, abs=0.2), "10.5 kIU three times"


@pytest.mark.parametrize(
    ("dose", "level"), [(0, 9.11), (2, 9.56), (4, 10.59), (6, 12.07), (8, 13.8), (10, 15.6)]
)
def test_steady_levels_of_stage_5_on_treatment(dose, level):
    assert after("CKD5", float(dose), 200) == pytest.approx(level, rel=0.012)


def whole_model(_, y, k_E, K_m, k_prod, k_RBC, k_dp):
    """The paper's equations as they stand, with binding and HIF as states: 13 of them."""
    hif, own, own_p, receptors, own_b, given_b, depot, given, given_p, pro, pre, ret, rbc = y
    phd = 52.5 / (1 + 100 / (5 + (3e-12 * ret + 2.9e-12 * rbc) ** 3.3))
    bind_own = 1e-13 * receptors * own / 5.06e-11 * 1000 - 5.5 * own_b
    bind_given = 1e-13 * receptors * given / 5.06e-11 * 1000 - 5.5 * given_b
    bound = own_b + given_b
    rescued = 0.99 * bound**4 / (K_m**4 + bound**4)
    return [
        1.35 - 0.34 * phd * hif,
        k_E * hif / (2.23 + hif) - 0.12 * own + 0.2762 * own_p - bind_own * 5.06e-14,
        0.1 * own - 0.2762 * own_p,
        1.2 * bound - bind_own - bind_given,
        bind_own - 1.2 * own_b,
        bind_given - 1.2 * given_b,
        -0.0362 * depot,
        0.0362 * depot / 4957.3 - 0.058 * given + 0.01 * given_p - bind_given * 5.06e-14,
        0.038 * given - 0.01 * given_p,
        k_prod - 0.0046 * pro - k_dp * pro * (1 - rescued),
        32 * 0.0046 * pro - 0.09 * pre,
        0.04 * pre - 0.057 * ret,
        0.027 * ret - k_RBC * rbc,
    ]


def test_fast_parts_taken_as_settled_change_next_to_nothing():
    """Eight weeks against the whole stiff system, solved by scipy."""
    table = reference("CKD4")
    x = untreated(table)[0]
    free = m._free(x[m.E])
    bound = m.RECEPTORS * m.AFFINITY * free / (1 + m.AFFINITY * free)
    phd = 52.5 / (1 + 100 / (5 + m.hemoglobin(x) ** 3.3))
    y = np.array([
        1.35 / 0.34 / phd, free, x[m.E_P], m.RECEPTORS - bound, bound, 0, 0, 0, 0,
        x[m.P], x[m.C], x[m.RET], x[m.RBC],
    ])  # fmt: skip
    args = tuple(float(table[field][0]) for field in p.FIELDS)
    for _ in range(8):
        y[6] += 10_000 * 1000 / 119.05  # ng
        y = solve_ivp(whole_model, (0, 168), y, "LSODA", args=args, rtol=1e-6, atol=1e-8).y[:, -1]
    assert after("CKD4", 10.0, 8, 1) == pytest.approx(3e-12 * y[-2] + 2.9e-12 * y[-1], abs=0.005)


def test_what_is_bound_and_what_is_free_add_up():
    for total in (1e-6, 0.1, 3.0, 500.0):
        free = m._free(total)
        x = m.AFFINITY * free
        assert free + m.ROOM * x / (1 + x) == pytest.approx(total, rel=1e-9)


def test_a_dose_is_in_thousands_of_units():
    patient = Patients(reference("CKD5"), 1)
    patient.month(np.array([10.0]), np.array([30.0]), 1)
    injected = 10_000 * 1000 / 119.05  # ng
    assert patient.states[0, m.A] == pytest.approx(injected * np.exp(-0.0362 * 168), rel=1e-4)
    often = Patients(reference("CKD5"), 3)
    often.month(np.array([10.0]), np.array([30.0]), 1)
    parts = sum(np.exp(-0.0362 * hours) for hours in (168, 112, 56)) / 3
    assert often.states[0, m.A] == pytest.approx(injected * parts, rel=1e-4)


def test_more_epoetin_more_haemoglobin_and_iron_is_needed():
    levels = [after("CKD5", dose, 12) for dose in (0.0, 3.0, 6.0, 12.0)]
    assert np.all(np.diff(levels) > 0)
    assert after("CKD5", 6.0, 12, tsat=40.0) == after("CKD5", 6.0, 12, tsat=20.0)
    assert after("CKD5", 6.0, 12, tsat=10.0) < after("CKD5", 6.0, 12, tsat=15.0) < levels[2] - 0.5


def test_patients_beside_each_other_are_as_alone():
    table = population(5, np.random.default_rng(3))
    together, alone = Patients(table), Patients(table[2:3])
    for dose in (3.0, 9.0, 0.0):
        together.month(np.array([1.0, 2.0, dose, 8.0, 30.0]), np.full(5, 25.0))
        alone.month(np.array([dose]), np.array([25.0]))
    assert np.array_equal(together.states[2], alone.states[0])


def test_the_population_is_drawn_from_the_generator_and_filtered():
    table = population(400, np.random.default_rng(5))
    assert np.array_equal(table, population(400, np.random.default_rng(5)))
    level = m.hemoglobin(untreated(table))
    assert level.min() >= 6.5 and level.max() <= 10.5
    assert level.mean() == pytest.approx(8.58, abs=0.15)
    assert len(set(table["name"])) == 400
    wide, narrow = np.std(np.log(table["K_m"])), np.std(np.log(table["k_RBC"]))
    assert wide > narrow


def test_tsat_wanders_around_its_mean_within_limits():
    generator = np.random.default_rng(0)
    path = [p.first_tsat(500, generator)]
    for _ in range(40):
        path.append(p.next_tsat(path[-1], generator))
    path = np.array(path)
    assert path.min() >= 8 and path.max() <= 70 and path.mean() == pytest.approx(30, abs=1)
    memory = np.corrcoef(path[:-1].ravel(), path[1:].ravel())[0, 1]
    assert memory == pytest.approx(0.6, abs=0.03)
    assert path.std(axis=1)[0] == pytest.approx(path.std(axis=1)[-1], rel=0.1)
    assert p.iron_factor(np.array([10.0, 20.0, 60.0])).tolist() == [0.5, 1.0, 1.0]


def test_unknown_patients_are_named():
    assert names() == ["healthy", "CKD3", "CKD4", "CKD5"]
    with pytest.raises(ValueError, match=r"unknown patients \['CKD2'\]; there are healthy, CKD3"):
        reference("CKD3", "CKD2")
    with pytest.raises(ValueError, match="count must be a whole number"):
        population(0, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("dose", "tsat", "told"),
    [([-1.0], [30.0], "dose must be finite and not below 0"),
     ([np.nan], [30.0], "dose must be finite"), ([1.0], [np.inf], "tsat must be finite"),
     ([1.0, 1.0], [30.0], r"dose must have shape \(1,\)")],
)  # fmt: skip
def test_bad_input_changes_no_patient(dose, tsat, told):
    patient = Patients(reference("CKD5"))
    before = patient.states.copy()
    with pytest.raises(ValueError, match=told):
        patient.month(np.array(dose), np.array(tsat))
    assert np.array_equal(patient.states, before)


# --- the lecture's model ----------------------------------------------------------------------


def noise_free(theta=THETA, count=3, months=14, seed=0):
    """A record that follows the recursion exactly, with doses drawn at random."""
    generator = np.random.default_rng(seed)
    clinic = Clinic(ARXPatients(np.tile(theta, (count, 1))), generator, noise=0.0)
    for _ in range(months):
        clinic.month(generator.uniform(0, 12, count))
    return clinic.record


def test_the_recursion_by_hand():
    patient = ARXPatients(THETA)
    start = float(patient.hemoglobin[0])
    assert start == pytest.approx((0.02 * 30 + 2.5) / (1 + 0.2 - 0.9))
    for dose, tsat in ((4.0, 20.0), (6.0, 25.0), (5.0, 40.0)):
        patient.month(np.array([dose]), np.array([tsat]))
    one = 0.35 * 4 - 0.2 * start + 0.9 * start + 0.02 * 20 + 2.5
    two = -0.1 * 4 + 0.35 * 6 - 0.2 * start + 0.9 * one + 0.02 * 25 + 2.5
    three = -0.05 * 4 - 0.1 * 6 + 0.35 * 5 - 0.2 * one + 0.9 * two + 0.02 * 40 + 2.5
    assert float(patient.hemoglobin[0]) == pytest.approx(three, rel=1e-12)


def test_rows_pair_each_dose_with_the_month_that_it_ends():
    months = np.arange(5.0)[None]
    inputs, outputs = arx.rows(Record(10 + months, 30 + months, 1 + months))
    assert inputs[0, 0].tolist() == [1, 2, 3, 10, 11, 31, 1]  # u[k-1] u[k] u[k+1] x x x2 1
    assert outputs.tolist() == [[12, 13, 14]]


def test_theta_is_recovered_from_noise_free_data():
    for seed in range(5):
        generator = np.random.default_rng(seed)
        theta = THETA * generator.uniform(0.5, 1.1, 7)
        assert arx.is_stable(theta)
        found = arx.identify(noise_free(theta, seed=seed))
        assert np.abs(found - theta).max() < 1e-8


def test_data_that_do_not_determine_theta_are_refused():
    with pytest.raises(ValueError, match="6 equations of rank 6 do not determine 7"):
        arx.identify(noise_free(count=1, months=7))
    clinic = Clinic(ARXPatients(THETA), np.random.default_rng(0))
    clinic.follow(Constant(), 30)
    constant = Record(*(part[:, 3:] for part in vars(clinic.record).values()))
    with pytest.raises(ValueError, match="doses that change more"):
        arx.identify(constant)
    with pytest.raises(ValueError, match="an equation spans 3 months; got 2"):
        arx.rows(Record(np.ones((1, 2)), np.ones((1, 2)), np.ones((1, 2))))


def test_records_must_fit_together():
    with pytest.raises(ValueError, match=r"tsat must have the shape \(N, T\) of all; got \(1, 3\)"):
        Record(np.ones((1, 4)), np.ones((1, 3)), np.ones((1, 4)))
    with pytest.raises(ValueError, match="dose must be finite"):
        Record(np.ones((1, 4)), np.ones((1, 4)), np.full((1, 4), np.nan))


def test_poles_by_hand():
    # z² - 0.9 z + 0.2 = (z - 0.4) (z - 0.5)
    assert sorted(arx.poles(THETA).real) == pytest.approx([0.4, 0.5])
    turning = np.array([0, 0, 0.2, -0.5, 1.0, 0, 0])  # z² - z + 0.5
    assert arx.poles(turning) == pytest.approx([0.5 + 0.5j, 0.5 - 0.5j])
    growing = np.array([0, 0, 0.2, 0.2, 0.9, 0, 0])
    assert np.abs(arx.poles(growing)).max() > 1
    assert arx.is_stable(np.stack([THETA, turning, growing])).tolist() == [True, True, False]
    edge = np.array([0, 0, 0.2, 0.0, 1.0, 0, 0])
    assert not arx.is_stable(edge), "a pole of 1 never settles"


def test_free_runs():
    record = noise_free()
    assert np.abs(arx.free_run(THETA, record) - record.hemoglobin).max() < 1e-9
    wrong = THETA + np.array([0, 0, 0, 0, 0, 0, 0.1])
    path = arx.free_run(wrong, record)
    assert np.array_equal(path[:, :2], record.hemoglobin[:, :2])
    first = path[:, 2] - record.hemoglobin[:, 2]
    assert np.allclose(first, 0.1)
    assert np.allclose((path - record.hemoglobin)[:, 3], 0.1 + 0.9 * 0.1), "its own errors"
    assert (arx.free_run_error(wrong, record) > 0.2).all()
    short = arx.free_run_error(wrong, noise_free(months=2))
    assert np.allclose(short, 0.1), "only the month that is predicted counts"
    each = np.stack([THETA, wrong, THETA])
    assert (arx.free_run_error(each, record) > 0.1).tolist() == [False, True, False]


def test_a_patients_own_months_are_weighed_against_the_prior():
    record = noise_free(months=30)
    vague = arx.Prior(np.zeros(7), 1e8 * np.eye(7), 1e-3)
    assert np.abs(arx.identify_each(record, vague) - THETA).max() < 1e-5
    sure = arx.Prior(THETA + 1, 1e-12 * np.eye(7), 0.5)
    assert np.allclose(arx.identify_each(record, sure), THETA + 1, atol=1e-6)
    weightless = arx.identify_each(record, vague, np.zeros((3, 29)))
    assert np.allclose(weightless, 0)
    # one parameter by hand: prior mean 1 and variance 1, noise variance 4, ten equations y = 2
    flat = Record(np.full((1, 12), 2.0), np.zeros((1, 12)), np.zeros((1, 12)))
    pinned = np.diag([1e-12] * 6 + [1.0])
    theta = arx.identify_each(flat, arx.Prior(np.eye(7)[6], pinned, 2.0))
    assert theta[0, 6] == pytest.approx((1 / 1 + 10 * 2 / 4) / (1 / 1 + 10 / 4))


def test_the_prior_is_found_from_a_few_months_of_many():
    generator = np.random.default_rng(2)
    spread = np.array([0.01, 0.02, 0.1, 0.02, 0.05, 0.005, 0.3])
    theta = THETA + spread * generator.standard_normal((800, 7))
    patients = ARXPatients(theta, allow_unstable=True)
    clinic = Clinic(patients, generator, noise=0.0)
    for _ in range(12):
        clinic.month(generator.uniform(0, 12, 800))
    prior = arx.learn_prior(clinic.record, rounds=200)
    assert prior.mean[2] == pytest.approx(THETA[2], abs=0.02)
    assert np.sqrt(prior.covariance[2, 2]) == pytest.approx(0.1, rel=0.2)
    assert prior.noise < 0.05
    own = arx.identify_each(clinic.record, prior)
    assert np.abs(own - theta)[:, 2].mean() < 0.2 * np.abs(theta - prior.mean)[:, 2].mean()


def test_individual_models_foresee_better_than_one_for_all(others):
    clinic = year(12)
    early = clinic.record
    clinic.follow(Protocol(), 12)
    late = Record(*(part[:, 11:] for part in vars(clinic.record).values()))
    own = arx.identify_each(early, arx.learn_prior(others.record))
    one = arx.identify(others.record)
    assert np.median(arx.free_run_error(own, late)) < 0.85 * np.median(
        arx.free_run_error(one, late)
    )


def test_members_of_an_ensemble_differ_and_are_reproducible(others):
    prior = arx.learn_prior(others.record, rounds=10)
    record = year(12, 4).record
    draw = [arx.bootstrap_each(record, prior, 5, np.random.default_rng(s)) for s in (0, 0, 1)]
    assert draw[0].shape == (4, 5, 7)
    assert np.array_equal(draw[0], draw[1]) and not np.array_equal(draw[0], draw[2])
    assert (draw[0].std(axis=1) > 0).all()


def test_responders_are_parted_by_what_they_needed():
    dose = np.repeat(np.arange(1.0, 10.0)[:, None], 13, axis=1)
    dose[:, :7] = dose[::-1, :7]  # before the last six months it was the other way round
    dose[:, :7] *= 10
    record = Record(np.ones((9, 13)), np.ones((9, 13)), dose)
    assert (
        arx.responders(record, arx.responder_borders(record)).tolist()
        == [0] * 3 + [1] * 3 + [2] * 3
    )


def test_the_recursion_of_tsat_is_found():
    path = np.array([[10.0, 18.0, 22.8, 25.68]])  # 30 + 0.6 (x - 30)
    mean, memory = arx.tsat_recursion(Record(path, path, path))
    assert (mean, memory) == (pytest.approx(30), pytest.approx(0.6))


def test_the_planners_model_is_the_recursion():
    record = noise_free(count=2, months=6)
    model = ARXDynamics(np.stack([THETA, THETA + 0.01]), 30.0, 0.6)
    x, t, u = record.hemoglobin, record.tsat, record.dose
    state = np.stack([x[:, 3], x[:, 2], t[:, 3], u[:, 3], u[:, 2]], axis=1)
    state, action = (torch.as_tensor(a, dtype=torch.float32) for a in (state, u[:, 4:5]))
    found = model.predict(state, action)
    assert found.mean.shape == (2, 2, 5) and not found.std.any()
    expected = [x[0, 4], x[0, 3], 30 + 0.6 * (t[0, 3] - 30), u[0, 4], u[0, 3]]
    assert found.mean[0, 0].tolist() == pytest.approx(expected, rel=1e-4)
    assert not torch.allclose(found.mean[0], found.mean[1])
    with pytest.raises(ValueError, match="state must have shape"):
        model.predict(state[:, :4], action)
    with pytest.raises(ValueError, match=r"theta must be finite and of shape \(..., 7\)"):
        ARXDynamics(np.ones(6), 30.0, 0.6)


# --- the clinic -------------------------------------------------------------------------------


def test_what_the_clinic_sees():
    clinic = Clinic(Patients(reference("CKD5")), np.random.default_rng(0), noise=0.0)
    start = clinic.observation
    assert start.shape == (1, 5) and start[0, 0] == start[0, 1] and start[0, 3:].tolist() == [0, 0]
    for dose in (3.0, 5.0):
        clinic.month(np.array([dose]))
    seen, record = clinic.observation[0], clinic.record
    assert seen.tolist() == [
        clinic.truth[0, 2], clinic.truth[0, 1], record.tsat[0, 2], 5.0, 3.0,
    ]  # fmt: skip
    assert record.dose.tolist() == [[0.0, 3.0, 5.0]]
    assert np.array_equal(record.hemoglobin, clinic.truth)


def test_measurements_are_noisy_and_controllers_share_their_luck():
    first, second = year(1, 200), year(1, 200)
    assert np.array_equal(first.record.hemoglobin, second.record.hemoglobin)
    error = first.record.hemoglobin - first.truth
    assert error.std() == pytest.approx(0.3, rel=0.05) and abs(error.mean()) < 0.02
    branch = copy.deepcopy(first)
    first.follow(Constant(3.0), 2)
    branch.follow(Constant(9.0), 2)
    assert np.array_equal(first.record.tsat, branch.record.tsat)
    noise = [c.record.hemoglobin - c.truth for c in (first, branch)]
    assert np.allclose(noise[0], noise[1]) and (branch.truth[:, -1] > first.truth[:, -1]).all()


def test_in_range_includes_its_ends():
    assert in_range(np.array([10.99, 11.0, 12.0, 12.01])).tolist() == [False, True, True, False]


# --- the environments -------------------------------------------------------------------------

IDS = ("mbrl/AnemiaPatient-v0", "mbrl/AnemiaARX-v0")


@pytest.mark.filterwarnings("ignore:.*symmetric and normalized.*")  # kIU are kIU
@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("dose_step", [None, 2.5])
def test_gymnasium_has_nothing_to_complain_about(name, dose_step):
    check_env(gymnasium.make(name, dose_step=dose_step).unwrapped)


@pytest.mark.parametrize("name", IDS)
def test_episodes_have_24_months_and_seeds_are_honoured(name):
    paths = []
    for seed in (4, 4, 5):
        env = gymnasium.make(name)
        path, ended = [env.reset(seed=seed)[0]], False
        while not ended:
            seen, _, terminated, ended, _ = env.step(np.array([3.0], np.float32))
            assert not terminated
            path.append(seen)
        paths.append(np.array(path))
    assert len(paths[0]) == 25
    assert np.array_equal(paths[0], paths[1]) and not np.array_equal(paths[0], paths[2])
    env = gymnasium.make(name)
    assert not np.array_equal(env.reset()[0], env.reset()[0])


def test_every_episode_has_a_new_patient_unless_one_is_named():
    anybody, reference_patient = AnemiaPatient(noise=0.0), AnemiaPatient("CKD4", noise=0.0)
    assert len({float(anybody.reset(seed=seed)[0][0]) for seed in range(3)}) == 3
    assert len({float(reference_patient.reset(seed=seed)[0][0]) for seed in range(3)}) == 1


def test_the_reward_and_what_info_tells():
    env = AnemiaPatient("CKD5", change_cost=0.1, noise=0.0)
    env.reset(seed=0)
    env.step(np.array([4.0]))
    seen, reward, terminated, truncated, info = env.step(np.array([6.5]))
    level = info["hemoglobin"]
    assert level == pytest.approx(float(m.hemoglobin(info["state"])))
    assert seen[0] == pytest.approx(level) and seen[3:].tolist() == [6.5, 4.0]
    assert reward == pytest.approx(-((level - 11.5) ** 2) - 0.1 * 2.5)
    assert (terminated, truncated) == (False, False)
    assert info["in_range"] == (11 <= level <= 12) and info["dose"] == 6.5
    assert info["clipped"] is False


def test_doses_out_of_range_are_clipped_and_told():
    env = AnemiaPatient("CKD5")
    env.reset(seed=0)
    assert env.step(np.array([31.0]))[4]["clipped"] is True
    info = env.step(np.array([-1.0]))[4]
    assert info["clipped"] is True and info["dose"] == 0.0
    assert env.step(np.array([30.0]))[4]["clipped"] is False


def test_steps_of_a_dose():
    env = AnemiaPatient("CKD5", dose_step=2.5)
    assert env.action_space.n == 13
    env.reset(seed=0)
    assert env.step(3)[4]["dose"] == 7.5
    for wrong in (13, -1, 2.5):
        with pytest.raises(ValueError, match="action must be in Discrete"):
            env.step(wrong)


@pytest.mark.parametrize("wrong", [[np.nan], [np.inf], [1.0, 2.0], 3.0, [[1.0]]])
@pytest.mark.parametrize("kind", [AnemiaPatient, AnemiaARX])
def test_bad_actions_are_refused(kind, wrong):
    env = kind()
    env.reset(seed=0)
    with pytest.raises(ValueError, match=r"action must be finite and of shape \(1,\)"):
        env.step(np.array(wrong))


def test_bad_settings_are_refused():
    with pytest.raises(ValueError, match=r"unknown patients \['Mr X'\]; there are healthy"):
        AnemiaPatient("Mr X")
    with pytest.raises(ValueError, match=r"patient must be one row, of shape \(1,\); got \(4,\)"):
        AnemiaPatient(reference())
    with pytest.raises(ValueError, match="change_cost must be a number, not below 0"):
        AnemiaPatient(change_cost=-1)
    with pytest.raises(ValueError, match="dose_step must be a number above 0"):
        AnemiaPatient(dose_step=0.0)
    with pytest.raises(gymnasium.error.ResetNeeded):
        AnemiaPatient().step(np.array([1.0]))


def test_an_unstable_theta_is_refused_unless_asked_for():
    growing = np.array([0, 0, 0.2, 0.3, 0.9, 0, 0])
    with pytest.raises(ValueError, match=r"one has modulus 1\.15"):
        AnemiaARX(growing)
    env = AnemiaARX(growing, allow_unstable=True)
    env.reset(seed=0)
    steps = 1
    while not env.step(np.array([6.0]))[2]:
        steps += 1
        assert steps < 24
    assert env._clinic.bodies.hemoglobin[0] > 18, "and the episode ended there"
    with pytest.raises(ValueError, match=r"theta must have shape \(7,\)"):
        AnemiaARX(np.ones(6))


def test_the_average_theta_is_identified_and_stable():
    theta = AnemiaARX().theta
    assert theta.shape == (7,) and arx.is_stable(theta)
    assert theta[2] > 0 and theta[:3].sum() > 0, "epoetin raises haemoglobin"


# --- who doses --------------------------------------------------------------------------------


def seen(level, before=None, tsat=30.0, last=8.0, previous=8.0):
    return np.array([[level, level if before is None else before, tsat, last, previous]])


@pytest.mark.parametrize(
    ("observation", "dose"),
    [(seen(9.0, last=0.0), 6.0), (seen(11.5), 8.0), (seen(12.1), 6.0), (seen(12.0), 8.0),
     (seen(10.9), 10.0), (seen(11.0), 8.0), (seen(10.5, 9.4), 8.0), (seen(10.5, 9.6), 10.0),
     (seen(11.5, 9.4), 6.0), (seen(11.5, 9.6), 8.0), (seen(12.5, 14.0), 6.0),
     (seen(10.5, 8.0), 6.0)],
)  # fmt: skip
def test_the_protocol_by_hand(observation, dose):
    assert Protocol().dose(observation).tolist() == [dose]


def test_a_constant_dose_is_constant():
    assert Constant(5.0).dose(np.zeros((3, 5))).tolist() == [5.0] * 3


def test_learners_multiply_the_last_dose():
    weights = np.zeros((CELLS, 5))
    weights[:, 4] = 1.0
    assert Values(weights).dose(seen(11.5)).tolist() == [10.0]
    assert Values(weights).dose(seen(11.5, last=28.0)).tolist() == [30.0]
    assert Values(weights).dose(seen(9.0, last=0.0)).tolist() == [7.5]
    assert len({int(cell(seen(a, a - b))[0]) for a in (9, 11.2, 14) for b in (-2, 0, 2)}) == 9
    assert int(cell(seen(20, 0))[0]) == CELLS - 1 and int(cell(seen(5, 20))[0]) == 0
    shape = bumps(np.concatenate([seen(11.5), seen(30, 1)]))
    assert np.allclose(shape.sum(axis=1), 1) and (shape >= 0).all()


@pytest.mark.parametrize("on_policy", [True, False])
def test_bumps_learn_to_raise_the_dose_of_who_has_too_little(on_policy):
    env = Changes(gymnasium.make("mbrl/AnemiaPatient-v0"))
    short = [learn_bumps(env, np.random.default_rng(seed), on_policy, 3) for seed in (0, 0, 1)]
    assert np.array_equal(short[0], short[1]) and not np.array_equal(short[0], short[2])
    values = Values(learn_bumps(env, np.random.default_rng(0), on_policy, episodes=100))
    assert values.dose(seen(9.5))[0] > 8.0 > values.dose(seen(13.5))[0]


def test_on_and_off_policy_differ_only_by_exploration():
    env = Changes(gymnasium.make("mbrl/AnemiaPatient-v0"))
    for epsilon, same in ((0.0, True), (0.3, False)):
        on, off = (
            learn_bumps(env, np.random.default_rng(0), on_policy, 3, epsilon=epsilon)
            for on_policy in (True, False)
        )
        assert np.allclose(on, off) == same


def test_tabular_learners_can_be_used():
    env = Changes(gymnasium.make("mbrl/AnemiaPatient-v0"), table=True)
    run = q_learning(env, np.random.default_rng(0), TabularSettings(episodes=20))
    assert run.q.shape == (CELLS, 5) and run.lengths.sum() > 100


def test_mpc_reaches_the_target_in_its_own_model():
    clinic = Clinic(ARXPatients(np.tile(THETA, (3, 1))), np.random.default_rng(0), noise=0.0)
    mpc = ARXMPC(np.tile(THETA, (3, 1)), torch.Generator().manual_seed(0), (30.0, 0.6))
    clinic.follow(mpc, 12)
    assert np.abs(clinic.truth[:, -6:] - 11.5).max() < 0.4


def test_mpc_is_reproducible_and_stays_near_the_last_dose():
    def doses(seed, settings=MPCSettings()):
        generator = torch.Generator().manual_seed(seed)
        return ARXMPC(THETA[None], generator, (30.0, 0.6), settings).dose(seen(9.0, last=5.0))

    assert doses(0) == doses(0) != doses(1)
    near = MPCSettings(largest_change=1.0)
    assert 5.5 < doses(0, near)[0] <= 6.0
    with pytest.raises(ValueError, match="there are 1 patients; got 2"):
        ARXMPC(THETA[None], torch.Generator(), (30.0, 0.6)).dose(np.ones((2, 5)))
    with pytest.raises(ValueError, match="largest_change must be a number above 0"):
        MPCSettings(largest_change=0.0)


def test_a_planned_month_is_worth_what_it_leads_to():
    mpc = ARXMPC(THETA[None], torch.Generator(), (30.0, 0.6), MPCSettings(change_cost=0.1))
    now, then = torch.tensor([[9.0, 9, 30, 5, 5]]), torch.tensor([[12.0, 9, 30, 7, 5]])
    assert float(mpc.reward(now, torch.tensor([[7.0]]), then)) == pytest.approx(-0.25 - 0.1 * 2)


def test_a_dear_change_is_a_small_one():
    def change(cost):
        generator = torch.Generator().manual_seed(0)
        settings = MPCSettings(change_cost=cost)
        mpc = ARXMPC(THETA[None], generator, (30.0, 0.6), settings)
        return abs(float(mpc.dose(seen(12.3, last=8.0))[0]) - 8.0)

    assert change(100.0) < 0.7 < change(0.0)


def test_individual_models_dose_better_than_one_for_all(others):
    clinic = year(13, 40)
    own = arx.identify_each(clinic.record, arx.learn_prior(others.record))
    one = np.tile(arx.identify(others.record), (40, 1))
    shares = []
    for theta in (own, one, own[:, None].repeat(2, axis=1)):
        branch = copy.deepcopy(clinic)
        generator = torch.Generator().manual_seed(0)
        branch.follow(ARXMPC(theta, generator, arx.tsat_recursion(others.record)), 12)
        shares.append(in_range(branch.truth[:, 13:]).mean())
    assert shares[0] > shares[1] + 0.05
    assert shares[2] == pytest.approx(shares[0], abs=0.03), "an ensemble of twins is one model"
