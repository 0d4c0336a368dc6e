"""Rollouts on disk: nothing lost by a kill, nothing read into memory."""

import numpy as np
import pytest

from mbrl_lib.world_models.rollouts import SHAPE, Rollout, RolloutStore


def rollout(steps, seed=0):
    random = np.random.default_rng(seed)
    return Rollout(
        random.integers(0, 256, (steps + 1, *SHAPE), dtype=np.uint8),
        random.uniform(-1, 1, (steps, 3)).astype(np.float32),
        random.normal(size=steps).astype(np.float32),
        bool(seed % 2),
        seed,
    )


def test_what_is_added_comes_back_in_order_and_from_disk(tmp_path):
    store = RolloutStore(tmp_path / "made")
    added = [rollout(steps, seed) for seed, steps in enumerate((3, 1, 5))]
    for one in added:
        store.add(one)
    again = RolloutStore(tmp_path / "made")
    assert len(again) == 3 and again.count == 4 + 2 + 6
    frames = again.frames()
    assert isinstance(frames, np.memmap)
    for one, (fact, span) in zip(added, again.spans(), strict=True):
        assert np.array_equal(frames[span], one.frames)
        assert fact["seed"] == one.seed and fact["terminated"] == one.terminated
        np.testing.assert_allclose(fact["actions"], one.actions, atol=1e-4)
        np.testing.assert_allclose(fact["rewards"], one.rewards, atol=1e-4)


def test_a_kill_while_writing_costs_one_rollout(tmp_path):
    store = RolloutStore(tmp_path)
    store.add(rollout(3))
    with (tmp_path / "frames.bin").open("ab") as file:
        file.write(b"\1" * 1000)  # frames of an episode that nobody counted
    with (tmp_path / "episodes.jsonl").open("a") as file:
        file.write('{"seed": 7, "actions": [[0.1')
    again = RolloutStore(tmp_path)
    assert len(again) == 1 and len(again.frames()) == 4
    again.add(rollout(2, seed=1))
    last = RolloutStore(tmp_path)
    assert len(last) == 2
    assert np.array_equal(last.frames()[4:], rollout(2, seed=1).frames)


def test_bad_input(tmp_path):
    store = RolloutStore(tmp_path)
    with pytest.raises(ValueError, match="no rollout"):
        store.frames()
    good = rollout(3)
    with pytest.raises(ValueError, match=r"frames must be uint8 of shape \(4, 64, 64, 3\)"):
        Rollout(good.frames[:3], good.actions, good.rewards, False, 0)
    with pytest.raises(ValueError, match="float64"):
        Rollout(good.frames / 255, good.actions, good.rewards, False, 0)
    with pytest.raises(ValueError, match="rewards must have shape"):
        Rollout(good.frames, good.actions, good.rewards[:2], False, 0)
    store.add(good)
    (tmp_path / "frames.bin").write_bytes(b"")
    with pytest.raises(ValueError, match="shorter"):
        RolloutStore(tmp_path)
