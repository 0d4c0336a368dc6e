"""The environments: equal to their peers, honest shells, true dynamics that are the environment."""

import json
import math
from pathlib import Path

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.utils.env_checker import check_env

from mbrl_lib.data import RandomPolicy, run_episode
from mbrl_lib.envs import true_model
from mbrl_lib.envs.cartpole import CartPoleParameters, CartPoleSwingUp, accelerations

IDS = ["mbrl/CartPoleBalance-v0", "mbrl/CartPoleSwingUp-v0", "mbrl/Pendulum-v0"]
PEER = json.loads((Path(__file__).parent / "reference" / "mbrl_lib_cartpole.json").read_text())


@pytest.mark.parametrize("env_id", IDS)
@pytest.mark.filterwarnings("ignore:.*symmetric and normalized")  # the pendulum has N m
@pytest.mark.filterwarnings("error")
def test_gymnasiums_own_check(env_id):
    check_env(gymnasium.make(env_id, render_mode="rgb_array").unwrapped)


@pytest.mark.parametrize("trajectory", PEER, ids=range(len(PEER)))
def test_balance_equals_mbrl_lib(trajectory):
    env = gymnasium.make("mbrl/CartPoleBalance-v0").unwrapped
    env.reset(options={"state": trajectory["states"][0]})
    for action, after, reward in zip(
        trajectory["actions"], trajectory["states"][1:], trajectory["rewards"], strict=True
    ):
        observation, got, terminated, _, _ = env.step(np.array(action))
        np.testing.assert_allclose(env.state, after, atol=1e-12)
        np.testing.assert_allclose(observation, after, atol=1e-6)
        assert got == reward
    assert terminated == trajectory["terminated"]


@pytest.mark.parametrize("seed", range(3))
def test_pendulum_equals_gymnasium(seed):
    ours, theirs = (gymnasium.make(i) for i in ("mbrl/Pendulum-v0", "Pendulum-v1"))
    theirs.reset(seed=seed)
    angle, speed = theirs.unwrapped.state
    ours.reset(options={"state": [math.cos(angle), math.sin(angle), speed]})
    random = np.random.default_rng(seed)
    for _ in range(100):
        action = random.uniform(-2, 2, size=1).astype(np.float32)
        (a, r, *_), (b, q, *_) = ours.step(action), theirs.step(action)
        np.testing.assert_allclose(a, b, atol=2e-5)
        assert r == pytest.approx(q, abs=1e-4)


@pytest.mark.parametrize("env_id", IDS)
def test_true_dynamics_are_the_environment(env_id):
    env = gymnasium.make(env_id)
    dynamics, reward, terminated = true_model(env)
    t = run_episode(env, RandomPolicy(env, np.random.default_rng(3)), seed=3)
    predicted = dynamics.predict(t.states[:-1], t.actions)
    torch.testing.assert_close(predicted.mean, t.states[1:], atol=1e-5, rtol=1e-5)
    assert torch.equal(predicted.std, torch.zeros_like(predicted.std))
    rewards = reward(t.states[:-1], t.actions, t.states[1:])
    torch.testing.assert_close(rewards, t.rewards, atol=1e-4, rtol=1e-4)
    assert bool(terminated(t.states[1:])[-1]) == t.terminated


@pytest.mark.parametrize("env_id", IDS)
def test_same_seed_same_episode(env_id):
    env = gymnasium.make(env_id)
    first, second, other = (
        run_episode(env, RandomPolicy(env, np.random.default_rng(s)), seed=s) for s in (1, 1, 2)
    )
    assert torch.equal(first.states, second.states)
    assert not torch.equal(first.states[0], other.states[0])
    a, b = env.reset()[0], env.reset()[0]
    assert not np.array_equal(a, b), "two unseeded resets differ"


def test_hanging_and_upright_are_equilibria_and_falling_is_down():
    zero = torch.zeros(1, dtype=torch.float64)
    p = CartPoleParameters()
    for angle in (0.0, math.pi):
        for part in accelerations(zero + angle, zero, zero, p):
            assert abs(float(part)) < 1e-12
    _, pole = accelerations(zero + 0.1, zero, zero, p)
    assert float(pole) > 0, "a pole leaning right falls right"
    cart, pole = accelerations(zero, zero, zero + 1, p)
    # by hand: f = 10 / 1.1; pole = -f / (0.5 (4/3 - 0.1/1.1)); cart = f - 0.05 pole / 1.1
    assert float(pole) == pytest.approx(-14.634146, abs=1e-5)
    assert float(cart) == pytest.approx(9.756098, abs=1e-5)


def test_small_swings_have_the_analytic_frequency():
    """A heavy cart holds the hinge still: the pole is a rod with period 2 pi sqrt(4 l / 3 g)."""
    p = CartPoleParameters(cart_mass=1e9, time_step=1e-3)
    env = CartPoleSwingUp(parameters=p)
    env.reset(options={"state": [0, 0, math.cos(math.pi - 0.01), math.sin(math.pi - 0.01), 0]})
    sines = []
    for _ in range(4000):
        env.step(np.zeros(1))
        sines.append(env.state[3])
    crossings = [i for i in range(1, len(sines)) if sines[i - 1] * sines[i] < 0]
    half_period = np.diff(crossings).mean() * p.time_step
    assert half_period == pytest.approx(math.pi * math.sqrt(4 * 0.5 / (3 * 9.8)), rel=5e-3)


def test_swing_up_reward_is_best_upright_in_the_middle():
    env = CartPoleSwingUp()
    states = torch.tensor([[0, 0, 1, 0, 0], [1, 0, 1, 0, 0], [0, 0, -1, 0, 0]], dtype=torch.float32)
    rewards = env.reward(states, torch.zeros(3, 1), states)
    assert rewards[0] == 1 and 0 < rewards[1] < 1 and rewards[2] == 0


@pytest.mark.parametrize("env_id", IDS)
@pytest.mark.parametrize("action", [np.zeros(2), np.float32(0), np.array([np.nan]), "left"])
def test_bad_actions_are_named(env_id, action):
    env = gymnasium.make(env_id).unwrapped
    env.reset(seed=0)
    with pytest.raises(ValueError):
        env.step(action)


def test_actions_out_of_range_are_clipped_and_told():
    env = gymnasium.make("mbrl/Pendulum-v0").unwrapped
    env.reset(seed=0)
    start = env.state.copy()
    far, *_, info = env.step(np.array([50.0]))
    assert info["clipped"]
    env.reset(options={"state": start})
    near, *_, info = env.step(np.array([2.0]))
    assert np.array_equal(far, near) and not info["clipped"]


def test_other_bad_input():
    env = gymnasium.make("mbrl/CartPoleBalance-v0").unwrapped
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step(np.zeros(1))
    with pytest.raises(ValueError, match=r"shape \(4,\)"):
        env.reset(options={"state": [0, 0]})
    with pytest.raises(ValueError, match="render_mode"):
        CartPoleSwingUp(render_mode="human")
    with pytest.raises(ValueError, match="CartPoleEnv"):
        true_model(gymnasium.make("CartPole-v1"))
    dynamics, *_ = true_model(env)
    with pytest.raises(ValueError, match=r"state must have shape \(any, 4\); got \(4,\)"):
        dynamics.predict(torch.zeros(4), torch.zeros(1, 1))


@pytest.mark.parametrize("env_id", IDS)
def test_picture_shows_the_state(env_id):
    env = gymnasium.make(env_id, render_mode="rgb_array")
    env.reset(seed=0)
    before = env.render()
    for _ in range(15):
        env.step(env.action_space.high)
    after = env.render()
    assert before.dtype == np.uint8 and before.ndim == 3 and before.std() > 0
    assert (before != after).mean() > 1e-3
    env.close()
