"""C: the paper's numbers of weights, flat vectors, populations; and the agent of V, M and C."""

import numpy as np
import pytest
import torch

from mbrl_lib.world_models.agent import Agent
from mbrl_lib.world_models.controller import (
    TAKE_COVER,
    Controller,
    ControllerSettings,
    car_racing_action,
    take_cover_action,
    take_cover_index,
)
from mbrl_lib.world_models.episodes import Hidden

V_ONLY = ControllerSettings(hidden=0)
DEEP = ControllerSettings(latent=4, hidden=0, layer=5, action=2)
SMALL = ControllerSettings(latent=3, hidden=4, cell=True, action=2)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def same(raw):
    return raw


@pytest.mark.parametrize(
    ("settings", "size"),
    [
        (ControllerSettings(), 867),
        (TAKE_COVER, 1088),
        (V_ONLY, 99),
        (ControllerSettings(hidden=0, layer=16), 33 * 16 + 17 * 3),
    ],
)
def test_sizes_are_the_papers(settings, size):
    assert Controller(settings, same).size == size


def test_a_linear_controller_is_w_times_features_plus_b():
    controller = Controller(SMALL, same)
    matrix, bias = torch.randn(11, 2, generator=seeded()), torch.randn(1, 2, generator=seeded(1))
    flat = controller.flatten([matrix, bias])
    assert torch.equal(flat, torch.cat([matrix.flatten(), bias.flatten()]))
    features = torch.randn(6, 11, generator=seeded(2))
    assert torch.allclose(controller.act(flat, features), features @ matrix + bias, atol=1e-6)


def test_a_layer_between_is_tanh_of_the_first_map():
    controller = Controller(DEEP, same)
    flat = torch.randn(controller.size, generator=seeded())
    w1, b1, w2, b2 = controller.unflatten(flat)
    assert w1.shape == (4, 5) and b1.shape == (1, 5) and w2.shape == (5, 2)
    z = torch.randn(3, 4, generator=seeded(1))
    assert torch.allclose(controller.act(flat, z), torch.tanh(z @ w1 + b1) @ w2 + b2, atol=1e-6)


@pytest.mark.parametrize("settings", [SMALL, DEEP, TAKE_COVER, V_ONLY])
def test_flat_vectors_and_parts_are_the_same_numbers(settings):
    controller = Controller(settings, same)
    for lead in ((), (7,), (2, 3)):
        flat = torch.randn(*lead, controller.size, generator=seeded())
        assert torch.equal(controller.flatten(controller.unflatten(flat)), flat)


@pytest.mark.parametrize("settings", [SMALL, DEEP, V_ONLY])
def test_each_row_of_a_population_acts_on_its_own_row(settings):
    controller = Controller(settings, car_racing_action if settings is V_ONLY else same)
    population = torch.randn(5, controller.size, generator=seeded())
    features = torch.randn(5, 6, settings.features, generator=seeded(1))
    together = controller.act(population, features)
    one_each = controller.act(population, features[:, 2])
    for k in range(5):
        alone = controller.act(population[k], features[k])
        assert torch.allclose(together[k], alone, atol=1e-5)
        assert torch.allclose(one_each[k], alone[2], atol=1e-5)


def test_what_a_controller_sees_is_z_then_h_then_c():
    z, h, c = torch.ones(2, 3), torch.full((2, 4), 2.0), torch.full((2, 4), 3.0)
    seen = Controller(SMALL, same).features(z, Hidden(h, c))
    assert seen[0].tolist() == [1.0] * 3 + [2.0] * 4 + [3.0] * 4
    without = ControllerSettings(latent=3, hidden=4, action=2)
    assert torch.equal(Controller(without, same).features(z, Hidden(h, c)), seen[:, :7])
    assert torch.equal(Controller(DEEP, same).features(z), z)
    with pytest.raises(ValueError, match="memory"):
        Controller(SMALL, same).features(z)


def test_car_racing_actions():
    raw = torch.tensor(
        [[0.0, 0.0, 0.0], [50.0, 50.0, 50.0], [-50.0, -50.0, -50.0], [1.0, 1.0, 1.0]]
    )
    steer, gas, brake = car_racing_action(raw).T
    t = float(np.tanh(1))
    assert torch.allclose(steer, torch.tensor([0, 1, -1, t]))
    assert torch.allclose(gas, torch.tensor([0.5, 1, 0, (t + 1) / 2]))
    assert torch.allclose(brake, torch.tensor([0, 1, 0, t]))


def test_take_cover_actions():
    raw = torch.tensor(
        [[-5.0], [-0.36], [-0.33], [0.0], [0.33], [0.36], [5.0]]
    )  # atanh 1/3 = 0.347
    action = take_cover_action(raw)
    assert action[:, 0].tolist() == [-1, -1, 0, 0, 0, 1, 1]
    assert take_cover_index(action).tolist() == [0, 0, 1, 1, 1, 2, 2]


def test_wrong_sizes_are_named():
    controller = Controller(SMALL, same)
    with pytest.raises(ValueError, match="parameters must have 24 numbers"):
        controller.act(torch.zeros(23), torch.zeros(1, 11))
    with pytest.raises(ValueError, match="features must have 11 numbers"):
        controller.act(torch.zeros(24), torch.zeros(1, 10))
    with pytest.raises(ValueError, match="2 vectors and 3 rows"):
        controller.act(torch.zeros(2, 24), torch.zeros(3, 11))
    with pytest.raises(ValueError, match="parts must have shapes"):
        controller.flatten([torch.zeros(11, 2)])
    with pytest.raises(ValueError, match="action"):
        ControllerSettings(action=0)


# --- the agent ----------------------------------------------------------------------------------


class Eye:
    """z is the frame's first pixel."""

    def encode(self, x):
        return x[:, :, 0, 0], torch.ones(len(x), 3)


class Counter:
    """h counts the steps, c keeps the last action."""

    def initial_hidden(self, batch):
        return Hidden(torch.zeros(batch, 4), torch.zeros(batch, 4))

    def remember(self, z, action, hidden):
        return Hidden(hidden.h + 1, torch.cat([action, action], dim=1))


def frames(count):
    return np.random.default_rng(0).integers(0, 256, (count, 64, 64, 3), dtype=np.uint8)


def test_an_agent_sees_acts_and_remembers_for_each_row():
    controller = Controller(SMALL, same)
    population = torch.randn(2, controller.size, generator=seeded())
    agent = Agent(Eye(), Counter(), controller, population)
    pixels = frames(2)
    z = torch.tensor(pixels[:, 0, 0]) / 255
    h, c = torch.zeros(2, 4), torch.zeros(2, 4)
    for _ in range(3):
        action = agent.act_batch(pixels)
        expected = controller.act(population, torch.cat([z, h, c], dim=1))
        assert torch.allclose(action, expected, atol=1e-6)
        h, c = h + 1, torch.cat([action, action], dim=1)


def test_rows_forget_on_their_own_and_all_at_once():
    controller = Controller(SMALL, same)
    agent = Agent(Eye(), Counter(), controller, torch.randn(controller.size, generator=seeded()))
    pixels = frames(2)
    first, second = agent.act_batch(pixels), agent.act_batch(pixels)
    assert not torch.equal(first, second)
    agent.reset(torch.tensor([True, False]))
    third = agent.act_batch(pixels)
    assert torch.allclose(third[0], first[0], atol=1e-6)
    assert not torch.allclose(third[1], first[1], atol=1e-3)
    agent.reset()
    assert torch.allclose(agent.act_batch(pixels), first, atol=1e-6)


def test_an_agent_of_v_alone_is_a_policy():
    controller = Controller(ControllerSettings(latent=3, hidden=0), car_racing_action)
    agent = Agent(Eye(), None, controller, torch.ones(controller.size))
    action = agent.act(frames(1)[0])
    assert isinstance(action, np.ndarray) and action.shape == (3,)
    with pytest.raises(ValueError, match="there is no M"):
        Agent(Eye(), None, Controller(SMALL, same), torch.ones(24))
    with pytest.raises(ValueError, match="parameters must be finite"):
        Agent(Eye(), None, controller, torch.full((controller.size,), torch.nan))
    with pytest.raises(ValueError, match="uint8"):
        agent.act(frames(1)[0].astype(np.float32))
