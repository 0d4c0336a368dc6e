"""Transitions, buffer, collection and normaliser."""

import gymnasium
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import mbrl_lib.envs  # noqa: F401  registers the environments
from mbrl_lib.data import RandomPolicy, ReplayBuffer, collect, concatenate, run_episode
from mbrl_lib.normalizer import Normalizer
from mbrl_lib.types import Batch, Gaussian, Trajectory, Transition


def numbered(first: int, count: int) -> Batch:
    """Transitions whose every number tells which one it is."""
    x = torch.arange(first, first + count, dtype=torch.float32)
    ended = torch.zeros(count, dtype=torch.bool)
    return Batch(
        x[:, None].expand(-1, 2), -x[:, None], x * 10, x[:, None].expand(-1, 2), ended, ended
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 7), st.lists(st.integers(0, 9), max_size=6))
def test_buffer_keeps_the_last_in_order(capacity, sizes):
    buffer, seen = ReplayBuffer(2, 1, capacity), 0
    for size in sizes:
        buffer.add_batch(numbered(seen, size))
        seen += size
    assert len(buffer) == min(seen, capacity)
    if len(buffer):
        kept = buffer.all()
        assert kept.state[:, 0].tolist() == list(range(seen - len(buffer), seen))
        assert torch.equal(kept.reward, kept.state[:, 0] * 10)


def test_buffer_samples_uniformly_and_reproducibly():
    buffer = ReplayBuffer(2, 1, 10)
    buffer.add_batch(numbered(0, 10))
    draw = lambda s: buffer.sample(5000, torch.Generator().manual_seed(s)).state[:, 0]  # noqa: E731
    assert torch.equal(draw(0), draw(0)) and not torch.equal(draw(0), draw(1))
    counts = torch.bincount(draw(0).long(), minlength=10)
    assert counts.min() > 400 and counts.max() < 600  # 500 +- 4.7 standard deviations


def test_buffer_keeps_termination_and_truncation_apart(tmp_path):
    buffer = ReplayBuffer(2, 1)
    buffer.add(Transition(np.zeros(2), np.zeros(1), 1.0, np.ones(2), terminated=True))
    buffer.add(Transition(np.zeros(2), np.zeros(1), 2.0, np.ones(2), truncated=True))
    buffer.save(tmp_path / "b.safetensors")
    for kept in (buffer.all(), ReplayBuffer.load(tmp_path / "b.safetensors").all()):
        assert kept.terminated.tolist() == [True, False]
        assert kept.truncated.tolist() == [False, True]
        assert kept.reward.tolist() == [1.0, 2.0]


def test_saved_buffer_is_the_same_even_after_wrapping(tmp_path):
    buffer = ReplayBuffer(2, 1, capacity=4)
    buffer.add_batch(numbered(0, 7))
    buffer.save(tmp_path / "b.safetensors")
    loaded = ReplayBuffer.load(tmp_path / "b.safetensors")
    assert loaded.capacity == 4
    assert torch.equal(loaded.all().state, buffer.all().state)
    loaded.add_batch(numbered(7, 1))
    assert loaded.all().state[:, 0].tolist() == [4, 5, 6, 7]


def test_load_refuses_other_files(tmp_path):
    from safetensors.torch import save_file

    (tmp_path / "pickle").write_bytes(b"\x80\x04N.")
    save_file({"x": torch.zeros(1)}, tmp_path / "other")
    for name in ("pickle", "other"):
        with pytest.raises(ValueError, match=name):
            ReplayBuffer.load(tmp_path / name)


def test_buffer_bad_input():
    buffer = ReplayBuffer(2, 1)
    with pytest.raises(ValueError, match="empty"):
        buffer.sample(1, torch.Generator())
    with pytest.raises(ValueError, match="empty"):
        buffer.all()
    with pytest.raises(ValueError, match="capacity must be a whole number, at least 1; got 0"):
        ReplayBuffer(2, 1, capacity=0)
    with pytest.raises(ValueError, match=r"state must have shape \(1, 2\); got \(1, 3\)"):
        buffer.add(Transition(np.zeros(3), np.zeros(1), 0.0, np.zeros(2)))
    with pytest.raises(ValueError, match="reward must be finite; got 1 NaN"):
        buffer.add(Transition(np.zeros(2), np.zeros(1), float("nan"), np.zeros(2)))
    bad = numbered(0, 2)
    bad = Batch(bad.state, bad.action, bad.reward, bad.next_state, bad.reward, bad.truncated)
    with pytest.raises(ValueError, match="terminated must be bool"):
        buffer.add_batch(bad)
    buffer.add_batch(numbered(0, 2))
    with pytest.raises(ValueError, match="batch_size"):
        buffer.sample(0, torch.Generator())


def test_collect_counts_steps_and_episodes():
    env = gymnasium.make("mbrl/CartPoleBalance-v0")
    policy = lambda: RandomPolicy(env, np.random.default_rng(0))  # noqa: E731
    by_steps = collect(env, policy(), seed=0, steps=50)
    assert sum(len(t) for t in by_steps) == 50
    assert all(t.terminated for t in by_steps[:-1])
    assert not (by_steps[-1].terminated or by_steps[-1].truncated) or len(by_steps[-1]) > 0
    by_episodes = collect(env, policy(), seed=0, episodes=3)
    assert len(by_episodes) == 3
    assert torch.equal(by_steps[0].states, by_episodes[0].states)
    assert not torch.equal(by_episodes[0].states[0], by_episodes[1].states[0])
    assert len(concatenate(by_steps)) == 50
    for kwargs in ({}, {"steps": 1, "episodes": 1}, {"steps": 0}):
        with pytest.raises(ValueError):
            collect(env, policy(), seed=0, **kwargs)
    with pytest.raises(ValueError, match="no trajectories"):
        concatenate([])


def test_time_limit_is_truncation_not_termination():
    env = gymnasium.make("mbrl/Pendulum-v0")
    t = run_episode(env, RandomPolicy(env, np.random.default_rng(0)), seed=0)
    assert len(t) == 200 and t.truncated and not t.terminated
    batch = t.to_batch()
    assert batch.truncated[-1] and batch.truncated.sum() == 1 and not batch.terminated.any()


def test_trajectory_lines_up_states_and_next_states():
    t = Trajectory(torch.arange(4.0)[:, None], torch.zeros(3, 1), torch.tensor([1.0, 2, 3]))
    batch = t.to_batch()
    assert batch.state[:, 0].tolist() == [0, 1, 2] and batch.next_state[:, 0].tolist() == [1, 2, 3]
    assert t.total_reward == 6


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 50), st.integers(1, 5), st.integers(0, 2**31))
def test_normalizer_round_trip_and_moments(rows, size, seed):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(rows, size, generator=g, dtype=torch.float64) * 30 + 7
    n = Normalizer(size).fit(x)
    z = n.normalize(x)
    assert torch.allclose(n.denormalize(z), x)
    assert torch.allclose(z.mean(dim=0), torch.zeros(size, dtype=z.dtype), atol=1e-9)
    assert torch.allclose(z.std(dim=0, correction=0), torch.ones(size, dtype=z.dtype))


def test_normalizer_centres_constants_and_refuses_bad_input():
    n = Normalizer(2).fit(torch.tensor([[5.0, 1], [5.0, 3]]))
    assert n.normalize(torch.tensor([[5.0, 3]])).tolist() == [[0.0, 1.0]]
    for bad in (torch.zeros(0, 2), torch.zeros(3, 1), torch.full((2, 2), float("nan"))):
        with pytest.raises(ValueError):
            Normalizer(2).fit(bad)
    with pytest.raises(ValueError, match="floating-point"):
        Normalizer(1).fit(torch.zeros(3, 1, dtype=torch.int64))
    with pytest.raises(ValueError, match="CPU"):
        Normalizer(1).fit(torch.zeros(3, 1, device="meta"))


def test_gaussian_samples_its_mean_when_certain():
    mean = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    assert torch.equal(Gaussian(mean, mean * 0).sample(torch.Generator()), mean)
    draws = Gaussian(torch.zeros(20000, 1), torch.full((20000, 1), 3.0))
    assert draws.sample(torch.Generator().manual_seed(0)).std() == pytest.approx(3, rel=0.03)
    with pytest.raises(ValueError, match="one shape"):
        Gaussian(mean, torch.zeros(5))
