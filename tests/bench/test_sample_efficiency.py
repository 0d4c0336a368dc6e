"""Steps of the model-free peer: how they are read, chosen, kept and compared."""

import json
import subprocess
import sys

import numpy as np
import pytest

from benchmarks import peers
from benchmarks import sample_efficiency as bench

SAC = bench.SWEEPS["pendulum", "SAC"]


PEER = """
import json, sys
for place, job in reversed(list(enumerate(json.load(sys.stdin)))):
    if job["seed"] == 13:
        sys.exit(3)
    print(json.dumps([place, {"steps": None, "curve": [[job["cap"], -job["seed"]]]}]), flush=True)
"""


@pytest.fixture
def results(tmp_path, monkeypatch):
    """An empty folder for results; the peer is a script that goes backwards and fails on 13."""
    (tmp_path / "sb3_steps.py").write_text(PEER)
    monkeypatch.setattr(peers, "HERE", tmp_path)
    monkeypatch.setattr(peers, "python_of", lambda name: sys.executable)
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "results")
    return tmp_path / "results" / "pendulum" / "SAC"


def test_steps_are_those_of_the_first_evaluation_that_reaches_the_return():
    curve = [[250, -900.0], [500, -300.0], [750, -420.0], [1000, -150.0]]
    assert [bench.steps_to(curve, asked) for asked in (-400, -300, -200, -100)] == [
        500,
        500,
        1000,
        None,
    ]


@pytest.mark.parametrize(
    ("steps", "chosen"),
    [
        ({"slow": [900, 900, 900], "fast": [500, 500, 4000]}, "fast"),
        ({"lucky": [100, None, None], "steady": [3000, 3000, 3000]}, "steady"),
        ({"never": [None, None, None], "once": [2000, None, None]}, "once"),
        ({"late": [4000, 4000, 4000], "lost": [100, None, None]}, "late"),
        ({"wide": [100, 500, 3000], "narrow": [400, 500, 600]}, "narrow"),
    ],
)
def test_best_setting_has_the_lowest_median(steps, chosen):
    assert bench.best(steps, cap=4000) == chosen
    assert bench.best(dict(reversed(steps.items())), cap=4000) == chosen


def test_each_run_is_kept_in_its_own_file_beside_its_job(results):
    bench.run_all("pendulum", "SAC", [("zoo", 1), ("zoo", 2)], 500)
    assert sorted(path.name for path in results.iterdir()) == ["zoo-1.json", "zoo-2.json"]
    run = json.loads((results / "zoo-2.json").read_text())
    assert run["job"] == bench.job("pendulum", "SAC", "zoo", 2, 500)
    assert run["curve"] == [[500, -2]]


def test_a_bench_that_broke_off_makes_only_what_is_missing(results):
    with pytest.raises(subprocess.CalledProcessError):
        bench.run_all("pendulum", "SAC", [("zoo", 1), ("zoo", 13), ("zoo", 3)], 500)
    assert [path.name for path in results.iterdir()] == ["zoo-3.json"]
    before = (results / "zoo-3.json").stat().st_mtime_ns
    bench.run_all("pendulum", "SAC", [("zoo", 1), ("zoo", 3)], 500)
    assert sorted(path.name for path in results.iterdir()) == ["zoo-1.json", "zoo-3.json"]
    assert (results / "zoo-3.json").stat().st_mtime_ns == before


def test_a_run_of_another_job_is_made_again(results):
    for cap in (500, 750):
        bench.run_all("pendulum", "SAC", [("zoo", 1)], cap)
        assert json.loads((results / "zoo-1.json").read_text())["curve"] == [[cap, -1]]


def test_nothing_is_started_when_all_runs_are_kept(results, monkeypatch):
    bench.run_all("pendulum", "SAC", [("zoo", 1)], 500)
    monkeypatch.setattr(peers, "python_of", lambda name: pytest.fail("the peer was started"))
    bench.run_all("pendulum", "SAC", [("zoo", 1)], 500)


def test_peer_steps_are_the_best_settings_runs_on_the_scored_seeds(results):
    def keep(setting, seed, cap, steps):
        wanted = bench.job("pendulum", "SAC", setting, seed, cap)
        path = bench._path("pendulum", "SAC", setting, seed)
        path.parent.mkdir(parents=True, exist_ok=True)
        curve = [[250, -390.0], [steps or cap, -500.0 if steps is None else -190.0]]
        path.write_text(json.dumps({"job": wanted, "steps": steps, "curve": curve}))

    with pytest.raises(FileNotFoundError, match="run python -m"):
        bench.peer_steps("pendulum", "SAC")
    for setting in SAC.settings:
        for seed in SAC.tuning_seeds:
            keep(setting, seed, SAC.tuning_cap, 1000 if setting == "quick" else None)
    for seed in bench.SEEDS:
        keep("quick", seed, SAC.cap, None if seed == 3 else 1000 + seed)

    came = bench.peer_steps("pendulum", "SAC")
    assert (came["setting"], came["threshold"], came["cap"]) == ("quick", -200, SAC.cap)
    assert came["steps"] == [1000, 1001, 1002, None, *range(1004, 1010)]
    assert bench.peer_steps("pendulum", "SAC", -400)["steps"] == [250] * 10
    with pytest.raises(ValueError, match="one of"):
        bench.peer_steps("pendulum", "SAC", -123)


def test_ratio_of_constant_samples_is_certain():
    ratio = bench.ratio_of_medians([900] * 10, [300] * 10, 1000, np.random.default_rng(0))
    assert ratio == (3, 3, 3)


def test_ratio_counts_a_run_that_never_came_at_the_cap():
    random = np.random.default_rng(0)
    ratio, low, high = bench.ratio_of_medians([400, None, None], [200, 200, 200], 1000, random)
    assert (ratio, low, high) == (5, 2, 5)


def test_ratio_interval_covers_the_true_ratio_about_as_often_as_it_says():
    random, covered = np.random.default_rng(0), 0
    for _ in range(60):
        peer, ours = random.exponential(2000, 20), random.exponential(1000, 20)
        _, low, high = bench.ratio_of_medians(peer, ours, np.inf, random, level=0.8)
        covered += low <= 2 <= high
    assert 40 <= covered <= 56


def test_ratio_depends_on_nothing_but_its_generator():
    peer, ours = [500, 900, 700, 2000], [100, 300, 200, 250]
    same = [bench.ratio_of_medians(peer, ours, 1, np.random.default_rng(s)) for s in (1, 1)]
    assert same[0] == same[1]


@pytest.mark.parametrize("ours", [[200, np.inf], [200, np.nan], [0, 200]])
def test_ratio_wants_every_run_of_ours(ours):
    with pytest.raises(ValueError, match="positive count"):
        bench.ratio_of_medians([400, 500], ours, 1000, np.random.default_rng(0))


@pytest.mark.parametrize("arguments", [["acrobot", "SAC"], ["cartpole"]])
def test_unknown_sweep_is_named(arguments, capsys):
    assert bench.main(arguments) == 2
    assert "pendulum PPO" in capsys.readouterr().err
