"""M: its likelihood against torch.distributions, τ, memory, and training on sequences."""

import math

import pytest
import torch
from torch.distributions import Categorical, MixtureSameFamily, Normal

from mbrl_lib.storage import save_tensors
from mbrl_lib.world_models.episodes import Hidden, LatentEpisode, Sequences, cut
from mbrl_lib.world_models.mdn_rnn import (
    MDNRNN,
    MDNRNNSettings,
    Prediction,
    draw_mixture,
    fit_mdn_rnn,
    mdn_rnn_loss,
    mixture_log_prob,
    sample_mixture,
    with_own_draws,
)
from mbrl_lib.world_models.training import TrainSettings

SMALL = MDNRNNSettings(latent=3, action=2, hidden=16, mixtures=4)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def small():
    return MDNRNN(SMALL, seeded())


def mixtures(*lead, parts=5, seed=0, dtype=torch.float32):
    """Random log-weights, means and stds `(*lead, M)`."""
    g = seeded(seed)
    logits, mean, log_std = (
        torch.randn(*lead, parts, generator=g, dtype=dtype) * scale for scale in (2.0, 2.0, 0.7)
    )
    return logits.log_softmax(dim=-1), mean, log_std.exp()


def torchs(log_weights, mean, std):
    return MixtureSameFamily(Categorical(logits=log_weights), Normal(mean, std))


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


# --- mixtures -----------------------------------------------------------------------------------


def test_output_and_cell_begin_as_two_tensors():
    hidden = MDNRNN(MDNRNNSettings(latent=2, hidden=3), torch.Generator()).initial_hidden(2)
    hidden.h[0] = 1.0
    assert not hidden.c.any(), "written into one of them, the other stays"


def test_the_likelihood_is_that_of_torch_distributions():
    parts = mixtures(40, 7)
    z = torch.randn(40, 7, generator=seeded(1)) * 3
    ours, theirs = mixture_log_prob(*parts, z), torchs(*parts).log_prob(z)
    assert ours.shape == (40, 7)
    assert float((ours - theirs).abs().max()) < 1e-5


def test_the_likelihood_stays_finite_far_from_every_mean():
    log_weights, mean, std = mixtures(2, 3)
    z = torch.full((2, 3), 1000.0)
    ours = mixture_log_prob(log_weights, mean, std, z)
    naive = (log_weights.exp() * Normal(mean, std).log_prob(z[..., None]).exp()).sum(-1).log()
    assert bool(naive.isinf().all()) and bool(ours.isfinite().all())
    assert torch.allclose(ours, torchs(log_weights, mean, std).log_prob(z), rtol=1e-5)


def test_gradients_are_right():
    logits = torch.randn(4, 3, 5, generator=seeded(), dtype=torch.float64, requires_grad=True)
    _, mean, std = mixtures(4, 3, dtype=torch.float64)
    z = torch.randn(4, 3, generator=seeded(2), dtype=torch.float64, requires_grad=True)
    mean.requires_grad_()
    log_std = std.log().requires_grad_()

    def log_prob(logits, mean, log_std, z):
        return mixture_log_prob(logits.log_softmax(dim=-1), mean, log_std.exp(), z)

    assert torch.autograd.gradcheck(log_prob, (logits, mean, log_std, z))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda w, m, s: (w + 0.1, m, s), "add up to 1"),
        (lambda w, m, s: (w * math.nan, m, s), "add up to 1"),
        (lambda w, m, s: (w, m * math.nan, s), "mean must be finite"),
        (lambda w, m, s: (w, m, s * 0), "std must be above 0"),
        (lambda w, m, s: (w, m, s * math.nan), "std must be above 0"),
        (lambda w, m, s: (w, m[..., :2], s), "one shape"),
    ],
)
def test_what_is_no_mixture_is_refused(change, message):
    bad = change(*mixtures(2, 3))
    with pytest.raises(ValueError, match=message):
        mixture_log_prob(*bad, torch.zeros(2, 3))
    with pytest.raises(ValueError, match=message):
        sample_mixture(*bad, seeded())


def test_z_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"z must have shape \(2, 3\); got \(3,\)"):
        mixture_log_prob(*mixtures(2, 3), torch.zeros(3))


def test_samples_follow_the_mixture():
    log_weights, mean, std = (x.expand(60_000, 1, 5) for x in mixtures(1, 1, seed=3))
    z = sample_mixture(log_weights, mean, std, seeded())
    exact = torchs(log_weights[0], mean[0], std[0])
    for level in (-3.0, -1.0, 0.0, 0.5, 2.0):
        below = float((z < level).float().mean())
        assert below == pytest.approx(float(exact.cdf(torch.tensor([level]))), abs=0.01)


def test_temperature_divides_logits_and_widens_noise_by_its_root():
    log_weights = torch.tensor([0.9, 0.1]).log().expand(60_000, 1, 2)
    mean = torch.tensor([0.0, 1000.0]).expand(60_000, 1, 2)
    std = torch.tensor([2.0, 5.0]).expand(60_000, 1, 2)
    for temperature in (0.25, 1.0, 4.0):
        z = sample_mixture(log_weights, mean, std, seeded(), temperature)
        second = z > 500
        share = 0.1 ** (1 / temperature) / (0.1 ** (1 / temperature) + 0.9 ** (1 / temperature))
        assert float(second.float().mean()) == pytest.approx(share, abs=0.01)
        assert float(z[~second].std()) == pytest.approx(2 * math.sqrt(temperature), rel=0.02)
    cold = sample_mixture(log_weights, mean, std, seeded(), 1e-4)
    assert float(cold.abs().max()) < 0.2


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan, math.inf])
def test_a_temperature_not_above_0_is_refused(temperature):
    with pytest.raises(ValueError, match="temperature must be a number above 0"):
        sample_mixture(*mixtures(2, 3), seeded(), temperature)


def test_sampling_uses_its_generator_and_nothing_else():
    parts = mixtures(4, 3)
    before = torch.get_rng_state()
    first, again, other = (sample_mixture(*parts, seeded(s)) for s in (0, 0, 1))
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert torch.equal(before, torch.get_rng_state())


def test_given_noise_chooses_the_component_and_where_in_it():
    log_weights = torch.tensor([[[0.5, 0.3, 0.2]]]).log()
    mean, std = torch.tensor([[[1.0, 2.0, 3.0]]]), torch.tensor([[[0.1, 0.2, 0.3]]])
    for uniform, normal, expected in (
        (0.0, 0.0, 1.0), (0.49, 1.0, 1.1), (0.51, -1.0, 1.8), (0.9, 2.0, 3.6), (1.0, 0.0, 3.0)
    ):  # fmt: skip
        z = draw_mixture(
            log_weights, mean, std, torch.full((1, 1), uniform), torch.full((1, 1), normal)
        )
        assert float(z) == pytest.approx(expected)


# --- the network --------------------------------------------------------------------------------


def test_the_papers_network_has_the_papers_number_of_weights():
    model = MDNRNN(MDNRNNSettings(32, 3, 256, 5, reward=False, done=False), seeded())
    assert sum(p.numel() for p in model.parameters() if p.requires_grad) == 422_368
    assert float(model.lstm.bias_hh_l0.abs().max()) == 0


def test_weights_come_from_the_generator_alone():
    before = torch.get_rng_state()
    first, again, other = (weights(MDNRNN(SMALL, seeded(s))) for s in (0, 0, 1))
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert torch.equal(before, torch.get_rng_state())


def test_the_memory_begins_by_keeping(small):
    input_bias, forget_bias = small.lstm.bias_ih_l0.detach()[:32].split(16)
    assert abs(float(forget_bias.mean()) - 1) < 0.2 and abs(float(input_bias.mean())) < 0.2


@torch.no_grad()
@pytest.mark.parametrize(("batch", "steps"), [(1, 1), (1, 7), (5, 7), (1, 3000)])
def test_steps_are_the_sequence_one_by_one(small, batch, steps):
    z = torch.randn(batch, steps, 3, generator=seeded(1))
    action = torch.rand(batch, steps, 2, generator=seeded(2))
    whole, last = small(z, action)
    assert whole.mean.shape == (batch, steps, 3, 4) and whole.reward.shape == (batch, steps)
    assert whole.done.shape == (batch, steps) and last.h.shape == (batch, 16)
    hidden, quick = small.initial_hidden(batch), small.initial_hidden(batch)
    for t in range(steps):
        one, hidden = small.step(z[:, t], action[:, t], hidden)
        quick = small.remember(z[:, t], action[:, t], quick)
    assert one.mean.shape == (batch, 3, 4) and one.reward.shape == one.done.shape == (batch,)
    for name in ("log_weights", "mean", "std", "reward", "done"):
        ours, theirs = getattr(one, name), getattr(whole, name)[:, -1]
        assert torch.allclose(ours, theirs, atol=1e-5) and bool(theirs.isfinite().all())
    for a, b, c in zip(hidden, last, quick, strict=True):
        assert torch.allclose(a, b, atol=1e-5) and torch.equal(a, c)


@torch.no_grad()
def test_a_sequence_goes_on_from_a_memory(small):
    z, action = torch.randn(2, 6, 3, generator=seeded()), torch.rand(2, 6, 2, generator=seeded(1))
    whole, _ = small(z, action)
    _, middle = small(z[:, :4], action[:, :4])
    rest, _ = small(z[:, 4:], action[:, 4:], middle)
    assert torch.allclose(rest.mean, whole.mean[:, 4:], atol=1e-5)
    fresh, _ = small(z[:, 4:], action[:, 4:])
    assert not torch.allclose(fresh.mean, whole.mean[:, 4:], atol=1e-3)


@torch.no_grad()
def test_nobody_else_in_the_batch_and_nothing_later_is_seen(small):
    z, action = torch.randn(3, 5, 3, generator=seeded()), torch.rand(3, 5, 2, generator=seeded(1))
    before, _ = small(z, action)
    z[1], z[0, 3:] = 9.0, 9.0
    after, _ = small(z, action)
    assert torch.allclose(before.mean[2], after.mean[2], atol=1e-6)
    assert torch.allclose(before.mean[0, :3], after.mean[0, :3], atol=1e-6)
    assert not torch.allclose(before.mean[0, 3:], after.mean[0, 3:], atol=1e-3)


def test_heads_are_there_only_if_asked_for():
    model = MDNRNN(MDNRNNSettings(3, 2, 8, 2, reward=False, done=False), seeded())
    prediction, _ = model.step(torch.zeros(1, 3), torch.zeros(1, 2), model.initial_hidden(1))
    assert prediction.reward is None and prediction.done is None


@torch.no_grad()
def test_stds_cannot_vanish(small):
    small.head.bias.fill_(-1e4)
    prediction, _ = small.step(torch.zeros(1, 3), torch.zeros(1, 2), small.initial_hidden(1))
    assert bool(prediction.log_prob(torch.zeros(1, 3)).isfinite().all())


def test_inputs_of_another_shape_are_named(small):
    with pytest.raises(ValueError, match=r"z must have shape \(any, 3\)"):
        small.step(torch.zeros(1, 4), torch.zeros(1, 2), small.initial_hidden(1))
    with pytest.raises(ValueError, match=r"action must have shape \(1, 2\)"):
        small.step(torch.zeros(1, 3), torch.zeros(1, 3), small.initial_hidden(1))
    with pytest.raises(ValueError, match=r"action must have shape \(1, 5, 2\)"):
        small(torch.zeros(1, 5, 3), torch.zeros(1, 4, 2))


# --- training -----------------------------------------------------------------------------------


def episode(steps, seed=0, terminated=False, std=0.05):
    """z turns by an angle that the action says; the reward is z's first number."""
    g = seeded(seed)
    action = torch.rand(steps, 2, generator=g)
    angle = torch.cat([torch.zeros(1), action[:, 0].cumsum(0)])
    mean = torch.stack([angle.cos(), angle.sin(), torch.zeros(steps + 1)], dim=1)
    return LatentEpisode(mean, torch.full_like(mean, std), action, mean[1:, 0], terminated)


def test_episodes_are_cut_without_loss():
    episodes = [episode(7, 0, terminated=True), episode(4, 1), episode(1, 2, terminated=True)]
    sequences = cut(episodes, 4)
    assert len(sequences) == 4 and sequences.mean.shape == (4, 5, 3)
    assert sequences.mask.sum(dim=1).tolist() == [4, 3, 4, 1]
    assert torch.equal(sequences.mean[1, :4], episodes[0].mean[4:])
    assert torch.equal(sequences.action[1, :3], episodes[0].action[4:])
    assert torch.equal(sequences.reward[3, 0], episodes[2].reward[0])
    assert sequences.done.nonzero().tolist() == [[1, 2], [3, 0]]
    assert bool((sequences.mean[1, 4] == 0).all())
    with pytest.raises(ValueError, match="no episodes"):
        cut([], 4)


def test_what_is_behind_an_episodes_end_does_not_count(small):
    batch = cut([episode(3, 0, terminated=True), episode(5, 1)], 5)
    spoiled = Sequences(**{name: getattr(batch, name).clone() for name in batch.__annotations__})
    spoiled.mean[0, 4:], spoiled.action[0, 3:], spoiled.reward[0, 3:] = 77.0, 77.0, 77.0
    for name, part in mdn_rnn_loss(small, batch, seeded()).items():
        assert torch.equal(part, mdn_rnn_loss(small, spoiled, seeded())[name]), name


def test_the_loss_is_the_mean_over_decisions_and_latents():
    model = MDNRNN(SMALL, seeded())
    data = episode(6, std=1e-12, terminated=True)
    parts = mdn_rnn_loss(model, cut([data], 8), seeded(), done_weight=3.0)
    said, _ = model(data.mean[None, :-1], data.action[None])
    nll = -torchs(said.log_weights, said.mean, said.std).log_prob(data.mean[None, 1:]).mean()
    reward = (said.reward[0] - data.reward).square().mean()
    probability = torch.sigmoid(said.done[0])
    done = -(torch.log1p(-probability[:-1]).sum() + 3 * probability[-1].log()) / 6
    for name, expected in (("nll", nll), ("reward", reward), ("done", done)):
        assert float(parts[name]) == pytest.approx(float(expected), rel=1e-4), name
    assert float(parts["loss"]) == pytest.approx(float(nll + reward + done), rel=1e-4)


def test_z_is_drawn_anew_from_what_v_was_unsure_of(small):
    batch = cut([episode(6, std=0.5)], 6)
    first, again, other = (float(mdn_rnn_loss(small, batch, seeded(s))["nll"]) for s in (0, 0, 1))
    assert first == again != other


def test_own_draws_stand_in_for_z_and_the_first_is_always_real(small):
    g = seeded(1)
    z, action = torch.randn(64, 9, 3, generator=g), torch.randn(64, 9, 2, generator=g)
    assert torch.equal(with_own_draws(small, z, action, seeded(), 0.0), z)
    some = with_own_draws(small, z, action, seeded(), 0.3)
    drawn = (some != z).any(-1)
    assert not drawn[:, 0].any() and float(drawn[:, 1:].float().mean()) == pytest.approx(0.3, 0.2)
    assert torch.equal((some != z).all(-1), drawn), "a z is drawn as a whole"


def test_with_draws_alone_m_runs_free_from_the_first_z(small):
    g = seeded(1)
    z, action = torch.randn(2, 6, 3, generator=g), torch.randn(2, 6, 2, generator=g)
    found = with_own_draws(small, z, action, seeded(4), 1.0)
    noise = seeded(4)
    torch.rand(2, 6, generator=noise)  # which are drawn
    now, hidden = z[:, 0], small.initial_hidden(2)
    with torch.no_grad():
        for t in range(6):
            assert torch.equal(found[:, t], now)
            said, hidden = small.step(now, action[:, t], hidden)
            now = said.sample(noise)
    assert not found.requires_grad


def test_what_is_learned_after_own_draws_is_what_really_came(small):
    batch = cut([episode(6, seed, std=1e-9) for seed in range(4)], 6)
    parts = mdn_rnn_loss(small, batch, seeded(2), own_draws=0.5)
    noise = seeded(2)
    z = batch.mean + batch.std * torch.randn(batch.mean.shape, generator=noise)
    said, _ = small(with_own_draws(small, z[:, :-1], batch.action, noise, 0.5), batch.action)
    assert float(parts["nll"]) == pytest.approx(float(-said.log_prob(z[:, 1:]).mean()), rel=1e-5)
    assert float(parts["nll"]) != float(mdn_rnn_loss(small, batch, seeded(2))["nll"])


def test_an_m_that_has_read_its_own_draws_reads_them_better():
    episodes = [episode(40, seed, terminated=True) for seed in range(60)]
    settings = TrainSettings(30, 20, 2e-2, 1e-3, holdout=0.1, clip=1.0)
    batch, lost = cut(episodes, 20), []
    for share in (0.0, 0.8):
        model = MDNRNN(MDNRNNSettings(3, 2, 32, 2), seeded())
        fit_mdn_rnn(model, episodes, seeded(), settings, length=20, own_draws=share)
        with torch.no_grad():
            lost.append(float(mdn_rnn_loss(model, batch, seeded(3), own_draws=0.8)["nll"]))
    assert lost[1] < lost[0] - 0.1
    with pytest.raises(ValueError, match="own_draws"):
        fit_mdn_rnn(model, episodes, seeded(), settings, length=20, own_draws=1.5)


def test_training_learns_what_the_action_does():
    episodes = [episode(40, seed, terminated=True) for seed in range(60)]
    model = MDNRNN(MDNRNNSettings(3, 2, 32, 2), seeded())
    settings = TrainSettings(40, 20, 2e-2, 1e-3, holdout=0.1, clip=1.0)
    history = fit_mdn_rnn(model, episodes, seeded(), settings, length=20)
    assert history.finished and set(history.train[0]) == {"loss", "nll", "reward", "done"}
    assert history.holdout[-1]["nll"] < history.holdout[0]["nll"] - 1
    assert history.holdout[-1]["reward"] < 0.1
    with torch.no_grad():
        z = torch.tensor([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
        action = torch.tensor([[0.0, 0.5], [0.9, 0.5]])
        said, _ = model.step(z, action, model.initial_hidden(2))
        turned = (said.log_weights.exp() * said.mean).sum(dim=-1)
    assert float(turned[1, 1] - turned[0, 1]) > 0.3  # on its way to sin 0.9 = 0.78


def test_rewards_are_predicted_in_their_own_units():
    data = [episode(20, seed) for seed in range(10)]
    shifted = [
        LatentEpisode(e.mean, e.std, e.action, 100 + 10 * e.reward, e.terminated) for e in data
    ]
    models = [MDNRNN(SMALL, seeded()) for _ in range(2)]
    settings = TrainSettings(2, 4, 1e-2)
    losses = [
        fit_mdn_rnn(model, episodes, seeded(), settings, length=20).holdout[-1]["reward"]
        for model, episodes in zip(models, (data, shifted), strict=True)
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)
    with torch.no_grad():
        a, b = (m(data[0].mean[None, :-1], data[0].action[None])[0].reward for m in models)
    assert torch.allclose(b, 100 + 10 * a, atol=0.1)


@pytest.mark.parametrize("stop_at", [2, 3])
def test_training_that_was_stopped_goes_on_with_the_same_numbers(tmp_path, stop_at):
    episodes = [episode(20, seed) for seed in range(8)]
    settings = TrainSettings(2, 5, 1e-2, holdout=0.1, clip=1.0)  # 3 steps an epoch

    def run(path, stop=0):
        model, calls = MDNRNN(SMALL, seeded()), iter(range(1, 100))
        history = fit_mdn_rnn(
            model, episodes, seeded(), settings, 10, 1.0, path, lambda: next(calls) == stop
        )
        return model, history

    straight, whole = run(None)
    run(tmp_path / "m", stop_at)
    resumed, rest = run(tmp_path / "m")
    assert torch.equal(weights(straight), weights(resumed)) and rest == whole


def test_bad_episodes_are_named():
    good = episode(5)
    for name, bad, message in (
        ("reward", torch.zeros(6), r"reward must have shape \(5,\)"),
        ("mean", torch.zeros(5, 3), r"mean must have shape \(6, any\)"),
        ("std", torch.zeros(6, 2), r"std must have shape \(6, 3\)"),
        ("action", torch.full((5, 2), torch.nan), "action must be finite"),
    ):
        with pytest.raises(ValueError, match=message):
            LatentEpisode(**{**good.__dict__, name: bad})


# --- files --------------------------------------------------------------------------------------


def test_files_bring_the_same_model_back(tmp_path, small):
    path = tmp_path / "mdn_rnn.safetensors"
    small.reward_normalizer.fit(torch.tensor([[1.0], [3.0]]))
    small.save(path, half=False)
    kept = MDNRNN.load(path, SMALL)
    z, action = torch.randn(1, 3, generator=seeded()), torch.zeros(1, 2)
    hidden = Hidden(*torch.randn(2, 1, 16, generator=seeded(1)))
    with torch.no_grad():
        a, b = (m.step(z, action, hidden)[0] for m in (small, kept))
    assert torch.equal(a.mean, b.mean) and torch.equal(a.reward, b.reward)
    small.save(path)
    assert torch.equal(weights(MDNRNN.load(path)), weights(small).half().float())
    assert not MDNRNN.load(path).lstm.bias_hh_l0.requires_grad


def test_files_of_another_configuration_are_refused(tmp_path, small):
    path = tmp_path / "mdn_rnn.safetensors"
    small.save(path)
    with pytest.raises(ValueError, match="latent is 3, expected 32"):
        MDNRNN.load(path, MDNRNNSettings())
    save_tensors(path, "vae", {}, small.state_dict())
    with pytest.raises(ValueError, match="holds no mdn_rnn"):
        MDNRNN.load(path)


def test_bad_settings():
    with pytest.raises(ValueError, match="mixtures"):
        MDNRNNSettings(mixtures=0)


def test_predictions_sample_by_themselves():
    said = Prediction(*mixtures(4, 3))
    assert torch.equal(said.sample(seeded(), 0.7), sample_mixture(*mixtures(4, 3), seeded(), 0.7))
    with pytest.raises(ValueError, match="temperature"):
        said.sample(seeded(), 0)
