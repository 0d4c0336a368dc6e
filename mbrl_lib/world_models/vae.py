r"""V, a variational autoencoder: a frame of 64×64 pixels in Z numbers, and back.

The encoder gives a normal distribution over z for each frame x, the decoder a frame for each z.
Trained together they minimise, over both sets of weights,

$$ \mathbb{E}_{z \sim q(z|x)} \lVert x - \mathrm{decode}(z) \rVert^2
   + \max(\mathrm{KL}(q(z|x) \,\Vert\, \mathcal{N}(0, 1)),\; 0.5\,Z). $$

The first term wants z to tell all about x, the second wants every z near the origin to be a frame.
Sources: Kingma and Welling (2014); the network, and the floor under the second term, which only
their code has, Ha and Schmidhuber (2018).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from mbrl_lib import validate
from mbrl_lib.world_models.frames import to_input
from mbrl_lib.world_models.training import TrainHistory, TrainSettings, never, train
from mbrl_lib.world_models.weights import draw_weights, load_model, save_model

_DIFFERS = 0.157  # from the background, in one colour at least, by this (40 of 255): foreground


@dataclass(frozen=True)
class VAESettings:
    """The shape of the network; as it stands, the paper's, of 4,348,547 weights."""

    latent: int = 32  # Z
    channels: tuple[int, ...] = (32, 64, 128, 256)  # after each of the encoder's convolutions
    decoder_channels: tuple[int, ...] = (1024, 128, 64, 32)  # before each of the decoder's
    kl_floor: float = 0.5  # nats for each latent; a KL below the sum is not pressed further

    def __post_init__(self) -> None:
        validate.at_least("latent", self.latent, 1)
        for name in ("channels", "decoder_channels"):
            widths = tuple(getattr(self, name))
            if len(widths) != 4:
                raise ValueError(f"{name} must be 4 widths; got {widths}")
            for width in widths:
                validate.at_least(f"each of {name}", width, 1)
            object.__setattr__(self, name, widths)
        if not 0 <= self.kl_floor < float("inf"):
            raise ValueError(f"kl_floor must be finite and not below 0; got {self.kl_floor!r}")


HALF_WIDTH = VAESettings(channels=(16, 32, 64, 128), decoder_channels=(512, 64, 32, 16))


class VAE(nn.Module):
    """Four convolutions down to 2×2, a normal distribution over z, four deconvolutions up again.

    Parameters
    ----------
    settings : VAESettings
    generator : torch.Generator, for the initial weights
    bfloat16 : bool, whether convolutions compute in bfloat16 where the processor is built for it,
        2.5 to 3 times as fast; weights, z and the losses stay float32

    Explained in the chapter "VAE".
    """

    def __init__(
        self, settings: VAESettings, generator: torch.Generator, bfloat16: bool = True
    ) -> None:
        super().__init__()
        self.settings = settings
        self.bfloat16 = bfloat16 and bfloat16_is_fast()
        with torch.device("meta"):
            self.encoder = _encoder(settings)
            self.to_mean = nn.Linear(4 * settings.channels[-1], settings.latent)
            self.to_log_variance = nn.Linear(4 * settings.channels[-1], settings.latent)
            self.from_latent = nn.Linear(settings.latent, settings.decoder_channels[0])
            self.decoder = _decoder(settings)
        draw_weights(self, generator)
        self.to(memory_format=torch.channels_last)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """`(B, 3, 64, 64)` in [0, 1] -> mean and standard deviation of z, `(B, Z)` each."""
        validate.tensor("x", x, (None, 3, 64, 64))
        with self._precision():
            features = self.encoder(x)
        features = features.float().flatten(start_dim=1)
        return self.to_mean(features), torch.exp(0.5 * self.to_log_variance(features))

    def decode(self, z: Tensor) -> Tensor:
        """`(B, Z)` -> frames `(B, 3, 64, 64)` in [0, 1]."""
        validate.tensor("z", z, (None, self.settings.latent))
        with self._precision():
            x = self.decoder(self.from_latent(z)[:, :, None, None])
        return torch.sigmoid(x.float())

    def _precision(self) -> torch.autocast:
        return torch.autocast("cpu", torch.bfloat16, enabled=self.bfloat16)

    def save(self, path: str | Path, half: bool = True) -> None:
        """Write weights, in float16 unless told, and settings to a safetensors file."""
        save_model(path, "vae", self, half)

    @classmethod
    def load(
        cls, path: str | Path, expected: VAESettings | None = None, bfloat16: bool = True
    ) -> VAE:
        """Read what `save` wrote. Raises `ValueError` for another kind or configuration."""

        def make(kept: dict[str, Any]) -> VAE:
            return cls(VAESettings(**kept), torch.Generator(), bfloat16)

        return load_model(path, "vae", make, expected).eval()


def _encoder(settings: VAESettings) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, outputs in zip((3, *settings.channels[:-1]), settings.channels, strict=True):
        layers += [nn.Conv2d(inputs, outputs, kernel_size=4, stride=2), nn.ReLU()]
    return nn.Sequential(*layers)  # sides 64, 31, 14, 6, 2


def _decoder(settings: VAESettings) -> nn.Sequential:
    widths = settings.decoder_channels
    layers: list[nn.Module] = []
    for inputs, outputs, kernel in zip(widths, (*widths[1:], 3), (5, 5, 6, 6), strict=True):
        layers += [nn.ConvTranspose2d(inputs, outputs, kernel, stride=2), nn.ReLU()]
    return nn.Sequential(*layers[:-1])  # sides 1, 5, 13, 30, 64


def bfloat16_is_fast() -> bool:
    """Whether this processor computes in bfloat16, rather than imitating it slowly."""
    capabilities = getattr(torch.cpu, "get_capabilities", dict)()
    return any("bf16" in name and present for name, present in capabilities.items())


# --- z --------------------------------------------------------------------------------------------


def sample_latent(mean: Tensor, std: Tensor, generator: torch.Generator) -> Tensor:
    """One z for each row: mean + std · noise, through which gradients reach both `(B, Z)`."""
    return mean + std * torch.randn(mean.shape, generator=generator)


@torch.no_grad()
def encode_frames(
    model: VAE, frames: np.ndarray | Sequence[Any], batch_size: int = 64
) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation `(N, Z)` of z for frames `(N, 64, 64, 3)` of uint8.

    An array on disk (`numpy.memmap`) is read a batch at a time.
    """
    starts = range(0, len(frames), batch_size)
    parts = [model.encode(to_input(frames[start : start + batch_size])) for start in starts]
    means, stds = zip(*parts, strict=True)
    return torch.cat(means), torch.cat(stds)


# --- what is minimised --------------------------------------------------------------------------


def kl(mean: Tensor, std: Tensor) -> Tensor:
    r"""$\mathrm{KL}(\mathcal{N}(\mu, \sigma) \,\Vert\, \mathcal{N}(0, 1))$ in nats, `(B,)`.

    Summed over the Z latents: $\frac12 \sum (\mu^2 + \sigma^2 - 1 - 2 \ln \sigma)$
    (Kingma and Welling, 2014, appendix B).
    """
    validate.tensor("mean", mean, (None, None))
    validate.tensor("std", std, tuple(mean.shape))
    return 0.5 * (mean.square() + std.square() - 1 - 2 * std.log()).sum(dim=1)


def reconstruction_error(x: Tensor, decoded: Tensor, weight: Tensor | None = None) -> Tensor:
    """`(B,)`, the squared error of each frame, summed over its 64×64×3 numbers.

    `weight`, `(B, 1, 64, 64)`, is how much each pixel's error counts: 1 unless given.
    """
    if x.shape != decoded.shape:
        raise ValueError(
            f"x and decoded must have one shape; got {tuple(x.shape)} and {tuple(decoded.shape)}"
        )
    error = (x - decoded).square()
    if weight is not None:
        validate.tensor("weight", weight, (len(x), 1, *x.shape[2:]))
        error = weight * error
    return error.sum(dim=(1, 2, 3))


def foreground_weight(x: Tensor, background: Tensor, more: float) -> Tensor:
    """`(B, 1, 64, 64)`: 1, and 1 + `more` where a frame is not the background.

    Parameters
    ----------
    x : Tensor, frames `(B, 3, 64, 64)` in [0, 1]
    background : Tensor, `(3, 64, 64)`
    more : float, at least 0

    Small things that move are few pixels, and a V that blurs them away loses next to nothing of the
    plain error, whatever hangs on them.
    """
    validate.tensor("background", background, tuple(x.shape[1:]))
    return 1 + more * ((x - background).abs().amax(dim=1, keepdim=True) > _DIFFERS)


def median_frame(frames: np.ndarray, count: int = 500) -> np.ndarray:
    """What stands still in frames `(N, 64, 64, 3)` of uint8: each pixel's median over a sample."""
    some = np.stack([frames[row] for row in range(0, len(frames), -(-len(frames) // count))])
    return np.median(some, axis=0).astype(np.uint8)


def vae_loss(
    model: VAE, x: Tensor, generator: torch.Generator, weight: Tensor | None = None
) -> dict[str, Tensor]:
    """Means over the batch `(B, 3, 64, 64)`: "reconstruction", "kl" and the "loss" to minimise.

    The KL of a frame counts at least `kl_floor` for each latent (the paper's code): below that it
    is not worth less detail in the picture. `weight` is that of `reconstruction_error`.
    """
    mean, std = model.encode(x)
    decoded = model.decode(sample_latent(mean, std, generator))
    error, nats = reconstruction_error(x, decoded, weight), kl(mean, std)
    floored = nats.clamp(min=model.settings.kl_floor * model.settings.latent)
    return {"loss": (error + floored).mean(), "reconstruction": error.mean(), "kl": nats.mean()}


def fit_vae(
    model: VAE,
    frames: np.ndarray,
    generator: torch.Generator,
    settings: TrainSettings = TrainSettings(),
    checkpoint: Path | None = None,
    should_stop: Callable[[], bool] = never,
    on_epoch: Callable[[TrainHistory], None] | None = None,
    foreground: float = 0.0,
) -> TrainHistory:
    """Train on frames `(N, 64, 64, 3)` of uint8, in memory or on disk, a batch at a time.

    Parameters are those of `mbrl_lib.world_models.training.train`, errors too; frames of another
    shape or dtype raise `ValueError`. With `foreground` above 0 pixels that differ from the median
    frame count so much more (`foreground_weight`). Explained in the chapter "VAE".
    """
    if not 0 <= foreground < float("inf"):
        raise ValueError(f"foreground must be finite and not below 0; got {foreground!r}")
    background = to_input(median_frame(frames)[None])[0] if foreground else None

    def loss(rows: Tensor, noise: torch.Generator) -> dict[str, Tensor]:
        rows = rows.sort().values  # a disk is read forwards
        x = to_input(frames[rows.numpy()])
        weight = None if background is None else foreground_weight(x, background, foreground)
        return vae_loss(model, x, noise, weight)

    return train(model, loss, len(frames), generator, settings, checkpoint, should_stop, on_epoch)
