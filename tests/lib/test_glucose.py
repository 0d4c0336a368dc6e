"""The glucose model: its steady state, simglucose's days, meals by hand, metrics, bad input."""

import json
from pathlib import Path

import numpy as np
import pytest

from mbrl_lib.envs.glucose import Patients, metrics, names, steady_state, subjects
from mbrl_lib.envs.glucose.model import G_P, G_T, I_SC1, Q_GUT, Q_STO1, Q_STO2, X, derivative

REFERENCE = json.loads((Path(__file__).parent / "reference" / "simglucose.json").read_text())
TABLE = subjects()


def rates(states, table=TABLE, eaten=0.0, insulin=None, meal=0.0):
    """Changes in a minute, `(N, 13)`; insulin in U/h, basal unless given."""
    dose = table["u_b"] if insulin is None else insulin * 100 / table["body_weight"]
    change = np.empty_like(states)
    for n in range(len(table)):
        derivative(states[n], table[n], eaten, dose[n], meal, change[n])
    return change


# --- the model --------------------------------------------------------------------------------


def test_nothing_moves_in_the_steady_state():
    states = steady_state(TABLE)
    assert np.abs(rates(states)).max() < 1e-10
    assert np.allclose(states[:, G_P] / TABLE["V_G"], TABLE["G_b"], rtol=1e-12)


def test_fasting_on_basal_does_not_drift():
    patients, nothing = Patients(TABLE), np.zeros(30)
    for _ in range(24 * 60):
        patients.minute(nothing, TABLE["basal"] / 60)
    assert np.abs(patients.glucose - TABLE["G_b"]).max() < 1e-6
    assert np.abs(patients.interstitial - TABLE["G_b"]).max() < 1e-6


@pytest.mark.parametrize("mode", REFERENCE)
def test_a_day_is_that_of_simglucose_for_every_subject(mode):
    from benchmarks.glucose import day

    theirs = np.array([REFERENCE[mode][name] for name in names()])
    assert theirs.shape == (30, 48)
    assert np.abs(day(mode) - theirs).max() <= 0.05


def test_an_hour_of_twice_the_basal_rate_lowers_glucose_and_less_raises_it():
    ends = []
    for factor in (0.0, 1.0, 2.0):
        patients = Patients(TABLE)
        for _ in range(180):
            patients.minute(np.zeros(30), factor * TABLE["basal"] / 60)
        ends.append(patients.glucose)
    assert (ends[0] > ends[1]).all() and (ends[1] > ends[2]).all()


def test_carbohydrate_is_conserved_until_it_appears():
    patients = Patients(TABLE)
    patients.minute(np.full(30, 12.0), np.zeros(30))
    assert patients.waiting.tolist() == [7.0] * 30, "5 g a minute are eaten"
    patients.minute(np.zeros(30), np.zeros(30))
    patients.minute(np.zeros(30), np.zeros(30))
    assert patients.waiting.tolist() == [0.0] * 30
    inside = patients.states[:, [Q_STO1, Q_STO2, Q_GUT]].sum(axis=1)
    assert ((inside < 12_000) & (inside > 11_000)).all(), "mg; the gut has hardly passed on any"
    assert np.allclose(patients.meal, 12_000)


def test_a_second_meal_counts_what_is_left_of_the_first():
    patients = Patients(subjects(["adult#001"]))
    patients.minute(np.array([50.0]), np.zeros(1))
    for _ in range(30):
        patients.minute(np.zeros(1), np.zeros(1))
    left = float(patients.states[0, Q_STO1] + patients.states[0, Q_STO2])
    patients.minute(np.array([5.0]), np.zeros(1))
    assert float(patients.meal[0]) == pytest.approx(left + 5_000)


def test_renal_excretion_begins_at_its_threshold():
    states = steady_state(TABLE)
    below, above = states.copy(), states.copy()
    below[:, G_P], above[:, G_P] = 339.0, 349.0
    plain = (rates(above) - rates(below))[:, G_P]
    production = np.maximum(0, TABLE["k_p1"] - TABLE["k_p2"] * 349 - TABLE["k_p3"] * TABLE["I_b"])
    before = np.maximum(0, TABLE["k_p1"] - TABLE["k_p2"] * 339 - TABLE["k_p3"] * TABLE["I_b"])
    assert np.allclose(plain, production - before - 10 * TABLE["k_1"] - 10 * 0.0005)


def test_insulin_under_the_skin_is_in_units():
    change = rates(np.zeros((30, 13)), insulin=np.full(30, 1.0))  # 1 U/h
    assert np.allclose(change[:, I_SC1], 6000 / 60 / TABLE["body_weight"])


def test_states_stay_above_zero_and_go_on_moving():
    patients = Patients(TABLE)
    for _ in range(600):
        patients.minute(np.zeros(30), np.full(30, 1.0))  # 1 U a minute: far too much
    assert np.isfinite(patients.states).all()
    assert (np.delete(patients.states, X, axis=1) >= 0).all()
    low = patients.glucose.copy()
    for _ in range(600):
        patients.minute(np.full(30, 2.0), np.zeros(30))
    assert (patients.glucose > low + 20).all(), "a meal still has an effect"


def test_subjects_beside_each_other_are_as_alone():
    together, alone = Patients(TABLE), Patients(subjects(["child#005"]))
    row = names().index("child#005")
    for minute in range(90):
        food = 30.0 * (minute == 3)
        together.minute(np.full(30, food), np.full(30, 0.01))
        alone.minute(np.array([food]), np.array([0.01]))
    assert np.array_equal(together.states[row], alone.states[0])


# --- subjects and bad input -------------------------------------------------------------------


def test_there_are_thirty_subjects_in_three_groups():
    assert [len(names(group)) for group in ("adolescent", "adult", "child")] == [10, 10, 10]
    assert ((TABLE["G_b"] > 130) & (TABLE["G_b"] < 155)).all()
    adult = subjects(["adult#001"])
    assert float(adult["basal"][0]) == pytest.approx(1.2674, abs=1e-4), "U/h"
    assert float(adult["carbohydrate_ratio"][0]) == 10


def test_unknown_subjects_and_groups_are_named():
    with pytest.raises(ValueError, match=r"unknown subjects \['adult#011'\]; there are adol"):
        subjects(["adult#001", "adult#011"])
    with pytest.raises(ValueError, match="adolescent, adult, child; got 'baby'"):
        names("baby")


@pytest.mark.parametrize(
    ("food", "insulin", "told"),
    [
        ([-1.0], [0.0], "carbohydrate must be finite and not below 0"),
        ([np.nan], [0.0], "carbohydrate must be finite"),
        ([0.0], [np.inf], "insulin must be finite"),
        ([0.0], [-0.1], "insulin must be finite and not below 0"),
        ([0.0, 0.0], [0.0], r"carbohydrate must have shape \(1,\)"),
    ],
)
def test_bad_input_changes_nothing(food, insulin, told):
    patients = Patients(subjects(["adult#001"]))
    before = patients.states.copy()
    with pytest.raises(ValueError, match=told):
        patients.minute(np.array(food), np.array(insulin))
    assert np.array_equal(patients.states, before) and patients.waiting.tolist() == [0.0]


# --- metrics ----------------------------------------------------------------------------------


def test_shares_of_time_by_hand():
    curve = np.array([50.0, 60.0, 70.0, 180.0, 181.0, 251.0, 100.0, 100.0])
    shares = {name: float(share) for name, share in metrics.times(curve).items()}
    assert shares == {"below 54": 1 / 8, "below 70": 2 / 8, "in range": 4 / 8,
                      "above 180": 2 / 8, "above 250": 1 / 8}  # fmt: skip


def test_risks_at_known_points():
    assert float(metrics.kovatchev(np.array([112.5]))[0]) == pytest.approx(0, abs=2e-3)
    for glucose, low, high in ((20, 100.0, 0), (70, 7.76, 0), (180, 0, 7.73), (600, 0, 99.95)):
        assert float(metrics.lbgi(np.array([glucose]))) == pytest.approx(low, abs=0.06)
        assert float(metrics.hbgi(np.array([glucose]))) == pytest.approx(high, abs=0.06)
    for glucose, risk in ((138.9, 0), (70, 25.0), (180, 3.5), (40, 84), (20, 211)):
        assert float(metrics.magni(np.array(glucose))) == pytest.approx(risk, rel=0.01, abs=0.01)


def test_risks_are_means_over_the_whole_curve():
    curve = np.array([[70.0, 112.5], [180.0, 112.5]])
    assert metrics.lbgi(curve) == pytest.approx([7.76 / 2, 0], abs=0.02)
    assert metrics.hbgi(curve) == pytest.approx([0, 7.73 / 2], abs=0.02)


@pytest.mark.parametrize(
    ("low", "high", "zone"),
    [(95, 150, "A"), (80, 250, "B"), (95, 250, "B"), (80, 150, "B"), (95, 320, "C"),
     (60, 150, "C"), (80, 320, "D"), (60, 250, "D"), (60, 320, "E")],
)  # fmt: skip
def test_zones_of_the_variability_grid(low, high, zone):
    curve = np.r_[np.full(500, low), np.full(500, high)].astype(float)
    assert str(metrics.cvga(curve)) == zone


def test_curves_that_cannot_be_are_refused():
    for curve in ([np.nan], [0.5]):
        with pytest.raises(ValueError, match="glucose must be finite and at least 1"):
            metrics.magni(np.array(curve))


def test_the_tissue_follows_plasma():
    states = steady_state(TABLE)
    states[:, G_P] *= 1.5
    assert (rates(states)[:, G_T] > 0).all()
