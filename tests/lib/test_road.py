"""What critics know of the road: a driver who is told only that gets round; the sums are right."""

import numpy as np
import pytest
import torch

from mbrl_lib.envs.car_racing import CarRacing
from mbrl_lib.envs.car_racing.road import KNOWN, RoadView
from mbrl_lib.experiments.car_racing import PACE, CarPractice, Drive, _Course
from mbrl_lib.world_models import MDNRNN, VAE, Controller, ControllerSettings, car_racing_action
from mbrl_lib.world_models.mdn_rnn import MDNRNNSettings
from mbrl_lib.world_models.vae import VAESettings

SETTINGS = ControllerSettings(latent=4, hidden=6)


def steered(look, hurry=0.55):
    """An action from where on the road the car is, its direction, its speed and the next bends."""
    aside, error, forward = look[7], look[9], look[11]
    bend = look[15 + 6]  # eight tiles ahead
    steer = 1.2 * error - 0.3 * aside - 0.8 * bend
    slow = hurry - 0.25 * abs(bend)
    return np.array([np.clip(steer, -1, 1), 0.4 * (forward < slow), 0.3 * (forward > slow + 0.1)])


def lap(seed, hurry=0.55):
    """A lap of that driver: the car, its course, and whether it was finished."""
    env = CarRacing("fast")
    env.reset(seed=seed)
    course, time, ended = _Course(0, RoadView(env), seed), 0, False
    while time < 1000 and not ended:
        _, reward, ended, _, _ = env.step(steered(course.known[-1], hurry), repeat=2)
        time += 2
        course.add(torch.zeros(1), torch.zeros(3), reward, time, ended)
    return env, course, ended


@pytest.fixture(scope="module", params=[3, 11])
def driven(request):
    return lap(request.param)


def test_a_driver_who_is_told_only_that_gets_round(driven):
    env, course, ended = driven
    assert ended and course.road.tiles == env.tile_visited_count >= 0.95 * len(env.track)
    assert course.total > 850
    known = np.stack(course.known)
    assert known.shape[1] == KNOWN and known.dtype == np.float32
    assert np.abs(known).max() < 7


def test_progress_and_missed_tiles_end_where_the_lap_does(driven):
    env, course, _ = driven
    count = len(env.track)
    assert course.road.progress == pytest.approx(count, abs=6)
    assert course.road.missed == pytest.approx(count - env.tile_visited_count, abs=4)


def test_what_decisions_earn_is_the_return_but_for_a_constant(driven):
    env, course, _ = driven
    count = len(env.track)
    constant = 1000 - PACE * count
    assert course.total - sum(course.earned) == pytest.approx(constant, abs=5 * 1000 / count)


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
        course.add(torch.zeros(1), torch.zeros(3), reward, 6, False)
    skipped = course.road.missed
    assert 30 <= skipped <= 42 and course.road.tiles > before
    assert sum(course.earned) < -skipped * 1000 / len(env.track) + PACE * 50


def test_a_lost_car_pays_for_the_tiles_that_are_left():
    env = CarRacing("fast")
    env.reset(seed=3)
    course, lost = _Course(0, RoadView(env), 3), False
    for decision in range(70):
        if lost:
            break
        _, reward, _, _, _ = env.step(np.zeros(3), repeat=2)
        lost = course.add(torch.zeros(1), torch.zeros(3), reward, 2 * decision + 2, False)
    assert lost and 60 <= len(course.earned) <= 62
    assert course.earned[-1] == pytest.approx(-0.2 - 0.1 * (1000 - course.time) - 150, abs=1)


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    folder, g = tmp_path_factory.mktemp("networks"), torch.Generator().manual_seed(0)
    VAE(VAESettings(4, (2, 2, 2, 2), (4, 2, 2, 2)), g).save(folder / "v.safetensors", half=False)
    memory = MDNRNNSettings(latent=4, hidden=6, mixtures=2, done=False)
    MDNRNN(memory, g).save(folder / "m.safetensors", half=False)
    drive = Drive(folder / "v.safetensors", folder / "m.safetensors", SETTINGS, cars=2)
    return CarPractice(drive, 0.2)


def test_practice_tries_what_c_says_and_noise_on_it(practice):
    size = Controller(SETTINGS, car_racing_action).size
    parameters = 0.3 * torch.randn(size, generator=torch.Generator().manual_seed(1))
    found = practice(parameters, [5, 6, 7])
    count = len(found.reward)
    assert found.seen.shape == (count, 10) and found.known.shape == (count, KNOWN)
    assert int(found.last.sum()) == 3 == len(found.totals) and bool(found.last[-1])
    weights, bias = Controller(SETTINGS, car_racing_action).unflatten(parameters)
    noise = found.tried - (found.seen.float() @ weights + bias)
    assert noise.mean(dim=0).abs().max() < 0.05
    assert noise.std(dim=0).tolist() == pytest.approx([0.2] * 3, rel=0.2)
    again = practice(parameters, [5, 6, 7])
    assert all(torch.equal(one, two) for one, two in zip(*map(_columns, (found, again))))
    alone = practice(parameters, [7])
    assert float(alone.totals[0]) == pytest.approx(float(found.totals[2]), abs=0.5), "in order"


def _columns(attempts):
    return vars(attempts).values()
