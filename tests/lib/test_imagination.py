"""A policy learned in a model, and the loops around it."""

import dataclasses

import numpy as np
import pytest
import torch

from mbrl_lib.dynamics import FitSettings
from mbrl_lib.experiments import imagination as imagined
from mbrl_lib.experiments import loop as loops
from mbrl_lib.experiments import pets
from mbrl_lib.imagination import Imagination, ImaginationSettings, PolicyNetwork
from mbrl_lib.planning import ICEMSettings
from mbrl_lib.types import Gaussian, Policy


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


class Point:
    """s' = s + a with no noise; two members who agree."""

    members = 2

    def predict_each(self, state, action):
        return Gaussian(state + action, torch.zeros_like(state))

    def requires_grad_(self, wanted):
        return self


def near_zero(state, action, next_state):
    return -(next_state[:, 0] ** 2)


def never(state):
    return torch.zeros(len(state), dtype=torch.bool)


def learner(**more):
    low, high = torch.tensor([-0.5]), torch.tensor([0.5])
    return Imagination(1, low, high, generator(), ImaginationSettings(**more))


def test_policy_stays_within_its_bounds_and_is_a_policy():
    policy = PolicyNetwork(
        3, torch.tensor([-1.0, 2.0]), torch.tensor([3.0, 4.0]), (8,), generator()
    )
    actions = policy(100 * torch.randn(50, 3, generator=generator()))
    assert actions.shape == (50, 2)
    assert (actions >= torch.tensor([-1.0, 2.0])).all()
    assert (actions <= torch.tensor([3.0, 4.0])).all()
    assert isinstance(policy, Policy)
    assert policy.act(np.zeros(3, dtype=np.float32)).shape == (2,)


def test_lambda_returns_by_hand():
    """Two steps, V = 10 everywhere: R_1 = 2 + g V, R_0 = 1 + g ((1 - l) V + l R_1)."""
    made = learner(horizon=2, discount=0.5, trace=0.25)
    made._values = lambda network, states: torch.full(states.shape[:-1], 10.0)
    states, rewards = torch.zeros(3, 1, 1, 1), torch.tensor([1.0, 2.0])[:, None, None]
    alive = torch.ones(3, 1, 1)
    got = made._lambda_returns(states, rewards, alive)[:, 0, 0]
    last = 2 + 0.5 * 10
    assert got.tolist() == pytest.approx([1 + 0.5 * (0.75 * 10 + 0.25 * last), last])
    ended = torch.tensor([1.0, 0.0, 0.0])[:, None, None]
    got = made._lambda_returns(states, rewards, ended)[:, 0, 0]
    assert got[0] == 1, "nothing after a terminal state"


def test_imagined_steps_follow_the_model_and_remember_who_died():
    made = learner(horizon=3, exploration=0.0)
    made.policy.forward = lambda state: torch.full_like(state, 0.5)
    start = torch.tensor([[[0.0], [5.0]], [[1.0], [0.2]]])
    states, rewards, alive = made._imagine(
        Point(), near_zero, lambda s: s[:, 0] > 1.4, start, generator()
    )
    assert states[:, 0, 0, 0].tolist() == [0, 0.5, 1.0, 1.5]
    assert rewards[:, 0, 0].tolist() == pytest.approx([-0.25, -1.0, -2.25])
    assert alive[:, 0, 0].tolist() == [1, 1, 1, 0]
    assert alive[:, 1, 0].tolist() == [1, 0, 0, 0], "1.5 at once"


def test_a_policy_is_learned_through_the_model_alone():
    made, g = learner(horizon=3, exploration=0.05, starts=16, hidden=(32,)), generator(1)
    states = 4 * torch.rand(200, 1, generator=g) - 2
    history = made.learn(Point(), near_zero, never, states, 250, g)
    assert np.mean(history[-20:]) > np.mean(history[:20])
    at = made.policy(torch.tensor([[-1.5], [-0.2], [0.2], [1.5]]))[:, 0].tolist()
    assert at[0] > 0.35 and at[3] < -0.35, "as far as allowed towards 0"
    assert at[1] == pytest.approx(0.2, abs=0.15) and at[2] == pytest.approx(-0.2, abs=0.15)


def test_termination_alone_can_be_learned_from():
    """The reward is 1 a step, as at the cart-pole: only the critic knows what to stay away from."""
    quick = {"discount": 0.8, "critic_rate": 1e-2, "target_rate": 0.1}  # so small a world
    made, g = learner(horizon=4, starts=16, hidden=(32,), **quick), generator(2)
    states = 2 * torch.rand(200, 1, generator=g) - 1
    drift = Point()
    drift.predict_each = lambda s, a: Gaussian(s + 0.1 * torch.sign(s) + a, torch.zeros_like(s))
    made.learn(
        drift, lambda s, a, n: torch.ones_like(n[:, 0]), lambda s: s[:, 0].abs() > 1, states, 250, g
    )
    at = made.policy(torch.tensor([[-0.8], [0.8]]))[:, 0]
    assert at[0] > 0.2 and at[1] < -0.2


def test_same_seed_same_policy():
    outcomes = []
    for _ in range(2):
        made, g = learner(), generator(3)
        states = torch.randn(20, 1, generator=g)
        outcomes.append(made.learn(Point(), near_zero, never, states, 5, g))
    assert outcomes[0] == outcomes[1]


FIT = FitSettings(epochs=3)
SMALL = {"trial_length": 6, "random_steps": 30, "hidden": (8,), "members": 2, "fit": FIT}
PETS = dataclasses.replace(
    pets.SETTINGS["swingup"], **SMALL, refit_every=4, particles=2, planner=ICEMSettings(8, 3, 1, 3)
)
QUICK = [
    lambda seed: pets.PETS(PETS, seed),
    lambda seed: imagined.ImaginedPolicy(
        dataclasses.replace(imagined.SETTINGS["pendulum"], **SMALL, updates=3), seed
    ),
]


@pytest.mark.parametrize("make", QUICK)
def test_a_resumed_loop_gives_the_same_trials(make, tmp_path):
    whole = loops.run(make(1), 3, tmp_path / "whole")
    loops.run(make(1), 1, tmp_path / "parts")
    again = loops.run(make(1), 3, tmp_path / "parts")
    assert again == whole
    assert whole[0].all_steps == 30 + whole[0].steps
    assert sum(t.steps for t in whole) + 30 == whole[-1].all_steps
    names = {path.name.split("_")[0] for path in (tmp_path / "parts").iterdir()}
    assert {"buffer", "model", "trials.json"} <= names
    assert not list((tmp_path / "parts").glob("*_1.safetensors")), "old states are gone"
    assert loops.run(make(2), 1, tmp_path / "other") != whole[:1]


@pytest.mark.parametrize(("every", "sizes"), [(0, [30, 36]), (4, [30, 34, 36, 40]), (3, None)])
def test_a_loop_trains_within_a_trial_on_all_that_it_has_seen(every, sizes, monkeypatch):
    loop = pets.PETS(dataclasses.replace(PETS, refit_every=every), 0)
    seen, train = [], loop.train

    def spy(generator):
        seen.append(len(loop.buffer))
        train(generator)

    monkeypatch.setattr(loop, "train", spy)
    for _ in range(2):
        loop.run_trial()
    assert seen == (sizes or [30, 33, 36, 36, 39, 42])


def test_a_killed_save_leaves_the_last_one_whole(tmp_path, monkeypatch):
    make = QUICK[0]
    loops.run(make(1), 1, tmp_path)
    loop = make(1)
    loop.resume(tmp_path)
    loop.run_trial()
    monkeypatch.setattr(
        loops.os, "replace", lambda *paths: (_ for _ in ()).throw(KeyboardInterrupt)
    )
    with pytest.raises(KeyboardInterrupt):
        loop.save(tmp_path)
    monkeypatch.undo()
    assert loops.run(make(1), 2, tmp_path)[1] == loop.trials[1]


def test_another_runs_folder_is_refused(tmp_path):
    loops.run(QUICK[0](1), 1, tmp_path)
    with pytest.raises(ValueError, match="other settings or another seed"):
        loops.run(QUICK[0](2), 1, tmp_path)
    with pytest.raises(ValueError, match="seed"):
        QUICK[0](-1)
