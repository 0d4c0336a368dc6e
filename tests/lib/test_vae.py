"""V: the paper's network, its loss against torch.distributions, training that resumes exactly."""

import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from mbrl_lib.storage import save_tensors
from mbrl_lib.world_models.frames import to_frames, to_input
from mbrl_lib.world_models.training import TrainSettings, split_rows, train
from mbrl_lib.world_models.vae import (
    HALF_WIDTH,
    VAE,
    VAESettings,
    encode_frames,
    fit_vae,
    foreground_weight,
    kl,
    median_frame,
    reconstruction_error,
    sample_latent,
    vae_loss,
)
from mbrl_lib.world_models.weights import save_model

SMALL = VAESettings(latent=4, channels=(4, 4, 8, 8), decoder_channels=(16, 8, 4, 4))


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def small():
    return VAE(SMALL, seeded(), bfloat16=False)


def pictures(count, seed=0):
    """Frames that differ: a bright square on a coloured ground."""
    random = np.random.default_rng(seed)
    frames = np.empty((count, 64, 64, 3), np.uint8)
    for frame in frames:
        frame[:] = random.integers(0, 120, 3)
        row, column = random.integers(0, 48, 2)
        frame[row : row + 16, column : column + 16] = random.integers(130, 256, 3)
    return frames


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


# --- the network --------------------------------------------------------------------------------


def test_the_papers_network_has_the_papers_number_of_weights():
    model = VAE(VAESettings(), seeded())
    assert sum(p.numel() for p in model.parameters()) == 4_348_547


@pytest.mark.parametrize("settings", [HALF_WIDTH, SMALL])
@pytest.mark.parametrize("batch", [1, 3])
def test_shapes_and_ranges(settings, batch):
    model = VAE(settings, seeded())
    mean, std = model.encode(to_input(pictures(batch)))
    assert mean.shape == std.shape == (batch, settings.latent)
    assert bool((std > 0).all()) and mean.dtype == std.dtype == torch.float32
    x = model.decode(mean).detach()
    assert x.shape == (batch, 3, 64, 64) and x.dtype == torch.float32
    assert float(x.min()) >= 0 and float(x.max()) <= 1


def test_weights_come_from_the_generator_alone():
    torch.manual_seed(7)
    before = torch.get_rng_state()
    first, again, other = (weights(VAE(SMALL, seeded(s))) for s in (0, 0, 1))
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert torch.equal(before, torch.get_rng_state())


def test_first_weights_are_those_of_torch_in_distribution():
    ours = VAE(VAESettings(), seeded())
    torch.manual_seed(0)
    for layer in (ours.encoder[2], ours.decoder[2], ours.to_mean):
        theirs = type(layer)(
            *(
                (layer.in_features, layer.out_features)
                if isinstance(layer, torch.nn.Linear)
                else (layer.in_channels, layer.out_channels, layer.kernel_size)
            )
        )
        for name in ("weight", "bias"):
            a, b = getattr(layer, name).detach(), getattr(theirs, name).detach()
            assert float(a.abs().max()) == pytest.approx(float(b.abs().max()), rel=0.12)


@torch.no_grad()
def test_bfloat16_changes_little():
    fast, exact = VAE(HALF_WIDTH, seeded()), VAE(HALF_WIDTH, seeded(), bfloat16=False)
    fast.bfloat16 = True  # imitated where the processor has none
    x = to_input(pictures(8))
    for a, b in zip(
        (*fast.encode(x), fast.decode(x[:, 0, :2, :16].reshape(8, 32))),
        (*exact.encode(x), exact.decode(x[:, 0, :2, :16].reshape(8, 32))),
        strict=True,
    ):
        assert a.dtype == torch.float32 and not torch.equal(a, b)
        assert float((a - b).abs().max()) < 0.01


@torch.no_grad()
def test_the_std_is_the_root_of_the_variance(small):
    small.to_log_variance.weight.zero_()
    small.to_log_variance.bias.fill_(2 * np.log(0.3))
    _, std = small.encode(to_input(pictures(2)))
    assert torch.allclose(std, torch.full((2, 4), 0.3))


def test_bad_settings():
    for bad in ({"latent": 0}, {"channels": (1, 2, 3)}, {"decoder_channels": (8, 0, 4, 4)}):
        with pytest.raises(ValueError, match=next(iter(bad))):
            VAESettings(**bad)
    with pytest.raises(ValueError, match="kl_floor"):
        VAESettings(kl_floor=-1.0)


def test_inputs_of_another_shape_are_named(small):
    with pytest.raises(ValueError, match="64, 64"):
        small.encode(torch.zeros(2, 3, 32, 32))
    with pytest.raises(ValueError, match=r"\(any, 4\)"):
        small.decode(torch.zeros(2, 5))


# --- frames -------------------------------------------------------------------------------------


def test_frames_to_input_and_back():
    frames = pictures(3)
    x = to_input(frames)
    assert x.shape == (3, 3, 64, 64) and x.dtype == torch.float32
    assert float(x[1, 2, 5, 7]) == pytest.approx(frames[1, 5, 7, 2] / 255)
    assert np.array_equal(to_frames(x), frames)
    assert to_frames(torch.full((1, 3, 64, 64), 0.7 / 255)).max() == 1
    assert torch.equal(to_input(torch.tensor(frames)), x)


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        (np.zeros((2, 64, 64, 3), np.float32), "uint8"),
        (np.zeros((2, 64, 64, 3), np.int64), "uint8"),
        (np.zeros((64, 64, 3), np.uint8), "shape"),
        (np.zeros((2, 96, 96, 3), np.uint8), "shape"),
        (np.zeros((2, 3, 64, 64), np.uint8), "shape"),
    ],
)
def test_frames_of_wrong_size_range_or_dtype_are_named(frames, message, small):
    with pytest.raises(ValueError, match=message):
        to_input(frames)
    with pytest.raises(ValueError, match=message):
        fit_vae(small, frames, seeded())


def test_frames_on_disk_are_encoded_like_those_in_memory(tmp_path, small):
    frames = pictures(10)
    np.save(tmp_path / "frames.npy", frames)
    mapped = np.load(tmp_path / "frames.npy", mmap_mode="r")
    mean, std = encode_frames(small, mapped, batch_size=4)
    assert mean.shape == (10, 4) and not mean.requires_grad
    whole = small.encode(to_input(frames))
    assert torch.allclose(mean, whole[0], atol=1e-6) and torch.allclose(std, whole[1], atol=1e-6)


# --- what is minimised --------------------------------------------------------------------------


def test_kl_is_that_of_torch_distributions():
    mean = torch.randn(50, 32, generator=seeded())
    std = torch.rand(50, 32, generator=seeded(1)) * 3 + 1e-3
    expected = kl_divergence(Normal(mean, std), Normal(0.0, 1.0)).sum(dim=1)
    assert torch.allclose(kl(mean, std), expected, rtol=1e-5)
    assert float(kl(torch.zeros(1, 32), torch.ones(1, 32))) == 0
    with pytest.raises(ValueError, match="std"):
        kl(mean, std[:, :3])


def test_samples_have_the_mean_and_std_and_pass_gradients():
    mean = torch.tensor([[1.0, -2.0]]).expand(40_000, 2).clone().requires_grad_()
    std = torch.tensor([[0.5, 2.0]]).expand(40_000, 2).clone().requires_grad_()
    z = sample_latent(mean, std, seeded())
    assert torch.allclose(z.mean(dim=0), torch.tensor([1.0, -2.0]), atol=0.04)
    assert torch.allclose(z.std(dim=0), torch.tensor([0.5, 2.0]), atol=0.04)
    z.sum().backward()
    assert torch.equal(mean.grad, torch.ones_like(mean))
    assert torch.allclose(std.grad, ((z - mean) / std).detach(), atol=1e-4)


def test_reconstruction_is_summed_over_a_frame():
    x = torch.zeros(2, 3, 64, 64)
    assert torch.allclose(reconstruction_error(x, x + 0.5), torch.full((2,), 0.25 * 12288))
    with pytest.raises(ValueError, match="one shape"):
        reconstruction_error(x, x[:1])


def test_pixels_that_differ_from_the_background_count_more():
    background = torch.full((3, 64, 64), 0.5)
    x = background.repeat(2, 1, 1, 1)
    x[0, 1, 3, 4] = 0.7  # one colour suffices
    x[0, :, 5, 6] = 0.6  # too near
    weight = foreground_weight(x, background, 10.0)
    assert weight.shape == (2, 1, 64, 64) and float(weight[0, 0, 3, 4]) == 11
    assert float(weight.sum()) == 2 * 64 * 64 + 10
    error = reconstruction_error(x, x + 0.5, weight)
    assert error.tolist() == pytest.approx([0.25 * (12288 + 10 * 3), 0.25 * 12288])
    with pytest.raises(ValueError, match="background"):
        foreground_weight(x, background[None], 1.0)
    with pytest.raises(ValueError, match="weight"):
        reconstruction_error(x, x, weight[:1])


def test_the_median_frame_is_what_stands_still():
    frames = np.full((2001, 64, 64, 3), 7, np.uint8)
    frames[np.arange(2001), np.arange(2001) % 64, 9] = 255
    assert (median_frame(frames) == 7).all()
    assert np.array_equal(median_frame(frames[:1]), frames[0])


class Sure:
    """Says z = (8, 0, 0, 0) of the first frame and (0, 0, 0, 0) of the second: 32 nats, and 0."""

    settings = SMALL

    def encode(self, x):
        return torch.tensor([[8.0, 0, 0, 0], [0, 0, 0, 0]]), torch.ones(2, 4)

    def decode(self, z):
        return torch.full((2, 3, 64, 64), 0.5)


def test_the_loss_is_its_parts_and_the_floor_holds_for_each_frame():
    parts = vae_loss(Sure(), torch.zeros(2, 3, 64, 64), seeded())
    assert float(parts["reconstruction"]) == 0.25 * 12288
    assert float(parts["kl"]) == 16
    assert float(parts["loss"]) == 0.25 * 12288 + (32 + 0.5 * 4) / 2


# --- training -----------------------------------------------------------------------------------


def test_training_learns_and_keeps_the_last_rows_out(small):
    frames = pictures(200)
    settings = TrainSettings(epochs=6, batch_size=20, learning_rate=5e-3, holdout=0.1)
    seen = []
    history = fit_vae(small, frames, seeded(), settings, on_epoch=lambda h: seen.append(h.step))
    assert seen == [9, 18, 27, 36, 45, 54] and history.finished and len(history.train) == 6
    assert history.holdout[-1]["loss"] < 0.7 * history.holdout[0]["loss"]
    assert set(history.train[0]) == {"loss", "reconstruction", "kl"}
    assert not small.training
    count, heldout = split_rows(200, 0.1)
    assert count == 180 and heldout.tolist() == list(range(180, 200))


def test_a_small_thing_that_moves_is_seen_when_the_foreground_counts_more():
    random = np.random.default_rng(0)
    frames = np.full((120, 64, 64, 3), 60, np.uint8)
    for frame, left in zip(frames, random.integers(0, 2, len(frames)), strict=True):
        frame[30:33, 40 * left + 10 : 40 * left + 13] = 250
    x = to_input(frames)
    spot = (x - x.median(dim=0).values).abs() > 0.5

    def error(foreground):
        model = VAE(SMALL, seeded(), bfloat16=False)
        settings = TrainSettings(epochs=30, batch_size=20, learning_rate=5e-3, holdout=0.1)
        fit_vae(model, frames, seeded(), settings, foreground=foreground)
        with torch.no_grad():
            return float((x - model.decode(model.encode(x)[0]))[spot].square().mean())

    plain, told = error(0.0), error(100.0)
    assert told < 0.5 * plain
    for bad in (-1.0, float("nan")):
        with pytest.raises(ValueError, match="foreground"):
            fit_vae(VAE(SMALL, seeded(), False), frames, seeded(), foreground=bad)


def test_rows_held_out_do_not_train():
    frames = pictures(40)
    other = frames.copy()
    other[36:] = 0
    trained = []
    for data in (frames, other):
        model = VAE(SMALL, seeded(), bfloat16=False)
        fit_vae(model, data, seeded(), TrainSettings(epochs=1, batch_size=12, holdout=0.1))
        trained.append(weights(model))
    assert torch.equal(*trained)


@pytest.mark.parametrize("stop_at", [3, 4, 7])
def test_training_that_was_stopped_goes_on_with_the_same_numbers(tmp_path, stop_at):
    frames = pictures(50)
    settings = TrainSettings(3, 12, 1e-3, 1e-4, holdout=0.1, clip=5.0)  # 4 steps an epoch

    def run(path, stop=None):
        calls = iter(range(1, 100))
        model = VAE(SMALL, seeded(), bfloat16=False)
        should_stop = (lambda: next(calls) == stop) if stop else (lambda: False)
        return model, fit_vae(model, frames, seeded(3), settings, path, should_stop)

    straight, whole = run(None)
    path = tmp_path / "vae.training"
    _, part = run(path, stop_at)
    assert part.step == stop_at and not part.finished
    resumed, rest = run(path)
    assert torch.equal(weights(straight), weights(resumed))
    assert rest == whole and rest.finished
    _, done = run(path)  # nothing is left to do
    assert done == whole


def test_a_killed_training_loses_what_came_after_its_checkpoint(tmp_path):
    frames, path = pictures(30), tmp_path / "vae.training"
    settings = TrainSettings(2, 9, 1e-3, holdout=0.1, checkpoint_every=2)

    def killed():
        if len(calls) == 3:
            raise KeyboardInterrupt
        calls.append(1)
        return False

    calls = []
    with pytest.raises(KeyboardInterrupt):
        fit_vae(VAE(SMALL, seeded(), False), frames, seeded(), settings, path, killed)
    model = VAE(SMALL, seeded(9), bfloat16=False)
    assert fit_vae(model, frames, seeded(), settings, path).finished
    straight = VAE(SMALL, seeded(), bfloat16=False)
    fit_vae(straight, frames, seeded(), settings)
    assert torch.equal(weights(straight), weights(model))
    assert not path.with_name(path.name + ".part").exists()


def test_a_checkpoint_of_other_data_or_another_network_is_refused(tmp_path):
    path = tmp_path / "vae.training"
    settings = TrainSettings(1, 9, holdout=0.1)
    fit_vae(VAE(SMALL, seeded(), False), pictures(20), seeded(), settings, path)
    with pytest.raises(ValueError, match="rows, batch size"):
        fit_vae(VAE(SMALL, seeded(), False), pictures(21), seeded(), settings, path)
    other = VAE(VAESettings(3, SMALL.channels, SMALL.decoder_channels), seeded(), False)
    with pytest.raises(ValueError, match="another configuration"):
        fit_vae(other, pictures(20), seeded(), settings, path)


def test_a_loss_that_is_no_number_ends_training(small):
    with torch.no_grad():
        small.to_mean.weight[0, 0] = torch.nan
    with pytest.raises(ValueError, match="loss is nan after 0 steps"):
        fit_vae(small, pictures(10), seeded())


class Slope(torch.nn.Module):
    """One weight, and a loss that is it times 1000: Adam moves it by the learning rate."""

    def __init__(self):
        super().__init__()
        self.w = torch.nn.Parameter(torch.zeros(1))

    def loss(self, rows, noise):
        return {"loss": 1000 * self.w.sum()}


def test_the_learning_rate_falls_exponentially_and_gradients_are_clipped():
    slope, settings = Slope(), TrainSettings(2, 5, 0.1, 0.001, holdout=0.5, clip=0.3)
    train(slope, slope.loss, 20, seeded(), settings)  # 2 steps an epoch
    assert slope.w.item() == pytest.approx(-sum(0.1 * 0.01 ** (t / 4) for t in range(4)), rel=1e-4)
    assert slope.w.grad.item() == pytest.approx(0.3, rel=1e-4)
    steady = Slope()
    train(steady, steady.loss, 20, seeded(), TrainSettings(2, 5, 0.1, holdout=0.5))
    assert steady.w.item() == pytest.approx(-0.4, rel=1e-4) and steady.w.grad.item() == 1000


def test_too_few_rows_and_bad_settings(small):
    with pytest.raises(ValueError, match="2 rows"):
        fit_vae(small, pictures(1), seeded())
    for bad in ({"epochs": 0}, {"learning_rate": 0.0}, {"holdout": 1.0}, {"clip": -1.0}):
        with pytest.raises(ValueError, match=next(iter(bad))):
            TrainSettings(**bad)


# --- files --------------------------------------------------------------------------------------


def test_files_are_float16_and_say_what_they_hold(tmp_path, small):
    path = tmp_path / "vae.safetensors"
    small.save(path)
    kept = VAE.load(path, SMALL, bfloat16=False)
    assert path.stat().st_size < 2.3 * weights(small).numel() + 3000
    assert kept.settings == SMALL and not kept.training
    assert torch.equal(weights(kept), weights(small).half().float())
    small.save(path, half=False)
    assert torch.equal(weights(VAE.load(path)), weights(small))


def test_files_of_another_configuration_kind_or_with_nan_are_refused(tmp_path, small):
    path = tmp_path / "vae.safetensors"
    small.save(path)
    with pytest.raises(ValueError, match=r"latent is 4, expected 32; channels is \(4, 4, 8, 8\)"):
        VAE.load(path, VAESettings())
    save_model(path, "mdn_rnn", small)
    with pytest.raises(ValueError, match="holds no vae"):
        VAE.load(path)
    tensors = {name: t for name, t in small.state_dict().items() if "decoder" not in name}
    save_tensors(path, "vae", {"latent": 4, "channels": (4, 4, 8, 8)}, tensors)
    with pytest.raises(ValueError, match="does not fit"):
        VAE.load(path)
    save_tensors(path, "vae", {"colour": 1}, small.state_dict())
    with pytest.raises(ValueError, match="does not fit"):
        VAE.load(path)
    with torch.no_grad():
        small.to_mean.weight[0, 0] = torch.inf
    with pytest.raises(ValueError, match=r"NaN or infinite in to_mean\.weight"):
        small.save(path)
    settings = {"latent": 4, "channels": SMALL.channels, "decoder_channels": SMALL.decoder_channels}
    save_tensors(path, "vae", settings, small.state_dict())
    with pytest.raises(ValueError, match=r"NaN or infinite in to_mean\.weight"):
        VAE.load(path)
