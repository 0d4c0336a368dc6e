"""Take cover: the game's rules as we set them, seeds, a process that dies, blind policies."""

import importlib.util
import os
import subprocess
import sys

import gymnasium
import numpy as np
import psutil
import pytest
from gymnasium.utils.env_checker import check_env

import mbrl_lib.envs  # noqa: F401  registers the environments
from mbrl_lib.envs.take_cover import LEFT, RIGHT, STAY, Held, Still, Sweep, TakeCover, shrink

needs_vizdoom = pytest.mark.skipif(
    importlib.util.find_spec("vizdoom") is None,
    reason="VizDoom is not installed: python -m pip install vizdoom",
)


@pytest.fixture
def env():
    env = TakeCover(render_mode="rgb_array")
    yield env
    env.close()


def episode(env, policy, seed):
    """Frames, rewards and the end of one episode."""
    observation, _ = env.reset(seed=seed)
    policy.reset()
    frames, rewards, ended = [observation], [], False
    while not ended:
        observation, reward, terminated, truncated, info = env.step(policy.act(observation))
        frames.append(observation)
        rewards.append(reward)
        ended = terminated or truncated
    return np.stack(frames), rewards, terminated, truncated, info


@needs_vizdoom
@pytest.mark.filterwarnings("error")
def test_gymnasiums_own_check():
    env = gymnasium.make("mbrl/TakeCover-v0", render_mode="rgb_array")
    check_env(env.unwrapped)
    env.close()


@needs_vizdoom
def test_each_tic_survived_pays_one(env):
    frames, rewards, terminated, truncated, info = episode(env, Still(), seed=3)
    assert terminated and not truncated
    assert frames.shape[1:] == (64, 64, 3) and frames.dtype == np.uint8
    assert set(rewards[:-1]) == {4.0} and 0 <= rewards[-1] <= 4
    assert info["tics"] == sum(rewards)


@needs_vizdoom
def test_time_runs_out_and_that_is_no_death(env, monkeypatch):
    monkeypatch.setattr("mbrl_lib.envs.take_cover.TIC_LIMIT", 30)
    _, rewards, terminated, truncated, info = episode(env, Still(), seed=3)
    assert truncated and not terminated
    assert len(rewards) == 8 and info["tics"] == sum(rewards) == 30


@needs_vizdoom
def test_the_limit_is_2100_tics(env):
    env.reset(seed=0)
    assert env._game.get_episode_timeout() == 2100


@needs_vizdoom
def test_a_seed_makes_an_episode_whatever_came_before(env):
    def random():
        return Held(3, np.random.default_rng(0))

    first = episode(env, random(), seed=5)
    episode(env, Sweep(4), seed=6)
    again = episode(env, random(), seed=5)
    env.close()
    fresh = episode(env, random(), seed=5)
    for other in (again, fresh):
        np.testing.assert_array_equal(first[0], other[0])
        assert first[1] == other[1]
    elsewhere = episode(env, random(), seed=7)
    assert not np.array_equal(first[0][:20], elsewhere[0][:20])


@needs_vizdoom
def test_an_episode_without_a_seed_is_a_new_one(env):
    env.reset(seed=5)
    unseeded = [episode(env, Still(), seed=None)[1] for _ in range(4)]
    assert len({len(rewards) for rewards in unseeded}) > 1


@needs_vizdoom
@pytest.mark.parametrize(("action", "side"), [(LEFT, 1), (STAY, 0), (RIGHT, -1)])
def test_actions_move_the_view(env, action, side):
    """To walk to the left is to see the far wall move to the right."""
    first, _ = env.reset(seed=1)
    for _ in range(5):
        now, *_ = env.step(action)
    columns = [frame[26:38].astype(float).sum(axis=(0, 2)) for frame in (first, now)]
    lags = range(-8, 9)
    match = [np.corrcoef(columns[0][8:-8], np.roll(columns[1], -lag)[8:-8])[0, 1] for lag in lags]
    assert np.sign(lags[int(np.argmax(match))]) == side


@needs_vizdoom
def test_frame_skip_is_how_long_a_decision_holds():
    env = TakeCover(frame_skip=1)
    _, rewards, *_ = episode(env, Still(), seed=3)
    env.close()
    assert set(rewards[:-1]) == {1.0}


@needs_vizdoom
def test_what_is_out_of_turn_is_refused(env):
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step(STAY)
    episode(env, Still(), seed=3)
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step(STAY)
    env.reset(seed=3)
    for bad in (3, -1, 0.5, np.array([1])):
        with pytest.raises(ValueError, match="action must be in Discrete"):
            env.step(bad)


@needs_vizdoom
def test_a_game_that_dies_is_said_and_replaced(env):
    first, _ = env.reset(seed=5)
    for child in psutil.Process().children(recursive=True):
        if child.name().startswith("vizdoom"):
            child.kill()
    with pytest.raises(RuntimeError, match=r"process has died .* reset"):
        env.step(STAY)
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step(STAY)
    again, _ = env.reset(seed=5)
    np.testing.assert_array_equal(first, again)
    env.step(STAY)


@needs_vizdoom
def test_the_game_leaves_nothing_behind_where_one_works(tmp_path):
    code = (
        "from mbrl_lib.envs.take_cover import TakeCover; "
        "env = TakeCover(); env.reset(seed=0); env.step(1); env.close()"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, env=environment)
    assert not list(tmp_path.iterdir())


def test_without_vizdoom_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "vizdoom", None)
    with pytest.raises(ImportError, match="python -m pip install vizdoom"):
        TakeCover()


def test_bad_settings_are_named():
    with pytest.raises(ValueError, match="frame_skip"):
        TakeCover(frame_skip=0)
    with pytest.raises(ValueError, match="render_mode"):
        TakeCover(render_mode="human")


def test_a_frame_is_the_middle_of_the_screen():
    screen = np.zeros((120, 160, 3), np.uint8)
    screen[:30], screen[90:] = 200, 200
    screen[30:60, :80] = 100
    frame = shrink(screen)
    assert (frame[:32, :32] == 100).all() and (frame[32:] == 0).all() and (frame[:, 32:] == 0).all()
    for bad in (screen[:100], screen.astype(float)):
        with pytest.raises(ValueError, match=r"uint8 of shape \(120, 160, 3\)"):
            shrink(bad)


def test_policies_that_see_nothing():
    sweep = Sweep(2)
    assert [sweep.act(None) for _ in range(6)] == [LEFT, LEFT, RIGHT, RIGHT, LEFT, LEFT]
    sweep.reset()
    assert sweep.act(None) == LEFT
    assert Still().act(None) == STAY
    held = Held(3, np.random.default_rng(0))
    actions = [held.act(None) for _ in range(300)]
    assert all(len(set(actions[i : i + 3])) == 1 for i in range(0, 300, 3))
    assert {actions.count(a) > 60 for a in (LEFT, STAY, RIGHT)} == {True}


def test_drawn_holds_stay_within_what_was_drawn():
    held, longest = Held((2, 40), np.random.default_rng(0)), set()
    for _ in range(200):
        held.reset()
        longest.add(held._hold)
        assert 2 <= held._hold <= 40
        actions = [held.act(None) for _ in range(50)]
        assert len(set(actions)) > 1 or held._hold > 10
    assert min(longest) <= 3 and max(longest) >= 35


def test_bad_holds_are_named():
    for bad in (0, (3, 2)):
        with pytest.raises(ValueError, match="hold"):
            Held(bad, np.random.default_rng(0))
    with pytest.raises(ValueError, match="half_period"):
        Sweep(0)
