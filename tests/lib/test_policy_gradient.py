"""C improved by gradient: sums by hand, a task whose best weights are known, going on."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from mbrl_lib.world_models.controller import Controller, ControllerSettings
from mbrl_lib.world_models.policy_gradient import (
    Attempts,
    GradientSettings,
    _joined,
    improve,
    transitions,
)

CONTROLLER = Controller(ControllerSettings(latent=3, hidden=0, action=2), torch.tanh)
SETTINGS = GradientSettings(
    updates=60,
    episodes=16,
    keep=10,
    warmup=10,
    discount=0.5,
    horizon=2,
    trace=0.5,
    batches=12,
    batch_size=128,
    critic_rate=5e-3,
    hidden=32,
    noise=(0.3, 0.1),
    step=0.1,
    final_step=0.02,
    momentum=0.8,
    average=10,
    evaluate_every=5,
)
START = torch.zeros(CONTROLLER.size)
BEST = CONTROLLER.flatten(
    [torch.tensor([[0.7, 0.0], [0.0, 0.0], [0.0, 0.0]]), torch.tensor([[0.0, -0.5]])]
)
HELDOUT = range(100, 110)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


pytestmark = pytest.mark.usefixtures("one_thread")


@dataclass(frozen=True)
class Aim:
    """Two numbers, of which one is to follow what is seen and the other to stand at -0.5.

    What is earned knows of the fourth number, which the critic is told and C is not. An episode is
    lost where the first number is too small by `edge`; what C would see later is beyond.
    """

    noise: tuple[float, ...]
    length: int = 12
    edge: float = math.inf

    def __call__(self, parameters, seeds):
        return _joined([self.episode(parameters, seed) for seed in seeds])

    def episode(self, parameters, seed):
        g, n = seeded(seed), self.length
        weight = torch.cat(CONTROLLER.unflatten(parameters))
        seen = torch.randn(n, 3, generator=g)
        hidden = torch.randn(n, 1, generator=g)
        said = seen @ weight[:-1] + weight[-1]
        tried = said + torch.tensor(self.noise) * torch.randn(n, 2, generator=g)
        wanted = torch.stack([0.7 * seen[:, 0], torch.full((n,), -0.5)], dim=1)
        reward = torch.stack([hidden[:, 0], -(tried - wanted).square().sum(dim=1)], dim=1)
        off = (wanted[:, 0] - tried[:, 0] > self.edge).nonzero()
        n = int(off[0]) + 1 if len(off) else n
        last = torch.arange(n) == n - 1
        known = torch.cat([seen, hidden], dim=1)
        columns = (x[:n] for x in (known, said, tried, reward))
        lost = last & bool(len(off))
        return Attempts(seen[:n].half(), *columns, last, lost, seen[n:].half(), reward.sum()[None])


@dataclass(frozen=True)
class Judge:
    def __call__(self, parameters, seeds):
        aim = Aim(noise=(0.0, 0.0))
        return np.array([[float(aim(p, [s]).totals) for s in seeds] for p in parameters])


def improved(settings=SETTINGS, start=START, **options):
    return improve(Aim(settings.noise), start, CONTROLLER, seeded(), settings, **options)


def test_sums_of_rewards_stop_where_an_episode_does():
    count = 5
    attempts = Attempts(
        seen=torch.zeros(count, 1).half(),
        known=10.0 * torch.arange(count)[:, None],
        said=torch.arange(count)[:, None].float(),
        tried=torch.zeros(count, 1),
        reward=torch.tensor([[1.0, 0], [2, 1], [4, 0], [8, 0], [16, 2]]),
        last=torch.tensor([False, False, True, False, True]),
        lost=torch.tensor([False, False, True, False, False]),
        beyond=torch.zeros(0, 1).half(),
        totals=torch.tensor([7.0, 24.0]),
    )
    found = transitions(attempts, horizon=2, discount=0.5)
    assert found.gained.tolist() == [[1 + 1, 0.5], [2 + 2, 1], [4, 0], [8 + 8, 1], [16, 2]]
    assert found.lost.tolist() == [0, 0.5, 1, 0, 0]
    assert found.weight.tolist() == [0.25, 0, 0, 0, 0]
    assert (found.next_known[0, 0], found.next_said[0, 0]) == (20.0, 2.0)


def test_an_episode_that_is_cut_is_refused():
    attempts = Aim((0.1, 0.1))(START, [0])
    cut = replace(attempts, **{name: getattr(attempts, name)[:-1] for name in ("last", "reward")})
    with pytest.raises(ValueError, match="must end an episode"):
        transitions(cut, 2, 0.5)


def test_it_finds_the_weights_that_are_known_to_be_best():
    found = improved(replace(SETTINGS, updates=150), heldout=HELDOUT, judge=Judge())
    assert (found.best - BEST).abs().max() < 0.15
    judged = [one.heldout_mean for one in found.history if one.heldout_mean is not None]
    assert found.best_return == max(judged) > Judge()(START[None], HELDOUT).mean() + 4
    assert found.history[SETTINGS.warmup + 10].agreement > 0.5  # far from the best
    assert abs(np.mean([one.agreement for one in found.history[-40:]])) < 0.5  # and at it


def test_a_critic_is_not_misled_by_what_c_sees_and_it_is_not_told():
    """C does more where there is danger; the danger, not what C does about it, is what costs."""

    @dataclass(frozen=True)
    class Danger(Aim):
        def episode(self, parameters, seed):
            tried = super().episode(parameters, seed)
            danger = tried.seen[:, 0].float()
            helped = danger * (tried.tried[:, 0] - tried.said[:, 0])  # more would be better
            reward = torch.stack([helped, -3 * danger.clamp(min=0)], dim=1)
            return replace(tried, known=tried.known[:, 3:], reward=reward)

    start = CONTROLLER.flatten(
        [torch.tensor([[0.5, 0.0], [0.0, 0.0], [0.0, 0.0]]), torch.zeros(1, 2)]
    )
    settings = replace(SETTINGS, updates=40, price=1e-3)
    found = improve(Danger(settings.noise), start, CONTROLLER, seeded(), settings)
    assert CONTROLLER.unflatten(found.best)[0][0, 0] > 0.8


def test_it_keeps_away_from_where_it_is_lost():
    """The price alone moves the first number up, against what it would earn."""
    settings = replace(SETTINGS, updates=80, price=1.0)
    biases = []
    for edge in (math.inf, 0.4):
        aim = Aim(settings.noise, edge=edge)
        found = improve(aim, BEST, CONTROLLER, seeded(), settings)
        biases.append(float(CONTROLLER.unflatten(found.best)[1][0, 0]))
        lost = [one.lost for one in found.history]
    assert biases[1] > biases[0] + 0.1
    assert np.mean(lost[-20:]) < 0.7 * np.mean(lost[:10])


def test_a_step_changes_what_is_said_by_as_much_as_the_settings_say():
    settings = replace(SETTINGS, updates=6, warmup=5, episodes=64, average=1)
    before = improved(replace(settings, updates=5)).best
    change = improved(settings).best - before
    weight = torch.cat(CONTROLLER.unflatten(change))
    seen = torch.randn(20_000, 3, generator=seeded(1))
    said = (seen @ weight[:-1] + weight[-1]) / torch.tensor(settings.noise)
    assert float(before.abs().max()) == 0
    assert float(said.square().mean().sqrt()) == pytest.approx(settings.step, rel=0.1)


def test_what_is_seen_only_when_lost_is_left_alone():
    """The mean of x x' counts it: a step is small along what C sees there and nowhere else."""

    @dataclass(frozen=True)
    class Elsewhere(Aim):
        far: float = 0.0

        def episode(self, parameters, seed):
            tried = super().episode(parameters, seed)
            beyond = torch.zeros(12, 3).half()
            beyond[:, 0] = self.far
            return replace(tried, beyond=beyond)

    settings = replace(SETTINGS, updates=20)
    moved = []
    for far in (0.0, 20.0):
        aim = Elsewhere(settings.noise, far=far)
        found = improve(aim, START, CONTROLLER, seeded(), settings)
        moved.append(float(CONTROLLER.unflatten(found.best)[0][0, 0]))
    assert 0 < moved[1] < 0.2 * moved[0]


def test_what_is_kept_is_an_average():
    settings = replace(SETTINGS, updates=12, average=1000)
    steps = [improved(replace(settings, updates=n, average=1)).best for n in (11, 12)]
    assert torch.allclose(improved(settings).best, torch.stack(steps).mean(dim=0), atol=1e-6)


def test_the_start_is_kept_where_nothing_is_better():
    found = improved(replace(SETTINGS, updates=15), BEST, heldout=HELDOUT, judge=Judge())
    assert torch.equal(found.best, BEST)


def test_it_goes_on_with_the_same_numbers(tmp_path):
    settings = replace(SETTINGS, updates=16, keep=4, batches=5)
    whole = improved(settings, heldout=HELDOUT, judge=Judge(), checkpoint=tmp_path / "whole")
    stops = iter([False] * 12 + [True])
    options = {"heldout": HELDOUT, "judge": Judge(), "checkpoint": tmp_path / "parts"}
    first = improved(settings, should_stop=lambda: next(stops), **options)
    assert len(first.history) == 13 and not first.finished
    assert len(list((tmp_path / "parts").glob("transitions_*"))) == settings.keep
    rest = improved(settings, **options)
    told = [replace(one, seconds=0.0) for one in rest.history]
    assert told == [replace(one, seconds=0.0) for one in whole.history]
    assert torch.equal(rest.best, whole.best) and rest.best_return == whole.best_return
    assert not list((tmp_path / "parts").glob("transitions_*"))
    assert improved(settings, **options).finished


def test_a_checkpoint_of_another_search_is_refused(tmp_path):
    settings = replace(SETTINGS, updates=2, batches=2)
    improved(settings, checkpoint=tmp_path)
    with pytest.raises(ValueError, match="of another search"):
        improved(replace(settings, noise=(0.2, 0.2)), checkpoint=tmp_path)
    next(tmp_path.glob("state*")).rename(tmp_path / "kept")
    stops = iter([False, True])
    longer = replace(settings, updates=4)
    improved(longer, checkpoint=tmp_path, should_stop=lambda: next(stops))
    next(tmp_path.glob("transitions_*")).unlink()
    with pytest.raises(ValueError, match="is missing"):
        improved(longer, checkpoint=tmp_path)


def test_only_linear_controllers_with_biases(tmp_path):
    for other in ({"layer": 4}, {"bias": False}):
        controller = Controller(replace(CONTROLLER.settings, **other), torch.tanh)
        with pytest.raises(ValueError, match="linear and have biases"):
            improve(
                Aim(SETTINGS.noise), torch.zeros(controller.size), controller, seeded(), SETTINGS
            )
    with pytest.raises(ValueError, match="a number for each of 2"):
        improved(replace(SETTINGS, noise=(0.1,)))
    with pytest.raises(ValueError, match="start"):
        improved(start=torch.zeros(3))


def test_nan_in_rewards_is_told():
    @dataclass(frozen=True)
    class Broken(Aim):
        def episode(self, parameters, seed):
            attempts = super().episode(parameters, seed)
            attempts.reward[3] = float("nan")
            return attempts

    with pytest.raises(ValueError, match="look for NaN in rewards"):
        improve(Broken(SETTINGS.noise), START, CONTROLLER, seeded(), SETTINGS)


@pytest.mark.parametrize(
    "wrong", [{"updates": 0}, {"noise": (0.1, 0.0)}, {"discount": 1.5}, {"warmup": -1}]
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        GradientSettings(**wrong)
