"""Dreams: a model whose dreams are known by hand, and the real one; batched as one by one."""

import math
import warnings
from dataclasses import dataclass

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium import spaces
from gymnasium.utils.env_checker import check_env

from mbrl_lib.world_models.controller import Controller, ControllerSettings, car_racing_action
from mbrl_lib.world_models.dream import (
    BatchedDream,
    DreamEnv,
    DreamSettings,
    DreamStarts,
    first_frames,
    frames_within,
)
from mbrl_lib.world_models.episodes import Hidden, LatentEpisode
from mbrl_lib.world_models.evolve import EvolveSettings, evolve
from mbrl_lib.world_models.mdn_rnn import MDNRNN, MDNRNNSettings
from mbrl_lib.world_models.vae import VAE, VAESettings


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


pytestmark = pytest.mark.usefixtures("one_thread")


@dataclass
class Said:
    """The next z is the mean plus τ times the noise."""

    mean: torch.Tensor
    reward: torch.Tensor | None
    done: torch.Tensor | None

    def sample(self, generator, temperature):
        return self.draw(None, torch.randn(self.mean.shape, generator=generator), temperature)

    def draw(self, uniform, normal, temperature):
        return self.mean + 0.0 * temperature * normal


class Walk:
    """z moves by the action and h counts the steps; beyond 3 the dream ends. Reward: where it is.

    No class of this library: the dream must do with the protocol alone.
    """

    def __init__(self, reward=True, done=True):
        self.with_reward, self.with_done = reward, done

    def initial_hidden(self, batch):
        return Hidden(torch.zeros(batch, 1), torch.zeros(batch, 1))

    def remember(self, z, action, hidden):
        return Hidden(hidden.h + 1, hidden.c)

    def step(self, z, action, hidden):
        moved = z + action
        reward = moved[:, 0] if self.with_reward else None
        done = 50.0 * (moved[:, 0].abs() - 3) if self.with_done else None
        return Said(moved, reward, done), self.remember(z, action, hidden)


ONE = DreamStarts(torch.zeros(1, 1), torch.zeros(1, 1))
PUSH = Controller(ControllerSettings(latent=1, hidden=1, action=1), lambda raw: raw)


def push(*steps):
    """Controllers that move by a constant: `[w_z, w_h, bias]`."""
    return torch.tensor([[0.0, 0.0, step] for step in steps])


BOX = spaces.Box(-5, 5, (1,), np.float32)


# --- thousands at once --------------------------------------------------------------------------


def test_returns_and_lengths_are_those_by_hand():
    dream = BatchedDream(Walk(), ONE, PUSH, DreamSettings(max_steps=100))
    returns, lengths = dream.run(push(2.0, 1.6, 0.01), [0, 1])
    assert lengths.tolist() == [[2, 2], [2, 2], [100, 100]]
    assert returns[0].tolist() == [6, 6]  # 2, and 4 where it ends
    assert returns[1, 0] == pytest.approx(4.8)
    assert returns[2, 0] == pytest.approx(0.01 * 100 * 101 / 2, rel=1e-4)


def test_without_heads_each_step_is_worth_one_and_nothing_ends():
    dream = BatchedDream(Walk(reward=False), ONE, PUSH, DreamSettings(max_steps=50))
    assert dream(push(2.0, 0.0), [0]).tolist() == [[2], [50]]
    endless = BatchedDream(Walk(False, False), ONE, PUSH, DreamSettings(max_steps=50))
    assert endless(push(2.0, 0.0), [0]).tolist() == [[50], [50]]


def test_patience_ends_dreams_in_which_nothing_is_earned_for_long():
    settings = DreamSettings(max_steps=10, patience=3)
    dream = BatchedDream(Walk(done=False), ONE, PUSH, settings)
    returns, lengths = dream.run(push(-1.0, 0.0, 1.0), [0])
    assert lengths.tolist() == [[3], [3], [10]]
    assert returns.tolist() == [[-1 - 2 - 3], [0], [55]]
    env = DreamEnv(Walk(done=False), ONE, settings, BOX)
    env.reset(seed=0)
    forth_and_back = [1, -1, -1, 3, -3, 0, 1, -1, 0, 0]  # at 1, 0, -1, 2, -1, -1, 0: three in a row
    ended = [bool(env.step(np.array([push], np.float32))[2]) for push in forth_and_back[:7]]
    assert ended == [False] * 6 + [True]


def test_a_controller_sees_the_memory():
    dream = BatchedDream(Walk(), ONE, PUSH, DreamSettings(max_steps=3))
    returns = dream(torch.tensor([[0.0, 1.0, 0.0]]), [0])  # moves by h: 0, 1, 2
    assert returns.tolist() == [[0 + 1 + 3]]


def test_nan_is_worth_minus_infinity():
    dream = BatchedDream(Walk(), ONE, PUSH, DreamSettings(max_steps=5))
    returns = dream(torch.tensor([[math.nan, 0.0, 0.0], [0.0, 0.0, 0.0]]), [0])
    assert returns.tolist() == [[-math.inf], [0.0]]


def test_wrong_parameters_are_named():
    dream = BatchedDream(Walk(), ONE, PUSH)
    with pytest.raises(ValueError, match=r"parameters must have shape \(any, 3\)"):
        dream(torch.zeros(2, 4), [0])
    with pytest.raises(ValueError, match="number of seeds"):
        dream(push(1.0), [])


@pytest.fixture(scope="module")
def real():
    """The library's own M, small, with dreams that end now and then."""
    model = MDNRNN(MDNRNNSettings(latent=4, action=3, hidden=8, mixtures=3), seeded())
    with torch.no_grad():
        model.done_head.weight *= 5
        model.done_head.bias -= 3
    return model.eval()


STARTS = DreamStarts(torch.randn(6, 4, generator=seeded(1)), torch.full((6, 4), 0.3))
DRIVER = Controller(ControllerSettings(latent=4, hidden=8), car_racing_action)


def population(count, seed=2):
    return torch.randn(count, DRIVER.size, generator=seeded(seed))


CHANCE = DreamSettings(temperature=1.1, max_steps=70, done_threshold=None)


def test_a_return_depends_on_the_controller_and_the_seed_alone(real):
    dream = BatchedDream(real, STARTS, DRIVER, CHANCE)
    everyone, seeds = population(7), [3, 1, 4, 1, 5]
    returns, lengths = dream.run(everyone, seeds)
    assert torch.equal(returns[:, 1], returns[:, 3])
    assert len(lengths.unique()) > 5 and float(lengths.max()) > 32  # some ended, some chunks on
    for k in (0, 4):
        for r in (0, 2):
            alone, length = dream.run(everyone[k : k + 1], seeds[r : r + 1])
            assert float(length) == float(lengths[k, r])
            assert float(alone) == pytest.approx(float(returns[k, r]), abs=1e-4)


def test_other_seeds_and_another_temperature_are_other_dreams(real):
    first = BatchedDream(real, STARTS, DRIVER, CHANCE)(population(3), [0, 1])
    hot = DreamSettings(temperature=2.0, max_steps=70, done_threshold=None)
    assert not torch.equal(first, BatchedDream(real, STARTS, DRIVER, hot)(population(3), [0, 1]))
    assert not torch.equal(first[:, 0], first[:, 1])


def test_a_dream_begins_where_it_was_told_with_its_memory():
    starts = DreamStarts(
        torch.tensor([[1.0], [2.0]]),
        torch.zeros(2, 1),
        Hidden(torch.tensor([[10.0], [20.0]]), torch.zeros(2, 1)),
    )
    dream = BatchedDream(Walk(done=False), starts, PUSH, DreamSettings(max_steps=1))
    returns = dream(torch.tensor([[0.0, 1.0, 0.0]]), list(range(20)))  # z + h
    assert set(returns[0].tolist()) == {11.0, 22.0}


def test_evolution_in_a_dream_learns_to_stay_in_it():
    """A start at 2.5 that drifts outwards unless the controller pulls it back."""

    class Drift(Walk):
        def step(self, z, action, hidden):
            return super().step(z * 1.1, action, hidden)

    starts = DreamStarts(torch.tensor([[2.5], [-2.5]]), torch.zeros(2, 1))
    dream = BatchedDream(Drift(reward=False), starts, PUSH, DreamSettings(max_steps=40))
    settings = EvolveSettings(population=8, rollouts=4, generations=12, sigma=0.3)
    found = evolve(dream, torch.zeros(3), np.random.default_rng(0), settings)
    assert float(dream(torch.zeros(1, 3), [0, 1, 2, 3]).mean()) < 5
    assert float(dream(found.mean[None], [0, 1, 2, 3]).mean()) == 40


# --- one, as an environment ---------------------------------------------------------------------


def test_an_environment_goes_through_the_same_dream():
    env = DreamEnv(Walk(), ONE, DreamSettings(max_steps=4), BOX)
    observation, _ = env.reset(seed=0)
    assert observation.tolist() == [0.0, 0.0]
    observation, reward, terminated, truncated, _ = env.step(np.array([2.0], np.float32))
    assert (observation.tolist(), reward, terminated, truncated) == ([2.0, 1.0], 2.0, False, False)
    _, reward, terminated, truncated, _ = env.step(np.array([2.0], np.float32))
    assert (reward, terminated, truncated) == (4.0, True, False)
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step(np.array([0.0], np.float32))
    env.reset()
    ends = [env.step(np.array([0.0], np.float32))[2:4] for _ in range(4)]
    assert ends == [(False, False)] * 3 + [(False, True)]


def test_survival_is_worth_one_a_step():
    env = DreamEnv(Walk(reward=False), ONE, DreamSettings(), BOX)
    env.reset(seed=0)
    assert env.step(np.array([2.0], np.float32))[1] == 1.0


def test_the_checker_of_gymnasium_has_nothing_to_say(real):
    vision = VAE(VAESettings(4, (4, 4, 4, 4), (4, 4, 4, 4)), seeded())
    env = DreamEnv(real, STARTS, CHANCE, decoder=vision, render_mode="rgb_array")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for harmless in (
            "minimum value is -infinity",
            "maximum value is infinity",
            "having a spec",
        ):
            warnings.filterwarnings("ignore", message=f".*{harmless}")
        check_env(env)


def test_the_same_seed_and_actions_are_the_same_dream(real):
    env = DreamEnv(real, STARTS, DreamSettings())
    seen = []
    for seed in (0, 0, 1):
        observations = [env.reset(seed=seed)[0]]
        for _ in range(5):
            observations.append(env.step(np.array([0.1, 0.5, 0.0], np.float32))[0])
        seen.append(np.stack(observations))
    assert np.array_equal(seen[0], seen[1]) and not np.array_equal(seen[0], seen[2])


def test_it_shows_what_the_decoder_makes_of_z(real):
    class Grey:
        def decode(self, z):
            return z[:, :1, None, None].sigmoid().expand(-1, 3, 64, 64)

    env = DreamEnv(real, STARTS, DreamSettings(), decoder=Grey(), render_mode="rgb_array")
    env.reset(seed=0)
    frame = env.render()
    assert frame.shape == (64, 64, 3) and frame.dtype == np.uint8
    expected = 255 * float(torch.sigmoid(env.z[0, 0]))
    assert abs(float(frame[5, 7, 1]) - expected) <= 0.5
    assert DreamEnv(real, STARTS).render() is None
    with pytest.raises(ValueError, match="without a decoder"):
        DreamEnv(real, STARTS, render_mode="rgb_array")
    with pytest.raises(ValueError, match="render_mode"):
        DreamEnv(real, STARTS, render_mode="human")


def test_an_action_of_another_shape_is_named(real):
    env = DreamEnv(real, STARTS)
    env.reset(seed=0)
    with pytest.raises(ValueError, match=r"action must have shape \(3,\); got \(2,\)"):
        env.step(np.zeros(2))


# --- settings and starts ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        {"temperature": 0.0},
        {"temperature": -1.0},
        {"max_steps": 0},
        {"done_threshold": 1.0},
        {"patience": 0},
    ],
)
def test_bad_settings(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        DreamSettings(**bad)


def test_the_end_is_a_threshold_or_a_chance():
    said = Said(torch.zeros(4, 1), None, torch.tensor([0.3, 0.6, 0.6, 0.9]).logit())
    uniform = torch.tensor([0.2, 0.5, 0.7, 0.95])
    assert DreamSettings().ends(said, uniform).tolist() == [False, True, True, True]
    assert DreamSettings(done_threshold=0.8).ends(said, uniform).tolist() == [False] * 3 + [True]
    chance = DreamSettings(done_threshold=None).ends(said, uniform)
    assert chance.tolist() == [True, True, False, False]


def episode(steps, start):
    mean = start + torch.arange(steps + 1.0)[:, None]
    return LatentEpisode(mean, mean * 0 + 0.1, torch.ones(steps, 1), torch.zeros(steps))


def test_starts_are_taken_from_episodes():
    episodes = [episode(5, 0.0), episode(3, 100.0)]
    first = first_frames(episodes)
    assert first.mean.tolist() == [[0.0], [100.0]] and first.hidden is None
    within = frames_within(Walk(), episodes, every=2)
    assert within.mean[:, 0].tolist() == [0, 2, 4, 100, 102]
    assert within.hidden.h[:, 0].tolist() == [0, 2, 4, 0, 2]
    z, hidden = within.draw(seeded())
    assert z.shape == (1, 1) and hidden.h.shape == (1, 1)
    drawn = torch.cat([first.draw(seeded(s))[0] for s in range(400)])
    near = drawn[drawn < 50]
    assert 150 < len(near) < 250 and float(near.std()) == pytest.approx(0.1, rel=0.2)
    with pytest.raises(ValueError, match="starts"):
        DreamStarts(torch.zeros(0, 1), torch.zeros(0, 1))
