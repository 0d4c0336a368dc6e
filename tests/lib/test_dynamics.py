"""Learned models: losses against torch, exact recovery where it is possible, reproducible fits."""

import math

import pytest
import torch

from mbrl_lib.diagnostics import compounding_error, rollout
from mbrl_lib.dynamics import (
    MLP,
    FitSettings,
    LinearDynamics,
    MLPDynamics,
    MLPSettings,
    fit,
    gaussian_nll,
    mean_squared_error,
)
from mbrl_lib.types import Batch, Gaussian, Trajectory


def linear_system(count: int, noise: float = 0.0, seed: int = 0) -> Batch:
    """s' = s + A s + B a + c (+ noise), with known coefficients."""
    g = torch.Generator().manual_seed(seed)
    s, a = torch.randn(count, 2, generator=g), torch.randn(count, 1, generator=g)
    change = s @ torch.tensor([[0.0, -0.3], [0.1, -0.1]]) + a @ torch.tensor([[0.0, 0.5]]) + 0.2
    change = change + noise * torch.randn(count, 2, generator=g)
    ended = torch.zeros(count, dtype=torch.bool)
    return Batch(s, a, torch.zeros(count), s + change, ended, ended)


def test_nll_by_hand_and_against_torch():
    # one entry, mean 1, variance 4, target 3: (4/4 + log 4 + log 2 pi) / 2
    got = gaussian_nll(torch.tensor([1.0]), torch.tensor([math.log(4)]), torch.tensor([3.0]))
    assert float(got) == pytest.approx(0.5 * (1 + math.log(4) + math.log(2 * math.pi)))
    mean, log_variance, target = torch.randn(3, 7, 4, generator=torch.Generator().manual_seed(0))
    theirs = torch.distributions.Normal(mean, (0.5 * log_variance).exp()).log_prob(target)
    torch.testing.assert_close(gaussian_nll(mean, log_variance, target), -theirs.mean())
    torch.testing.assert_close(
        mean_squared_error(mean, target), torch.nn.functional.mse_loss(mean, target)
    )
    for loss in (
        lambda: gaussian_nll(mean, mean[0], mean),
        lambda: mean_squared_error(mean, mean[:1]),
    ):
        with pytest.raises(ValueError, match="one shape"):
            loss()


def test_members_of_a_batched_network_do_not_mix():
    g = torch.Generator().manual_seed(0)
    network = MLP(3, 2, (8,), gaussian=True, generator=g, members=4)
    x = torch.randn(4, 5, 3, generator=g)
    mean, log_variance = network(x)
    assert mean.shape == log_variance.shape == (4, 5, 2)
    changed = x.clone()
    changed[2] += 1
    same = (network(changed)[0] == mean).flatten(1).all(dim=1)
    assert same.tolist() == [True, True, False, True]
    assert not torch.equal(network.layers[0].weight[0], network.layers[0].weight[1])


def test_log_variance_stays_within_its_bounds():
    network = MLP(1, 1, (4,), gaussian=True, generator=torch.Generator().manual_seed(0))
    for layer in network.layers:
        layer.weight.data *= 100
    _, log_variance = network(torch.linspace(-1e3, 1e3, 101)[None, :, None])
    assert log_variance.min() >= -10 - 1e-3 and log_variance.max() <= 0.5 + 1e-3


def test_linear_model_recovers_a_linear_system():
    model = LinearDynamics(2, 1).fit(linear_system(500))
    expected = torch.tensor([[0.0, -0.3], [0.1, -0.1], [0.0, 0.5], [0.2, 0.2]])
    torch.testing.assert_close(model.coefficients, expected, atol=1e-5, rtol=0)
    noisy = LinearDynamics(2, 1).fit(linear_system(4000, noise=0.1))
    assert noisy.residual_std.tolist() == pytest.approx([0.1, 0.1], rel=0.05)


@pytest.mark.parametrize("gaussian", [False, True])
def test_mlp_learns_and_its_noise_estimate_is_right(gaussian):
    model = MLPDynamics(MLPSettings(2, 1, (32,), gaussian), torch.Generator().manual_seed(0))
    history = fit(model, linear_system(2000, noise=0.1), torch.Generator().manual_seed(1))
    test = linear_system(1000, seed=9)  # without noise: the mean is what is asked for
    predicted = model.predict(test.state, test.action)
    rmse = (predicted.mean - test.next_state).square().mean().sqrt()
    assert rmse < 0.05
    assert history.holdout[history.best_epoch] == min(history.holdout)
    if gaussian:
        assert predicted.std.detach().mean().item() == pytest.approx(0.1, rel=0.15)
    else:
        assert not predicted.std.any()


def test_fit_keeps_the_best_weights_and_stops_early():
    model = MLPDynamics(MLPSettings(2, 1, (64,)), torch.Generator().manual_seed(0))
    data = linear_system(60, noise=1.0)  # far too few: it must overfit
    settings = FitSettings(epochs=500, patience=10, learning_rate=1e-2)
    history = fit(model, data, torch.Generator().manual_seed(1), settings)
    assert len(history.holdout) == history.best_epoch + 11 < 500
    held = data[torch.randperm(60, generator=torch.Generator().manual_seed(1))[:12]]
    assert float(model.loss(held).detach()) == pytest.approx(min(history.holdout), abs=1e-5)


def test_normalizers_never_see_the_holdout():
    data = linear_system(100)
    model = MLPDynamics(MLPSettings(2, 1, (4,)), torch.Generator().manual_seed(0))
    fit(model, data, torch.Generator().manual_seed(1), FitSettings(epochs=1))
    training = data[torch.randperm(100, generator=torch.Generator().manual_seed(1))[20:]]
    expected = torch.cat([training.state, training.action], dim=1).mean(dim=0)
    torch.testing.assert_close(model.input_normalizer.mean, expected)


def test_same_seed_same_weights_and_no_global_draws(tmp_path):
    state = torch.get_rng_state()
    models = []
    for seed in (3, 3, 4):
        g = torch.Generator().manual_seed(seed)
        model = MLPDynamics(MLPSettings(2, 1, (16,)), g)
        fit(model, linear_system(100), g, FitSettings(epochs=5))
        models.append(torch.cat([p.flatten() for p in model.parameters()]))
    assert torch.equal(models[0], models[1]) and not torch.equal(models[0], models[2])
    assert torch.equal(state, torch.get_rng_state())
    model.save(tmp_path / "m.safetensors")
    loaded, x = MLPDynamics.load(tmp_path / "m.safetensors"), linear_system(10)
    torch.testing.assert_close(
        loaded.predict(x.state, x.action).std, model.predict(x.state, x.action).std
    )
    (tmp_path / "no").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="not a safetensors file"):
        MLPDynamics.load(tmp_path / "no")


def test_normalisation_makes_units_irrelevant():
    """The same data in other units give the same predictions in those units."""
    units = torch.tensor([1000.0, 0.001])
    data = linear_system(400)
    scaled = Batch(data.state * units, data.action, data.reward, data.next_state * units,
                   data.terminated, data.truncated)  # fmt: skip
    predictions = []
    for batch in (data, scaled):
        model = MLPDynamics(MLPSettings(2, 1, (16,)), torch.Generator().manual_seed(0))
        fit(model, batch, torch.Generator().manual_seed(0), FitSettings(epochs=3))
        predictions.append(model.predict(batch.state, batch.action).mean)
    torch.testing.assert_close(predictions[0] * units, predictions[1], rtol=1e-3, atol=1e-4)


class Drifting:
    """Predicts s + a + 0.1 where the truth is s + a: after h steps it is off by 0.1 h."""

    def predict(self, state, action):
        mean = state + action + 0.1
        return Gaussian(mean, torch.zeros_like(mean))


def test_compounding_error_by_hand():
    actions = torch.tensor([[1.0], [-2.0], [3.0], [0.0]])
    states = torch.cat([torch.zeros(1, 1), actions.cumsum(dim=0)])
    trajectory = Trajectory(states, actions, torch.zeros(4))
    short = Trajectory(states[:2], actions[:1], torch.zeros(1))
    result = compounding_error(Drifting(), [trajectory, short], horizon=3)
    scale = torch.cat([states, states[:2]]).std(correction=0)
    assert result.starts == 2
    torch.testing.assert_close(result.rmse, torch.tensor([0.1, 0.2, 0.3]) / scale)
    predicted = rollout(Drifting(), torch.zeros(2, 1), torch.ones(2, 3, 1))
    assert predicted.shape == (2, 4, 1) and predicted[0, -1, 0] == pytest.approx(3.3)
    with pytest.raises(ValueError, match="no trajectory has 9 steps; the longest of 2 has 4"):
        compounding_error(Drifting(), [trajectory, short], horizon=9)


def test_bad_input():
    g = torch.Generator()
    model = MLPDynamics(MLPSettings(2, 1), g)
    with pytest.raises(ValueError, match="not been fitted"):
        model.predict(torch.zeros(1, 2), torch.zeros(1, 1))
    with pytest.raises(ValueError, match="not been fitted"):
        LinearDynamics(2, 1).predict(torch.zeros(1, 2), torch.zeros(1, 1))
    data = linear_system(50)
    fit(model, data, g, FitSettings(epochs=1))
    with pytest.raises(ValueError, match=r"state must have shape \(any, 2\)"):
        model.predict(torch.zeros(2), torch.zeros(1, 1))
    with pytest.raises(ValueError, match=r"action must have shape \(3, 1\)"):
        model.predict(torch.zeros(3, 2), torch.zeros(2, 1))
    with pytest.raises(ValueError, match="at least 2 transitions; got 1"):
        fit(model, data[:1], g)
    broken = linear_system(50)
    broken.next_state[3, 0] = float("nan")
    for fitting in (lambda: fit(model, broken, g), lambda: LinearDynamics(2, 1).fit(broken)):
        with pytest.raises(ValueError, match="next_state must be finite"):
            fitting()
    for bad in ({"holdout": 0.0}, {"epochs": 0}, {"learning_rate": -1.0}, {"patience": 0}):
        with pytest.raises(ValueError):
            FitSettings(**bad)
    for bad in ({"hidden": (0,)}, {"state_size": 0}):
        with pytest.raises(ValueError):
            MLPDynamics(MLPSettings(**{"state_size": 2, "action_size": 1, **bad}), g)
