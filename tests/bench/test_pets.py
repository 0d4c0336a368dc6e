"""The count of steps to a return, and what is kept of it."""

import dataclasses

import numpy as np
import pytest
import torch

from benchmarks import pets, planning_sweep, sample_efficiency
from mbrl_lib.dynamics import FitSettings
from mbrl_lib.experiments import pets as experiment
from mbrl_lib.planning import ICEMSettings

QUICK = dataclasses.replace(
    pets.FRUGAL["cartpole"], random_steps=5, trial_length=7, hidden=(8,), members=2, particles=2,
    fit=FitSettings(epochs=1), planner=ICEMSettings(6, 2, 1, 2),
)  # fmt: skip


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setitem(pets.FRUGAL, "cartpole", QUICK)
    task = dataclasses.replace(sample_efficiency.TASKS["cartpole"], every=5)
    monkeypatch.setitem(sample_efficiency.TASKS, "cartpole", task)
    monkeypatch.setattr(pets, "FRUGAL_CAP", 20)


def test_steps_are_those_learned_from_before_the_first_good_evaluation(quick, monkeypatch):
    looked = []

    def evaluated(run, steps):
        looked.append((steps, len(run.buffer)))
        return 100.0 if steps == 15 else 0.0

    monkeypatch.setattr(pets, "evaluated", evaluated)
    assert pets.frugal_steps("cartpole", 0, 50.0) == 15
    assert looked == [(5, 5), (10, 10), (15, 15)], "evaluated every 5 steps, and not counted"
    assert pets.frugal_steps("cartpole", 0, 150.0) is None
    assert looked[-1] == (20, 20)


def test_evaluation_leaves_experience_and_environment_alone(quick):
    run = experiment.PETS(QUICK, 0)
    run.act_at_random()
    run.train(run.generator(1))
    before = run.env.unwrapped.state
    assert pets.evaluated(run, 5) == pets.evaluated(run, 5), "the same episodes"
    assert len(run.buffer) == 5 and run.env.unwrapped.state is before


def test_acting_goes_on_where_it_stopped_and_begins_anew_at_the_end(quick):
    class Left:
        begun = 0

        def reset(self):
            self.begun += 1

        def act(self, observation):
            return np.array([-1.0], dtype=np.float32)

    run, agent = experiment.PETS(QUICK, 0), Left()
    observation = pets.act_on(run, agent, None, 3)
    assert agent.begun == 1 and observation is not None
    after = pets.act_on(run, agent, observation, 4)
    assert agent.begun == 1 and after is None, "the seventh step is the last of an episode"
    states = run.buffer.all().state
    assert np.array_equal(states[3].numpy(), observation.astype(np.float32))
    pets.act_on(run, agent, after, 1)
    assert agent.begun == 2 and len(run.buffer) == 8


def test_finished_counts_are_kept_and_those_of_other_settings_are_not(quick, monkeypatch, tmp_path):
    monkeypatch.setattr(sample_efficiency, "RESULTS", tmp_path)
    monkeypatch.setattr(pets, "SEEDS", range(3))
    asked = []

    def frugal(task, seed, threshold):
        asked.append(seed)
        return 100 + seed

    monkeypatch.setattr(pets, "frugal_steps", frugal)
    monkeypatch.setattr(
        pets.joblib, "Parallel", lambda *a, **k: lambda work: (f(*x) for f, x, _ in work)
    )
    assert pets.our_steps("cartpole", 195.0) == [100, 101, 102]
    assert pets.our_steps("cartpole", 195.0) == [100, 101, 102] and asked == [0, 1, 2]
    pets.our_steps("cartpole", 190.0)
    assert asked == [0, 1, 2] * 2


# --- one model for two libraries ------------------------------------------------------------------


def test_weights_for_the_peer_make_the_same_predictions(tmp_path):
    """The network of `peers/mbrl_lib_act.py` written out: no target normaliser, softplus bounds."""
    g = torch.Generator().manual_seed(0)
    model = planning_sweep.EnsembleDynamics(planning_sweep.EnsembleSettings(5, 1, 3, (8, 8)), g)
    from mbrl_lib.types import Batch

    state, action = 3 * torch.randn(50, 5, generator=g) + 1, torch.randn(50, 1, generator=g)
    flags = torch.zeros(50, dtype=torch.bool)
    model.fit_normalizers(
        Batch(state, action, torch.zeros(50), state + 0.2 * torch.sin(state), flags, flags)
    )
    planning_sweep.write_weights(model, tmp_path / "weights.npz")
    w = {name: torch.as_tensor(array) for name, array in np.load(tmp_path / "weights.npz").items()}
    x = (torch.cat([state, action], dim=1) - w["mean"]) / w["std"]
    x = x.expand(3, -1, -1)
    for i in range(2):
        x = torch.nn.functional.silu(x @ w[f"weight_{i}"] + w[f"bias_{i}"])
    x = x @ w["weight_2"] + w["bias_2"]
    softplus = torch.nn.functional.softplus
    log_variance = w["max_logvar"] - softplus(w["max_logvar"] - x[..., 5:])
    log_variance = w["min_logvar"] + softplus(log_variance - w["min_logvar"])
    expected = model.predict(state, action)
    torch.testing.assert_close(state + x[..., :5], expected.mean.detach(), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(
        torch.exp(0.5 * log_variance), expected.std.detach(), atol=1e-5, rtol=1e-4
    )


class Scripted:
    """Returns of a setting by its number of candidates; costs likewise."""

    name = "scripted"

    def __init__(self):
        self.asked = []


@pytest.fixture
def sweep(monkeypatch, tmp_path):
    S = planning_sweep.Setting
    settings = [S("cem", k, 2, 1, 1) for k in (40, 10, 30, 20)]
    monkeypatch.setattr(planning_sweep, "SWEEP", settings)
    monkeypatch.setattr(planning_sweep, "RESULTS", tmp_path)
    monkeypatch.setattr(planning_sweep, "cost", lambda who, env, s: s.candidates / 1000)

    def episode(who, env, setting, seed):
        who.asked.append((setting.candidates, seed))
        value = {10: 0.0, 20: 85.0 if seed >= 100 else 70.0, 30: 85.0, 40: 90.0}
        return {"return": value[setting.candidates], "cpu_seconds": setting.candidates / 1000}

    monkeypatch.setattr(planning_sweep, "episode", episode)


def test_the_cheapest_setting_that_holds_on_tuning_and_held_out_seeds_is_taken(sweep):
    who = Scripted()
    setting, found = planning_sweep.cheapest(who, None)
    assert setting.candidates == 30 and len(found) == 10
    tried = {k for k, _ in who.asked}
    assert tried == {10, 20, 30}, "20 passed on tuning seeds only; 40 was not needed"
    hopeless = [seed for k, seed in who.asked if k == 10]
    assert len(hopeless) < 4, "given up when the threshold was out of reach"
    again = Scripted()
    assert planning_sweep.cheapest(again, None)[0] == setting
    assert again.asked == [], "all was kept"


def test_a_sweep_without_a_good_setting_is_an_error(sweep, monkeypatch):
    monkeypatch.setattr(planning_sweep, "THRESHOLD", 150.0)
    with pytest.raises(RuntimeError, match="no setting of the sweep returns 150"):
        planning_sweep.cheapest(Scripted(), None)
