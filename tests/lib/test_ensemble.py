"""Ensembles: independent members, propagation, what they say of their own uncertainty."""

import copy
import math

import pytest
import torch

from mbrl_lib import diagnostics
from mbrl_lib.dynamics import (
    EnsembleDynamics,
    EnsembleSettings,
    Expectation,
    FitSettings,
    IndependentRollouts,
    TrajectorySampling,
    bootstrap,
    calibrate,
    fit_ensemble,
)
from mbrl_lib.planning import PlanningProblem, evaluate_candidates
from mbrl_lib.types import Batch, Gaussian, Propagation


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def noisy_data(rows, noise, seed=0):
    """s' = s + sin(3 s) / 2 + a + noise, with states in [-1, 1]."""
    g = generator(seed)
    state, action = 2 * torch.rand(rows, 1, generator=g) - 1, torch.randn(rows, 1, generator=g)
    change = torch.sin(3 * state) / 2 + action + noise * torch.randn(rows, 1, generator=g)
    flags = torch.zeros(rows, dtype=torch.bool)
    return Batch(state, action, torch.zeros(rows), state + change, flags, flags)


def untrained(members=3, **more):
    model = EnsembleDynamics(EnsembleSettings(1, 1, members, (16,), **more), generator())
    model.fit_normalizers(noisy_data(50, 0.1))
    return model


def train(rows):
    g, settings = generator(), FitSettings(epochs=40, patience=8, batch_size=64)
    model = EnsembleDynamics(EnsembleSettings(1, 1, 4, (32, 32)), g)
    return model, fit_ensemble(model, noisy_data(rows, 0.3), g, settings)


@pytest.fixture(scope="module")
def once():
    return train(600)


@pytest.fixture
def trained(once):
    """A model that a test may change, and the history of its training."""
    return copy.deepcopy(once)


def test_members_start_different_and_predict_as_if_alone():
    model = untrained()
    data = noisy_data(7, 0.1, 1)
    together = model.predict(data.state, data.action)
    assert together.mean.shape == together.std.shape == (3, 7, 1)
    assert (together.mean[0] - together.mean[1]).abs().max() > 1e-3
    states = torch.stack([data.state, data.state + 1, data.state - 1])
    actions = data.action.expand(3, -1, -1)
    each = model.predict_each(states, actions)
    torch.testing.assert_close(each.mean[0], together.mean[0])
    alone = model.predict(data.state - 1, data.action)
    torch.testing.assert_close(each.mean[2], alone.mean[2])


def test_each_member_is_trained_by_its_own_rows_only():
    """The gradient of the summed losses at one member is that member's own."""
    model, data = untrained(), noisy_data(30, 0.1)
    rows = bootstrap(30, 3, generator(1))
    model.losses(data[rows]).sum().backward()
    together = model.network.layers[0].weight.grad.clone()
    model.zero_grad()
    other = rows.clone()
    other[1:] = 0  # what the others see changes nothing for the first
    model.losses(data[other])[0].backward()
    alone = model.network.layers[0].weight.grad
    torch.testing.assert_close(together[0], alone[0])
    assert not alone[1:].any()


def test_losses_by_hand():
    model, data = untrained(gaussian=False), noisy_data(5, 0.1)
    losses = model.losses(data[torch.arange(5).expand(3, -1)])
    predicted = model.predict(data.state, data.action).mean
    scale = model.target_normalizer.std
    want = ((predicted - data.next_state) / scale).square().mean(dim=(1, 2))
    torch.testing.assert_close(losses, want)


def test_bootstrap_draws_with_replacement_for_each_member():
    rows = bootstrap(2000, 4, generator())
    assert rows.shape == (4, 2000) and rows.min() >= 0 and rows.max() < 2000
    shares = [row.unique().numel() / 2000 for row in rows]
    assert all(abs(share - (1 - 1 / math.e)) < 0.03 for share in shares)
    assert not torch.equal(rows[0], rows[1])


def test_training_finds_function_and_noise_and_keeps_each_members_best(trained):
    model, history = trained
    fresh = noisy_data(500, 0.3, 9)
    prediction = model.predict(fresh.state, fresh.action)
    error = (prediction.mean.mean(dim=0) - fresh.next_state).square().mean().sqrt()
    assert error < 0.36, "the noise itself is 0.3"
    assert float(prediction.std.mean()) == pytest.approx(0.3, abs=0.08)
    losses = torch.tensor(history.holdout)
    assert history.best_epochs == losses.argmin(dim=0).tolist()
    assert len(set(history.best_epochs)) > 1, "members stop at epochs of their own"


def test_kept_weights_are_the_best_epochs():
    """Whatever came later: the model's loss on the held-out data is the smallest of its history."""
    g, data = generator(3), noisy_data(80, 0.3)
    model = EnsembleDynamics(EnsembleSettings(1, 1, 3, (32,)), g)
    before = generator(3)
    settings = FitSettings(epochs=40, patience=40, learning_rate=0.05, batch_size=16)
    EnsembleDynamics(EnsembleSettings(1, 1, 3, (32,)), before)  # draws what the model drew
    history = fit_ensemble(model, data, g, settings)
    order = torch.randperm(80, generator=before)
    heldout = data[order[:16]]
    final = model.losses(heldout[torch.arange(16).expand(3, -1)])
    torch.testing.assert_close(final, torch.tensor(history.holdout).min(dim=0).values)


def test_disagreement_grows_where_there_are_no_data(trained):
    model, _ = trained
    near, far = torch.zeros(1, 1), torch.full((1, 1), 6.0)
    at = [diagnostics.disagreement(model.predict(s, torch.zeros(1, 1))) for s in (near, far)]
    assert at[1] > 5 * at[0]


def test_same_seed_same_members_and_saved_ones_come_back(tmp_path):
    (one, _), (other, _) = train(60), train(60)
    x = torch.randn(4, 1, generator=generator())
    assert torch.equal(one.predict(x, x).mean, other.predict(x, x).mean)
    one.std_factor.fill_(2.0)
    one.save(tmp_path / "e.safetensors")
    back = EnsembleDynamics.load(tmp_path / "e.safetensors")
    assert torch.equal(one.predict(x, x).std, back.predict(x, x).std)


@pytest.mark.parametrize("gaussian", [True, False])
@pytest.mark.parametrize("linear", [True, False])
def test_a_frozen_ensemble_predicts_the_same_until_weights_change(gaussian, linear):
    model = EnsembleDynamics(EnsembleSettings(3, 2, 4, (16, 16), gaussian, linear), generator())
    g, flags = generator(1), torch.zeros(200, dtype=torch.bool)
    state = 5 + 3 * torch.randn(200, 3, generator=g)
    action = torch.randn(200, 2, generator=g)
    batch = Batch(state, action, torch.zeros(200), state + 0.1 * action[:, :1], flags, flags)
    with pytest.raises(ValueError, match="not been fitted"):
        model.frozen()
    model.fit_normalizers(batch)
    model.std_factor.copy_(torch.tensor([0.5, 1.0, 2.0]))
    if linear:
        model.fit_line(batch, bootstrap(200, 4, g))
        model.network.layers[-1].weight.data += 0.1
    if gaussian:  # bounds of each member's own, near enough to matter
        model.network.max_log_variance.data = torch.randn(4, 1, 3, generator=g)
        model.network.min_log_variance.data = torch.randn(4, 1, 3, generator=g) - 1
    frozen, true = model.frozen(), model.predict(state, action)
    for got, expected in zip(
        (frozen.predict(state, action).mean, frozen.predict(state, action).std),
        (true.mean, true.std),
        strict=True,
    ):
        torch.testing.assert_close(got, expected.detach(), atol=1e-5, rtol=1e-4)
    model.network.layers[0].weight.data += 1
    assert torch.equal(frozen.predict(state, action).mean, frozen.predict(state, action).mean)
    assert not torch.allclose(frozen.predict(state, action).mean, model.predict(state, action).mean)


def test_least_squares_learns_a_line_from_few_rows_and_networks_the_rest(tmp_path):
    def data(rows, bend, seed):
        g, flags = generator(seed), torch.zeros(rows, dtype=torch.bool)
        state, action = torch.randn(rows, 2, generator=g), torch.randn(rows, 1, generator=g)
        change = state @ torch.tensor([[0.1, 0.3], [-0.2, 0.0]]) + 0.5 * action + 0.7
        change = change + bend * torch.sin(2 * state)
        return Batch(state, action, torch.zeros(rows), state + change, flags, flags)

    def error(model, batch):
        return float(
            (model.predict(batch.state, batch.action).mean - batch.next_state).abs().mean()
        )

    def fitted(batch, linear, epochs):
        model = EnsembleDynamics(EnsembleSettings(2, 1, 3, (64, 64), linear=linear), generator())
        fit_ensemble(model, batch, generator(1), FitSettings(epochs, learning_rate=3e-3))
        return model

    few, fresh = data(20, 0.0, 0), data(200, 0.0, 1)
    with_line = fitted(few, True, 1)
    assert (
        error(with_line, fresh)
        < 0.02
        < 10 * error(with_line, fresh)
        < error(fitted(few, False, 50), fresh)
    )
    bent, more = data(2000, 0.3, 0), data(200, 0.3, 1)
    assert error(fitted(bent, True, 60), more) < 0.3 * error(fitted(bent, True, 1), more)
    with_line.save(tmp_path / "model")
    again = EnsembleDynamics.load(tmp_path / "model")
    assert error(again, fresh) == error(with_line, fresh)


def test_planning_sees_weights_that_have_changed_since():
    model = untrained()
    problem = PlanningProblem(TrajectorySampling(model, 3), lambda s, a, n: n[:, 0], [-1.0], [1.0])

    def value():
        return evaluate_candidates(problem, torch.zeros(1), torch.zeros(1, 3, 1), generator())

    before = value()
    model.network.layers[-1].bias.data[..., 0] += 1
    assert float(value()) > float(before) + 1


def test_mixture_by_hand():
    prediction = Gaussian(torch.tensor([[[1.0]], [[3.0]]]), torch.tensor([[[1.0]], [[2.0]]]))
    mixed = diagnostics.mixture(prediction)
    assert float(mixed.mean) == 2
    assert float(mixed.std) == pytest.approx(math.sqrt((1 + 4) / 2 + 1))
    assert float(diagnostics.disagreement(prediction)) == 1


def test_quantiles_by_hand():
    prediction = Gaussian(torch.tensor([[[0.0]], [[10.0]]]), torch.ones(2, 1, 1))
    at = [
        float(diagnostics.quantile_of(prediction, torch.tensor([[v]])))
        for v in (-9.0, 0.0, 5.0, 19.0)
    ]
    assert at == pytest.approx([0, 0.25, 0.5, 1], abs=1e-6)
    certain = Gaussian(torch.zeros(1, 2, 1), torch.zeros(1, 2, 1))
    values = torch.tensor([[0.0], [1e-3]])
    assert diagnostics.quantile_of(certain, values)[:, 0].tolist() == [0.5, 1]


def test_coverage_of_the_right_model_and_of_one_that_is_too_sure():
    g = generator()
    mean = torch.randn(20_000, 2, generator=g)
    value = mean + torch.tensor([1.0, 3.0]) * torch.randn(mean.shape, generator=g)
    prediction = Gaussian(mean[None], torch.ones(1, 20_000, 2))
    got = diagnostics.coverage(prediction, value, 0.9)
    assert got[0] == pytest.approx(0.9, abs=0.01)
    assert got[1] == pytest.approx(math.erf(1.6449 / 3 / math.sqrt(2)), abs=0.01)


def test_calibration_mends_what_the_networks_promise(trained):
    model, _ = trained
    model.std_factor.fill_(1.0)
    with torch.no_grad():
        model.network.max_log_variance.fill_(4.0)  # far too careful from here on
        model.network.min_log_variance.fill_(3.0)
    fresh, other = noisy_data(2000, 0.3, 5), noisy_data(2000, 0.3, 6)
    before = diagnostics.coverage(model.predict(fresh.state, fresh.action), fresh.next_state)
    assert before > 0.99
    factors = calibrate(model, other)
    after = diagnostics.coverage(model.predict(fresh.state, fresh.action), fresh.next_state)
    assert factors < 1 and after == pytest.approx(0.9, abs=0.03)
    with pytest.raises(ValueError, match="Gaussian"):
        calibrate(untrained(gaussian=False), other)


# --- propagation --------------------------------------------------------------------------------


class Fake:
    """Member e adds its own constant to the state, with a std of its own."""

    members = 2

    def __init__(self, constants=(1.0, 3.0), std=0.0):
        self.constants, self.std = torch.tensor(constants)[:, None, None], std

    def predict(self, state, action):
        return self.predict_each(state.expand(2, -1, -1), action.expand(2, -1, -1))

    def predict_each(self, state, action):
        mean = state + action + self.constants
        return Gaussian(mean, torch.full_like(mean, self.std))


def test_every_propagation_by_hand():
    states, actions = torch.zeros(2, 3, 1), torch.tensor([[0.0], [10.0], [20.0]])
    own = IndependentRollouts(Fake()).step(states, actions, None)
    assert own[:, :, 0].tolist() == [[1, 11, 21], [3, 13, 23]]
    again = IndependentRollouts(Fake()).step(own, actions, None)
    assert again[:, :, 0].tolist() == [[2, 22, 42], [6, 26, 46]], "each goes on from its own state"
    mean = Expectation(Fake()).step(states[:1], actions, None)
    assert mean[:, :, 0].tolist() == [[2, 12, 22]]
    sampled = TrajectorySampling(Fake(), particles=4)
    moved = sampled.step(torch.zeros(4, 3, 1), actions, generator())
    assert moved[:, 0, 0].tolist() == [1, 1, 3, 3]
    for propagation in (IndependentRollouts(Fake()), Expectation(Fake()), sampled):
        assert isinstance(propagation, Propagation)


def test_ts_infinity_stays_with_its_member_and_ts1_changes():
    def after(steps, redraw):
        propagation, g = TrajectorySampling(Fake(), 8, redraw), generator(4)
        states = torch.zeros(8, 1, 1)
        for _ in range(steps):
            states = propagation.step(states, torch.zeros(1, 1), g)
        return states[:, 0, 0]

    assert after(10, redraw=False).tolist() == [10] * 4 + [30] * 4
    mixed = after(10, redraw=True)
    assert mixed.sum() == 10 * (4 * 1 + 4 * 3), "at every step half the particles each"
    assert mixed.unique().numel() > 2
    assert mixed.min() > 10 and mixed.max() < 30


def test_sampling_draws_the_members_noise():
    propagation = TrajectorySampling(Fake((0.0, 0.0), std=2.0), 10)
    moved = propagation.step(torch.zeros(10, 4000, 1), torch.zeros(4000, 1), generator())
    assert moved.std() == pytest.approx(2, rel=0.02)
    assert (moved[0] - moved[1]).abs().max() > 0.1


def test_returns_are_averaged_over_particles_that_live_and_die_alone():
    problem = PlanningProblem(
        IndependentRollouts(Fake((1.0, 3.0))), lambda s, a, n: n[:, 0], [-1.0], [1.0],
        terminated=lambda s: s[:, 0] > 5,
    )  # fmt: skip
    got = evaluate_candidates(problem, torch.zeros(1), torch.zeros(2, 4, 1))
    # the first member earns 1 + 2 + 3 + 4, the second 3 + 6 and is over
    assert got.tolist() == [(10 + 9) / 2] * 2


def test_cost_in_memory_does_not_depend_on_chunks_and_neither_do_returns(monkeypatch):
    from mbrl_lib.planning import rollout

    problem = PlanningProblem(
        IndependentRollouts(Fake()), lambda s, a, n: -n[:, 0].abs(), [-1.0], [1.0]
    )
    actions = torch.rand(50, 5, 1, generator=generator())
    whole = evaluate_candidates(problem, torch.zeros(1), actions)
    monkeypatch.setattr(rollout, "ROWS", 7)
    torch.testing.assert_close(evaluate_candidates(problem, torch.zeros(1), actions), whole)


def test_bad_input():
    with pytest.raises(ValueError, match="not been fitted"):
        EnsembleDynamics(EnsembleSettings(1, 1), generator()).predict(
            torch.zeros(1, 1), torch.zeros(1, 1)
        )
    with pytest.raises(ValueError, match="multiple of the 2 members"):
        TrajectorySampling(Fake(), 5)
    with pytest.raises(ValueError, match="give a generator"):
        TrajectorySampling(Fake(), 4).step(torch.zeros(4, 1, 1), torch.zeros(1, 1), None)
    with pytest.raises(ValueError, match="level"):
        diagnostics.coverage(
            Gaussian(torch.zeros(1, 1, 1), torch.ones(1, 1, 1)), torch.ones(1, 1), 1
        )
    with pytest.raises(ValueError, match="members"):
        EnsembleSettings(1, 1, 0)
