"""What a critic knows of the road: a driver told only that gets round, and the sums are right."""

import numpy as np
import pytest
import torch

from mbrl_lib.envs.car_racing import CarRacing
from mbrl_lib.envs.car_racing.road import KNOWN, RoadView
from mbrl_lib.experiments.car_racing import (
    OFF,
    PACE,
    REST,
    CarPractice,
    Drive,
    _Course,
)
from mbrl_lib.world_models import MDNRNN, VAE, Controller, ControllerSettings, car_racing_action
from mbrl_lib.world_models.mdn_rnn import MDNRNNSettings
from mbrl_lib.world_models.vae import VAESettings

SETTINGS = ControllerSettings(latent=4, hidden=6)
DECIDED = (torch.zeros(1), torch.zeros(3), torch.zeros(3))  # what was seen, said, tried


def steered(look):
    """An action from where on the road the car is, its direction, its speed and the next bends."""
    aside, error, forward, spin = look[7], look[9], look[11], look[13]
    near, far = look[15 + 5], look[15 + 8]  # how the road turns within six tiles, and within twelve
    steer = 1.2 * error - 0.3 * aside - 0.8 * near + 0.3 * spin
    wanted = 1.0 - 0.3 * abs(far)
    return np.array(
        [np.clip(steer, -1, 1), 0.5 * (forward < wanted), 0.4 * (forward > wanted + 0.05)]
    )


@pytest.fixture(scope="module", params=[3, 9])
def driven(request):
    """A thousand steps of that driver, who misses some tiles: the car and its course."""
    env = CarRacing("fast")
    env.reset(seed=request.param)
    course = _Course(0, RoadView(env), request.param)
    for time in range(2, 1001, 2):
        _, reward, ended, _, _ = env.step(steered(course.now), repeat=2)
        over = course.add(DECIDED, reward, time, ended)
        assert not over or time > 900
        if over:
            break
    return env, course


def test_a_driver_who_is_told_only_that_gets_round(driven):
    env, course = driven
    assert course.road.tiles == env.tile_visited_count > 0.95 * len(env.track)
    known = np.stack(course.known)
    assert known.shape[1] == KNOWN and known.dtype == np.float32
    assert np.abs(known).max() < 7


def test_every_tile_of_a_lap_was_visited_or_is_missed(driven):
    env, course = driven
    assert course.road.progress > len(env.track)
    unvisited = [tile.idx for tile in env.road if not tile.road_visited]
    assert course.road.missed == len(unvisited) > 0


def test_what_decisions_earn_is_the_return_but_for_a_constant(driven):
    env, course = driven
    count = len(env.track)
    beyond = course.road.progress - count  # in a second lap progress pays for the time, no more
    expected = 1000 - PACE * count + REST - PACE * beyond
    assert course.total - np.sum(course.earned) == pytest.approx(expected, abs=0.5)


def test_tiles_that_are_passed_by_are_missed_and_cost_what_they_would_have_brought():
    env = CarRacing("fast")
    env.reset(seed=3)
    course = _Course(0, RoadView(env), 3)
    before = course.road.tiles
    bodies = (env.car.hull, *env.car.wheels)
    shift = np.subtract(env.track[40][2:4], env.car.hull.position)  # 39 tiles passed by
    for body in bodies:
        body.position = tuple(np.add(body.position, shift).tolist())
    course.road._place = 40  # as if it had driven there beside the road
    for _ in range(3):
        _, reward, _, _, _ = env.step(np.array([0.0, 0.1, 0.0]), repeat=2)
        course.add(DECIDED, reward, 6, False)
    skipped = course.road.missed
    assert 30 <= skipped <= 42 and course.road.tiles > before
    lost = skipped * 1000 / len(env.track) + REST
    assert np.sum(course.earned) == pytest.approx(PACE * course.road.progress - 0.6 - lost, abs=2)


def test_a_car_that_stands_still_is_lost():
    env = CarRacing("fast")
    env.reset(seed=3)
    course, over, decision = _Course(0, RoadView(env), 3), False, 0
    while not over:
        decision += 1
        _, reward, _, _, _ = env.step(np.zeros(3), repeat=2)
        over = course.add(DECIDED, reward, 2 * decision, False)
    assert course.lost and 60 <= len(course.earned) == decision <= 62
    visited = 1000 / course.road.count * course.road.tiles
    assert course.total == pytest.approx(visited - 0.1 * 1000, abs=0.2), "its time to come"


def test_beside_the_road_nothing_is_learned_but_what_it_returns_counts():
    env = CarRacing("fast")
    env.reset(seed=3)
    course, aside = _Course(0, RoadView(env), 3), []
    for decision in range(1, 60):
        _, reward, _, _, _ = env.step(np.array([1.0, 0.5, 0.0]), repeat=2)
        assert not course.add(DECIDED, reward, 2 * decision, False)
        aside.append(abs(course.road.aside))
    until = len(course.earned)
    assert course.lost and len(course.known) == len(course.decided) == until < 59
    assert aside[until - 1] > OFF and max(aside[: until - 1]) <= OFF
    assert len(course.beyond) == 59 - until
    assert course.total == pytest.approx(1000 / course.road.count * course.road.tiles - 0.2 * 59)


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    folder, g = tmp_path_factory.mktemp("networks"), torch.Generator().manual_seed(0)
    VAE(VAESettings(4, (2, 2, 2, 2), (4, 2, 2, 2)), g).save(folder / "v.safetensors", half=False)
    memory = MDNRNNSettings(latent=4, hidden=6, mixtures=2, done=False)
    MDNRNN(memory, g).save(folder / "m.safetensors", half=False)
    drive = Drive(folder / "v.safetensors", folder / "m.safetensors", SETTINGS, cars=2)
    return CarPractice(drive, (0.2, 0.2, 0.1))


def test_practice_tries_what_c_says_and_noise_on_it(practice):
    size = Controller(SETTINGS, car_racing_action).size
    parameters = 0.3 * torch.randn(size, generator=torch.Generator().manual_seed(1))
    found = practice(parameters, [5, 6, 7])
    count = len(found.reward)
    assert found.seen.shape == (count, 10) and found.known.shape == (count, KNOWN)
    assert int(found.last.sum()) == 3 == len(found.totals) and bool(found.last[-1])
    weights, bias = Controller(SETTINGS, car_racing_action).unflatten(parameters)
    assert torch.allclose(found.said, found.seen.float() @ weights + bias, atol=1e-2)
    noise = (found.tried - found.said) / torch.tensor(practice.noise)
    assert noise.mean(dim=0).abs().max() < 0.2
    assert noise.std(dim=0).tolist() == pytest.approx([1] * 3, rel=0.2)
    assert bool(found.lost[found.last].any()) and not bool(found.lost[~found.last].any())
    assert len(found.beyond) > 0
    again = practice(parameters, [5, 6, 7])
    assert all(
        torch.equal(one, two) for one, two in zip(*map(_columns, (found, again)), strict=True)
    )
    alone = practice(parameters, [7])
    assert float(alone.totals[0]) == pytest.approx(float(found.totals[2]), abs=0.5), "in order"


def _columns(attempts):
    return vars(attempts).values()
