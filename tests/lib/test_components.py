"""Principal directions: what they do to a controller's actions, by hand and in general."""

import pytest
import torch

from mbrl_lib.world_models import MDNRNN, MDNRNNSettings
from mbrl_lib.world_models.components import principal_directions, seen_in
from mbrl_lib.world_models.controller import Controller, ControllerSettings
from mbrl_lib.world_models.episodes import LatentEpisode

C = Controller(ControllerSettings(latent=3, hidden=2, action=2), lambda raw: raw)
PLAIN = Controller(ControllerSettings(latent=3, hidden=2, action=1, bias=False), lambda raw: raw)


def normal(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(2))


def features(rows=200, offset=3.0):
    """Five numbers that are mixtures of two, around a mean far from zero; and those two."""
    generator = torch.Generator().manual_seed(0)
    two = torch.randn(rows, 2, generator=generator) * torch.tensor([2.0, 0.5])
    mix = torch.linalg.qr(torch.randn(5, 5, generator=generator))[0][:2]
    return two @ mix + offset, two


def test_each_direction_acts_with_one_component_measured_from_its_mean():
    seen, two = features()
    directions = principal_directions(C, seen, 2)
    assert directions.shape == (2 * (2 + 1), C.size)
    actions = C.act(directions, seen.expand(6, -1, -1))  # (6, T, 2)
    centred = two - two.mean(dim=0)
    for row, (component, action) in enumerate([(0, 0), (0, 1), (1, 0), (1, 1)]):
        own, other = actions[row, :, action], actions[row, :, 1 - action]
        assert float(own.mean().abs()) < 1e-5 and not other.any()
        # two is mixed by orthonormal rows, so a component is it, up to sign and a slight turn
        assert float(torch.corrcoef(torch.stack([own, centred[:, component]]))[0, 1].abs()) > 0.99
        assert float(own.std()) == pytest.approx(float(two[:, component].std()), rel=0.05)
    assert torch.equal(actions[4], torch.tensor([1.0, 0.0]).expand(200, 2))
    assert torch.equal(actions[5], torch.tensor([0.0, 1.0]).expand(200, 2))


def test_all_components_span_all_weights():
    directions = principal_directions(C, normal(50, 5), 5)
    assert directions.shape == (C.size, C.size)
    assert int(torch.linalg.matrix_rank(directions)) == C.size


def test_without_biases_components_are_those_about_zero():
    seen, _ = features(offset=3.0)
    (first,) = principal_directions(PLAIN, seen, 1)
    assert first.shape == (5,)
    towards = first @ seen.mean(dim=0) / seen.mean(dim=0).norm()
    assert abs(float(towards)) > 0.99  # the mean is the largest thing there is


def test_what_is_seen_is_z_and_what_m_remembers_there():
    m = MDNRNN(MDNRNNSettings(latent=3, action=2, hidden=2), torch.Generator().manual_seed(1))
    episodes = [
        LatentEpisode(normal(n + 1, 3), torch.ones(n + 1, 3), normal(n, 2), torch.ones(n))
        for n in (4, 6)
    ]
    seen = seen_in(C, m, episodes)
    assert seen.shape == (10, 5) and not seen.requires_grad
    assert torch.equal(seen[:4, :3], episodes[0].mean[:-1])
    assert not seen[0, 3:].any() and not seen[4, 3:].any()  # an episode begins without a memory
    hidden = m.initial_hidden(1)
    for t in range(5):
        hidden = m.remember(episodes[1].mean[t][None], episodes[1].action[t][None], hidden)
    assert torch.allclose(seen[4 + 5, 3:], hidden.h[0], atol=1e-6)


@pytest.mark.parametrize("count", [0, 6, -1])
def test_a_number_of_components_that_there_are_not_is_refused(count):
    with pytest.raises(ValueError, match="count must be between 1 and 5"):
        principal_directions(C, normal(50, 5), count)


def test_what_has_no_components_is_refused():
    deep = Controller(ControllerSettings(latent=3, hidden=2, layer=4), lambda raw: raw)
    with pytest.raises(ValueError, match="layer"):
        principal_directions(deep, normal(50, 5), 2)
    with pytest.raises(ValueError, match="seen"):
        principal_directions(C, normal(50, 4), 2)
    with pytest.raises(ValueError, match="seen"):
        principal_directions(C, torch.full((50, 5), torch.nan), 2)
