"""The anaemia comparison: every controller on the same patients, and honest intervals."""

import numpy as np
import pytest

from benchmarks import anemia, evidence
from mbrl_lib.envs.anemia import in_range

TINY = anemia.Comparison(patients=15, scored=3, episodes=3, members=2, resamples=200)


def test_every_controller_is_scored_on_the_same_patients_and_reproducibly():
    run = anemia.one_seed(3, TINY)
    assert set(run["controllers"]) == set(anemia.LABELS)
    for score in run["controllers"].values():
        assert 0 <= score["in_range"] <= 1 and score["change"] >= 0
        assert score["in_range"] + score["below"] + score["above"] == pytest.approx(1)
    assert run == anemia.one_seed(3, TINY)
    assert set(run["free_run_error"]) == {"population", "group", "alone", "individual"}


def test_only_the_last_months_are_scored():
    clinic = anemia.year(3, TINY)
    score = anemia.scores(clinic, 3)
    assert score["in_range"] == pytest.approx(float(in_range(clinic.truth[:, -3:]).mean()))
    dose = clinic.record.dose
    assert score["dose"] == pytest.approx(float(dose[:, -3:].mean()))
    assert score["change"] == pytest.approx(float(np.abs(dose[:, -3:] - dose[:, -4:-1]).mean()))


def test_the_interval_is_of_the_mean_over_seeds():
    assert anemia.interval(np.full(10, 0.3), 100) == (pytest.approx(0.3), pytest.approx(0.3))
    values = np.linspace(0, 1, 10)
    low, high = anemia.interval(values, 5000)
    error = values.std() / np.sqrt(10)
    assert low == pytest.approx(0.5 - 1.96 * error, abs=0.02)
    assert high == pytest.approx(0.5 + 1.96 * error, abs=0.02)


def test_scored_patients_are_not_those_that_were_tuned_or_learned_on():
    tuned = {1, 2, 100, 900}
    assert not tuned & set(anemia.SEEDS)
    assert not {seed + anemia.OTHERS for seed in anemia.SEEDS} & set(anemia.SEEDS)


def test_the_cheap_row_is_what_its_command_measures():
    row = next(r for r in evidence.read() if r["id"] == "anemia_steady_state_error_g_dl")
    assert anemia.steady_error() == row["measured"]
    assert f"{anemia.response():.2f} g/dL" in row["what"]
