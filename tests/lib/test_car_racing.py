"""Car racing: the same world as Gymnasium's, bit for bit, and frames that are close or the same."""

import gc
import weakref

import gymnasium
import numpy as np
import pytest

import mbrl_lib.envs  # noqa: F401  registers the environments
from mbrl_lib.envs.car_racing import (
    CarRacing,
    CarRacingVector,
    FrameSkip,
    SmoothedRandomPolicy,
    preprocess,
)
from mbrl_lib.envs.car_racing.drawing import _GROWTH, _narrowed

STYLES = {  # gas, brake and steering of a whole episode, changed every ten steps
    "wild": lambda random: (random.uniform(-1, 1), random.uniform(0, 1), random.uniform(0, 1)),
    "fast": lambda random: (random.uniform(-0.3, 0.3), 1.0, 0.0),
    "spin": lambda random: (1.0, 1.0, float(random.random() < 0.2)),
    "careful": lambda random: (random.uniform(-0.4, 0.4), 0.2, random.uniform(0, 0.2)),
}


@pytest.fixture(scope="module")
def theirs():
    return gymnasium.make("CarRacing-v3").unwrapped


def _actions(style, seed, steps):
    random = np.random.default_rng(seed)
    return [np.array(STYLES[style](random)) for _ in range(steps // 10) for _ in range(10)]


def _bodies(env):
    return [
        (*body.position, body.angle, *body.linearVelocity, body.angularVelocity)
        for body in (env.car.hull, *env.car.wheels)
    ]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("seed", [0, 7])
def test_frames_rewards_and_bodies_are_gymnasiums(theirs, style, seed):
    ours = CarRacing("exact")
    assert np.array_equal(ours.reset(seed=seed)[0], theirs.reset(seed=seed)[0])
    assert ours.track == theirs.track
    for action in _actions(style, seed, 150):
        frame, reward, terminated, _, info = ours.step(action)
        other, same, over, _, _ = theirs.step(action)
        assert (reward, terminated, _bodies(ours)) == (same, over, _bodies(theirs))
        assert info["tiles"] == theirs.tile_visited_count
        assert np.array_equal(frame, other)
        if over:
            break


@pytest.mark.parametrize("style", ["fast", "careful"])
def test_fast_frames_are_close_to_the_preprocessed_ones(theirs, style):
    ours, errors, signed = CarRacing("fast"), [], []
    for seed in (1, 2):
        ours.reset(seed=seed), theirs.reset(seed=seed)
        for action in _actions(style, seed, 120):
            frame, reward, *_ = ours.step(action)
            other, same, *_ = theirs.step(action)
            assert reward == same
            difference = frame.astype(float) - preprocess(other)
            errors.append(np.abs(difference).mean())
            signed.append(difference.mean())
    assert np.mean(errors) < 1 and np.quantile(errors, 0.95) < 1.3
    assert abs(np.mean(signed)) < 0.3


def test_roads_are_as_wide_as_gymnasiums(theirs):
    """A car that learned on roads a quarter of a unit wider leaves the real ones more often."""
    ours, areas = CarRacing("fast"), []
    for seed in range(4):
        ours.reset(seed=seed), theirs.reset(seed=seed)
        for action in _actions("careful", seed, 80):
            frame, *_ = ours.step(action)
            other, *_ = theirs.step(action)
        both = [picture[:48, :, 1].astype(float) for picture in (frame, preprocess(other))]
        areas.append([np.clip(202 - green, 0, None).sum() for green in both])
    drawn, real = np.sum(areas, axis=0)
    assert drawn == pytest.approx(real, rel=0.01)


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_a_kerb_without_width_is_drawn_as_the_line_that_it_is():
    """On one track of some 300 Gymnasium has such a kerb."""
    env = CarRacing("fast")
    env.reset(seed=20_468)
    widths = [np.ptp(np.array(corners)[:2], axis=0).max() for corners, _ in env.road_poly]
    assert min(widths) == 0
    line, ribbon = (
        np.array([(0, 0), (width, 0), (width, 3), (0, 3)]) for width in (0.0, 2 * _GROWTH / 3)
    )
    assert np.array_equal(_narrowed(line), line)
    assert np.allclose(_narrowed(ribbon)[:, 0], _GROWTH / 3), "narrowed to nothing, not inside out"


def test_the_car_and_the_touched_tiles_are_drawn_where_they_are(theirs):
    ours = CarRacing("fast")
    ours.reset(seed=3), theirs.reset(seed=3)
    for _ in range(80):
        frame, *_ = ours.step(np.array([0.0, 0.3, 0.0]))
        other, *_ = theirs.step(np.array([0.0, 0.3, 0.0]))
    other = preprocess(other)
    near = (slice(48, 62), slice(26, 38))
    assert np.abs(frame[near].astype(float) - other[near]).mean() < 4
    red = [p[near][..., 0].astype(int) - p[near][..., 1] > 60 for p in (frame, other)]
    assert red[1].sum() > 3 and (red[0] & red[1]).sum() > 0.6 * red[1].sum()


def test_an_episode_repeats_and_seeds_differ():
    env = CarRacing("fast")
    first = [env.reset(seed=5)[0], *(env.step(a)[0] for a in _actions("wild", 0, 40))]
    again = [env.reset(seed=5)[0], *(env.step(a)[0] for a in _actions("wild", 0, 40))]
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    env.reset(seed=6)
    assert not np.array_equal(env.step(_actions("wild", 0, 10)[0])[0], first[1])


def test_skipped_steps_are_the_same_steps():
    one, two = CarRacing("fast"), FrameSkip(CarRacing("fast"), 3)
    one.reset(seed=0), two.reset(seed=0)
    for action in _actions("fast", 1, 20):
        rewards = [one.step(action)[1] for _ in range(3)]
        frame, total, *_ = two.step(action)
        assert total == pytest.approx(sum(rewards)) and np.array_equal(frame, one.state)


def test_leaving_the_field_ends_the_episode():
    env = CarRacing("fast")
    env.reset(seed=0)
    env.car.hull.position = (400.0, 0.0)
    _, reward, terminated, truncated, info = env.step(np.zeros(3), repeat=5)
    assert (reward, terminated, truncated) == (-100, True, False) and not info["lap_finished"]


@pytest.mark.parametrize("percent", [0.95, 1.0])
def test_a_lap_ends_by_the_share_of_tiles(percent):
    env = CarRacing("fast", lap_complete_percent=percent)
    env.reset(seed=0)
    missing = 3
    for tile in env.road[1:-missing]:
        tile.road_visited = True
    env.road[0].road_visited = False
    env.tile_visited_count = len(env.road) - missing
    env.car.hull.position = env.track[0][2:4]
    for wheel in env.car.wheels:
        wheel.position = env.track[0][2:4]
    over = any(env.step(np.zeros(3))[2] for _ in range(3))
    assert over == (percent < 1)


def test_many_cars_drive_as_one_would():
    cars, single = CarRacingVector(3, skip=2), CarRacing("fast")
    frames = cars.reset([0, 2], [11, 12])
    assert frames.shape == (2, 64, 64, 3)
    assert np.array_equal(frames[1], single.reset(seed=12)[0])
    for action in _actions("careful", 3, 20):
        frames, rewards, terminated, truncated = cars.step([2, 0], np.stack([action, -action]))
        frame, reward, *_ = single.step(action, repeat=2)
        assert np.array_equal(frames[0], frame) and rewards[0] == reward
    assert not terminated.any() and not truncated.any() and cars.tiles(2) >= 1


def test_episodes_are_truncated_after_a_thousand_steps():
    cars = CarRacingVector(1, skip=3)
    cars.reset([0], [0])
    ends = [cars.step([0], np.zeros((1, 3)))[3][0] for _ in range(334)]
    assert ends == [False] * 333 + [True] and cars.steps[0] == 1000
    with pytest.raises(ValueError, match="car 0 is over"):
        cars.step([0], np.zeros((1, 3)))


def test_exact_frames_of_many_cars_come_preprocessed():
    cars, single = CarRacingVector(1, frames="exact"), CarRacing("exact")
    assert np.array_equal(cars.reset([0], [4])[0], preprocess(single.reset(seed=4)[0]))


@pytest.mark.parametrize("frames", ["fast", "exact"])
def test_cars_are_gone_with_their_vector_before_the_garbage_collector_comes(frames):
    gc.disable()
    try:
        cars = CarRacingVector(2, frames)
        cars.reset([0], [0])
        cars.step([0], np.zeros((1, 3)))
        whole = [part for car in cars.cars for part in (car, car.world)]
        left = [weakref.ref(part) for part in (*whole, cars.cars[0].car)]
        del whole, cars
        assert not [ref() for ref in left if ref() is not None]
    finally:
        gc.enable()


def test_what_was_closed_begins_anew_with_a_reset():
    closed, fresh = CarRacing("fast"), CarRacing("fast")
    closed.reset(seed=3)
    closed.close()
    with pytest.raises(gymnasium.error.ResetNeeded):
        closed.step(np.zeros(3))
    closed.close()
    assert np.array_equal(closed.reset(seed=5)[0], fresh.reset(seed=5)[0])
    for action in _actions("careful", 3, 40):
        (frame, reward, *_), (wanted, earned, *_) = closed.step(action), fresh.step(action)
        assert np.array_equal(frame, wanted) and reward == earned


def test_registered_with_gymnasiums_limit():
    for name, side in (("mbrl/CarRacing-v0", 96), ("mbrl/CarRacingFast-v0", 64)):
        env = gymnasium.make(name)
        assert env.spec.max_episode_steps == 1000
        frame, _ = env.reset(seed=0)
        assert frame.shape == (side, side, 3) and frame in env.observation_space
        env.close()


def test_rendered_pictures_are_gymnasiums():
    ours, theirs = (
        CarRacing(render_mode="rgb_array"),
        gymnasium.make("CarRacing-v3", render_mode="rgb_array").unwrapped,
    )
    ours.reset(seed=2), theirs.reset(seed=2)
    for action in _actions("spin", 0, 60):
        ours.step(action), theirs.step(action)
    picture, other = ours.render(), theirs.render()
    assert picture.shape == (400, 600, 3)
    assert (picture != other).any(axis=-1).mean() < 0.01  # the score's last digit may differ


def test_random_drivers_cover_some_road():
    total = 0
    for seed in range(4):
        env = CarRacing("fast")
        env.reset(seed=seed)
        policy = SmoothedRandomPolicy(np.random.default_rng(seed))
        for _ in range(100):
            _, _, terminated, _, info = env.step(policy.act(None), repeat=2)
            if terminated:
                break
        total += info["tiles"]
    assert total > 20  # uniform actions stay on the first tiles


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: CarRacing("slow"), "frames must be"),
        (lambda: CarRacing(render_mode="human"), "render_mode must be"),
        (lambda: CarRacing(lap_complete_percent=2), "lap_complete_percent"),
        (lambda: CarRacingVector(0), "count"),
        (lambda: preprocess(np.zeros((64, 64, 3), np.uint8)), r"\(96, 96, 3\)"),
        (lambda: preprocess(np.zeros((96, 96, 3))), "float64"),
        (lambda: SmoothedRandomPolicy(np.random.default_rng(0), 1.5), "memory"),
    ],
)
def test_bad_settings_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("action", [np.zeros(2), [np.nan, 0, 0], np.zeros((1, 3))])
def test_bad_actions_are_named(action):
    env = CarRacing("fast")
    env.reset(seed=0)
    with pytest.raises(ValueError, match=r"shape \(3,\)"):
        env.step(action)


def test_step_before_reset():
    with pytest.raises(gymnasium.error.ResetNeeded):
        CarRacing("fast").step(np.zeros(3))
