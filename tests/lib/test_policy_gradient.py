"""C improved by gradient: sums by hand, a task whose best weights are known, going on."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from mbrl_lib.world_models.controller import Controller, ControllerSettings
from mbrl_lib.world_models.policy_gradient import (
    Attempts,
    GradientSettings,
    improve,
    transitions,
)

CONTROLLER = Controller(ControllerSettings(latent=3, hidden=0, action=2), torch.tanh)
SETTINGS = GradientSettings(
    updates=60,
    episodes=8,
    keep=10,
    warmup=10,
    discount=0.5,
    horizon=2,
    batches=40,
    batch_size=128,
    critic_rate=3e-3,
    hidden=32,
    noise=0.3,
    step=0.02,
    evaluate_every=5,
)
START = torch.zeros(CONTROLLER.size)
HELDOUT = range(100, 110)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


pytestmark = pytest.mark.usefixtures("one_thread")


@dataclass(frozen=True)
class Aim:
    """Two numbers, of which one is to follow what is seen and the other to stand at -0.5.

    What is earned knows of the third number, which the critics are told and C is not.
    """

    noise: float
    length: int = 12

    def __call__(self, parameters, seeds):
        weight = torch.cat(CONTROLLER.unflatten(parameters))
        parts = []
        for seed in seeds:
            g = seeded(seed)
            seen = torch.randn(self.length, 3, generator=g)
            hidden = torch.randn(self.length, 1, generator=g)
            said = seen @ weight[:-1] + weight[-1]
            tried = said + self.noise * torch.randn(self.length, 2, generator=g)
            wanted = torch.stack([0.7 * seen[:, 0], torch.full((self.length,), -0.5)], dim=1)
            reward = hidden[:, 0] - (tried - wanted).square().sum(dim=1)
            last = torch.arange(self.length) == self.length - 1
            known = torch.cat([seen, hidden], dim=1)
            parts.append((seen.half(), known, tried, reward, last, reward.sum()[None]))
        return Attempts(*(torch.cat(column) for column in zip(*parts, strict=True)))


@dataclass(frozen=True)
class Judge:
    def __call__(self, parameters, seeds):
        aim = Aim(noise=0.0)
        return np.array([[float(aim(p, [s]).totals) for s in seeds] for p in parameters])


def improved(settings=SETTINGS, start=START, **options):
    return improve(Aim(settings.noise), start, CONTROLLER, seeded(), settings, **options)


def test_sums_of_rewards_stop_where_an_episode_does():
    count = 5
    attempts = Attempts(
        seen=torch.arange(count)[:, None].half(),
        known=10.0 * torch.arange(count)[:, None],
        tried=torch.zeros(count, 1),
        reward=torch.tensor([1.0, 2.0, 4.0, 8.0, 16.0]),
        last=torch.tensor([False, False, True, False, True]),
        totals=torch.tensor([7.0, 24.0]),
    )
    found = transitions(attempts, horizon=2, discount=0.5)
    assert found.gained.tolist() == [1 + 1, 2 + 2, 4, 8 + 8, 16]
    assert found.weight.tolist() == [0.25, 0, 0, 0, 0]
    assert (found.next_known[0, 0], found.next_seen[0, 0]) == (20.0, 2.0)


def test_an_episode_that_is_cut_is_refused():
    attempts = Aim(0.1)(START, [0])
    cut = Attempts(*(column[:-1] for column in list(vars(attempts).values())[:-1]), torch.zeros(1))
    with pytest.raises(ValueError, match="must end an episode"):
        transitions(cut, 2, 0.5)


def test_it_finds_the_weights_that_are_known_to_be_best():
    found = improved(replace(SETTINGS, updates=120), heldout=HELDOUT, judge=Judge())
    weight, bias = CONTROLLER.unflatten(found.best)
    best = torch.tensor([[0.7, 0.0], [0.0, 0.0], [0.0, 0.0]])
    assert (weight - best).abs().max() < 0.15
    assert bias[0].tolist() == pytest.approx([0.0, -0.5], abs=0.15)
    judged = [one.heldout_mean for one in found.history if one.heldout_mean is not None]
    assert found.best_return == max(judged) > Judge()(START[None], HELDOUT).mean() + 4
    assert found.history[SETTINGS.warmup].agreement > 0.5  # far from the best both point there


def test_a_step_changes_what_is_said_by_as_much_as_the_settings_say():
    settings = replace(SETTINGS, updates=6, warmup=5, episodes=64)
    before = improved(replace(settings, updates=5)).best
    change = improved(settings).best - before
    weight = torch.cat(CONTROLLER.unflatten(change))
    seen = torch.randn(20_000, 3, generator=seeded(1))
    said = seen @ weight[:-1] + weight[-1]
    assert float(before.abs().max()) == 0
    assert float(said.square().mean().sqrt()) == pytest.approx(settings.step, rel=0.1)


def test_the_start_is_kept_where_nothing_is_better():
    best = CONTROLLER.flatten(
        [torch.tensor([[0.7, 0.0], [0.0, 0.0], [0.0, 0.0]]), torch.tensor([[0.0, -0.5]])]
    )
    found = improved(replace(SETTINGS, updates=15), best, heldout=HELDOUT, judge=Judge())
    assert torch.equal(found.best, best)


def test_it_goes_on_with_the_same_numbers(tmp_path):
    settings = replace(SETTINGS, updates=16, keep=4, batches=5)
    whole = improved(settings, heldout=HELDOUT, judge=Judge(), checkpoint=tmp_path / "whole")
    stops = iter([False] * 6 + [True])
    options = {"heldout": HELDOUT, "judge": Judge(), "checkpoint": tmp_path / "parts"}
    first = improved(settings, should_stop=lambda: next(stops), **options)
    assert len(first.history) == 7 and not first.finished
    assert len(list((tmp_path / "parts").glob("attempts_*"))) == settings.keep
    rest = improved(settings, **options)
    told = [replace(one, seconds=0.0) for one in rest.history]
    assert told == [replace(one, seconds=0.0) for one in whole.history]
    assert torch.equal(rest.best, whole.best) and rest.best_return == whole.best_return
    assert not list((tmp_path / "parts").glob("attempts_*"))
    assert improved(settings, **options).finished


def test_a_checkpoint_of_another_search_is_refused(tmp_path):
    settings = replace(SETTINGS, updates=2, batches=2)
    improved(settings, checkpoint=tmp_path)
    with pytest.raises(ValueError, match="of another search"):
        improved(replace(settings, noise=0.2), checkpoint=tmp_path)
    next(tmp_path.glob("state*")).rename(tmp_path / "kept")
    stops = iter([False, True])
    longer = replace(settings, updates=4)
    improved(longer, checkpoint=tmp_path, should_stop=lambda: next(stops))
    next(tmp_path.glob("attempts_*")).unlink()
    with pytest.raises(ValueError, match="is missing"):
        improved(longer, checkpoint=tmp_path)


def test_only_linear_controllers_with_biases(tmp_path):
    for other in ({"layer": 4}, {"bias": False}):
        controller = Controller(replace(CONTROLLER.settings, **other), torch.tanh)
        with pytest.raises(ValueError, match="linear and have biases"):
            improve(Aim(0.1), torch.zeros(controller.size), controller, seeded())
    with pytest.raises(ValueError, match="start"):
        improved(start=torch.zeros(3))


def test_nan_in_rewards_is_told():
    @dataclass(frozen=True)
    class Broken(Aim):
        def __call__(self, parameters, seeds):
            attempts = super().__call__(parameters, seeds)
            attempts.reward[3] = float("nan")
            return attempts

    with pytest.raises(ValueError, match="look for NaN in rewards"):
        improve(Broken(0.1), START, CONTROLLER, seeded(), SETTINGS)


@pytest.mark.parametrize(
    "wrong", [{"updates": 0}, {"noise": 0.0}, {"discount": 1.5}, {"warmup": -1}]
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        GradientSettings(**wrong)
