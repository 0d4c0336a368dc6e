r"""M, a recurrent mixture density network: what z may come next, given all there was so far.

An LSTM reads z and the action and keeps a memory h. From h come, for each of the Z latents, the
weights, means and standard deviations of a mixture of M normal distributions,

$$ p(z'_i \mid z, a, h) = \sum_{m=1}^{M} w_{im}\, \mathcal{N}(z'_i;\, \mu_{im}, \sigma_{im}), $$

and, where they are wanted, the reward and the probability that the episode ends. Sources: Bishop
(1994) for the mixture, Graves (2013) for the recurrence, Ha and Schmidhuber (2018) for both in a
world model, with the temperature τ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from mbrl_lib import validate
from mbrl_lib.normalizer import Normalizer
from mbrl_lib.world_models.episodes import Hidden, LatentEpisode, Sequences, cut
from mbrl_lib.world_models.training import TrainHistory, TrainSettings, never, train
from mbrl_lib.world_models.weights import draw_weights, load_model, save_model

_LOG_STD = (-6.0, 6.0)  # what a component's log standard deviation is held between


@dataclass(frozen=True)
class MDNRNNSettings:
    """The shape of the network; without its two heads the paper's, of 422,368 weights."""

    latent: int = 32  # Z
    action: int = 3  # A
    hidden: int = 256  # size of the LSTM's memory
    mixtures: int = 5  # M, normal distributions for each latent
    reward: bool = True  # predict the reward too
    done: bool = True  # predict whether the episode ends too

    def __post_init__(self) -> None:
        for name in ("latent", "action", "hidden", "mixtures"):
            validate.at_least(name, getattr(self, name), 1)


@dataclass(frozen=True)
class Prediction:
    """What may come next; `...` stands for `B`, or for `B, T` after whole sequences.

    Attributes
    ----------
    log_weights, mean, std : Tensor, `(..., Z, M)`: of each latent's mixture
    reward : Tensor or None, `(...)`, the expected reward
    done : Tensor or None, `(...)`, the logit of the probability that the episode ends
    """

    log_weights: Tensor
    mean: Tensor
    std: Tensor
    reward: Tensor | None = None
    done: Tensor | None = None

    def log_prob(self, z: Tensor) -> Tensor:
        """Log-density of the next z `(..., Z)`, one number for each latent."""
        return mixture_log_prob(self.log_weights, self.mean, self.std, z)

    def sample(self, generator: torch.Generator, temperature: float = 1.0) -> Tensor:
        """A next z, `(..., Z)`, at temperature τ."""
        return sample_mixture(self.log_weights, self.mean, self.std, generator, temperature)

    def draw(self, uniform: Tensor, normal: Tensor, temperature: float = 1.0) -> Tensor:
        """The same from given noise `(..., Z)`, unchecked: dreams share it among controllers."""
        return draw_mixture(self.log_weights, self.mean, self.std, uniform, normal, temperature)


# --- mixtures -----------------------------------------------------------------------------------


def mixture_log_prob(log_weights: Tensor, mean: Tensor, std: Tensor, z: Tensor) -> Tensor:
    r"""$\ln \sum_m w_m \mathcal{N}(z; \mu_m, \sigma_m)$, `(..., Z)`, by log-sum-exp.

    No component's density is computed by itself: far from all means each of them is 0 in floating
    point, and the logarithm of their sum would be $-\infty$.

    Parameters
    ----------
    log_weights, mean, std : Tensor, `(..., Z, M)`
    z : Tensor, `(..., Z)`

    Raises
    ------
    ValueError
        For shapes that do not fit, weights that are NaN or do not add up to 1, std not above 0.
    """
    check_mixture(log_weights, mean, std)
    if z.shape != mean.shape[:-1]:
        raise ValueError(f"z must have shape {tuple(mean.shape[:-1])}; got {tuple(z.shape)}")
    distance = (z.unsqueeze(-1) - mean) / std
    log_normal = -0.5 * distance.square() - std.log() - 0.5 * math.log(2 * math.pi)
    return torch.logsumexp(log_weights + log_normal, dim=-1)


def sample_mixture(
    log_weights: Tensor,
    mean: Tensor,
    std: Tensor,
    generator: torch.Generator,
    temperature: float = 1.0,
) -> Tensor:
    r"""Draw from mixtures `(..., Z, M)` at temperature τ, `(..., Z)`.

    The logarithms of the weights are divided by τ and the noise is multiplied by $\sqrt{\tau}$: a
    hot dream chooses unlikely components and strays from their means, one near τ = 0 always takes
    the likeliest mean. Raises `ValueError` for τ not above 0, and as `mixture_log_prob` does.
    """
    validate.positive("temperature", temperature)
    check_mixture(log_weights, mean, std)
    uniform = torch.rand(mean.shape[:-1], generator=generator, dtype=mean.dtype)
    normal = torch.randn(mean.shape[:-1], generator=generator, dtype=mean.dtype)
    return draw_mixture(log_weights, mean, std, uniform, normal, temperature)


def draw_mixture(
    log_weights: Tensor,
    mean: Tensor,
    std: Tensor,
    uniform: Tensor,
    normal: Tensor,
    temperature: float = 1.0,
) -> Tensor:
    """`sample_mixture` with given noise and without checks, for the inside of a dream.

    `uniform` in [0, 1) chooses the component, `normal` where in it; both `(..., Z)`.
    """
    weights = torch.softmax(log_weights / temperature, dim=-1)
    passed = weights.cumsum(dim=-1)[..., :-1] <= uniform.unsqueeze(-1)
    chosen = passed.sum(dim=-1, keepdim=True)
    center, scale = (x.gather(-1, chosen).squeeze(-1) for x in (mean, std))
    return center + math.sqrt(temperature) * scale * normal


def check_mixture(log_weights: Tensor, mean: Tensor, std: Tensor) -> None:
    """Three tensors of one shape `(..., Z, M)` that make mixtures; `ValueError` if not."""
    shapes = [tuple(x.shape) for x in (log_weights, mean, std)]
    if len(set(shapes)) != 1 or len(shapes[0]) < 2:
        raise ValueError(f"weights, mean and std must have one shape (..., Z, M); got {shapes}")
    with torch.no_grad():
        off = float((log_weights.exp().sum(dim=-1) - 1).abs().max())
        if not off < 1e-3:  # NaN is not below anything
            raise ValueError(f"mixture weights must add up to 1; they are off by {off:.3g}")
        if not bool((std > 0).all()):
            raise ValueError(f"std must be above 0; got {float(std.min()):.3g} at its smallest")
        validate.finite("mean", mean)


# --- the network --------------------------------------------------------------------------------


class MDNRNN(nn.Module):
    """An LSTM with heads for the mixture, the reward and the end.

    Parameters
    ----------
    settings : MDNRNNSettings
    generator : torch.Generator, for the initial weights

    Explained in the chapter "MDN-RNN".
    """

    def __init__(self, settings: MDNRNNSettings, generator: torch.Generator) -> None:
        super().__init__()
        self.settings = settings
        s, mixture_outputs = settings, 3 * settings.latent * settings.mixtures
        with torch.device("meta"):
            self.lstm = nn.LSTM(s.latent + s.action, s.hidden, batch_first=True)
            self.head = nn.Linear(s.hidden, mixture_outputs)
            self.reward_head = nn.Linear(s.hidden, 1) if s.reward else None
            self.done_head = nn.Linear(s.hidden, 1) if s.done else None
        draw_weights(self, generator)
        self.reward_normalizer = Normalizer(1)
        self._start_biases()

    def _start_biases(self) -> None:
        """One bias, as in the paper: torch's second stays 0. The memory begins by keeping."""
        self.lstm.bias_hh_l0.requires_grad_(False).zero_()
        input_gate, forget_gate = self.settings.hidden, 2 * self.settings.hidden
        self.lstm.bias_ih_l0.data[input_gate:forget_gate] += 1

    def initial_hidden(self, batch: int) -> Hidden:
        """The memory at the beginning of an episode: zeros."""
        shape = (batch, self.settings.hidden)
        return Hidden(torch.zeros(shape), torch.zeros(shape))  # two: someone may write in place

    def step(self, z: Tensor, action: Tensor, hidden: Hidden) -> tuple[Prediction, Hidden]:
        """One step: `(B, Z)`, `(B, A)` and the memory -> the next z, and the next memory."""
        validate.tensor("z", z, (None, self.settings.latent))
        validate.tensor("action", action, (z.shape[0], self.settings.action))
        memory = tuple(x.unsqueeze(0) for x in hidden)
        output, (h, c) = self.lstm(torch.cat([z, action], dim=1).unsqueeze(1), memory)
        return self.predict(output[:, 0]), Hidden(h[0], c[0])

    def remember(self, z: Tensor, action: Tensor, hidden: Hidden) -> Hidden:
        """The next memory alone, for acting in an environment that says itself what comes."""
        memory = tuple(x.unsqueeze(0) for x in hidden)
        _, (h, c) = self.lstm(torch.cat([z, action], dim=1).unsqueeze(1), memory)
        return Hidden(h[0], c[0])

    def forward(
        self, z: Tensor, action: Tensor, hidden: Hidden | None = None
    ) -> tuple[Prediction, Hidden]:
        """Whole sequences `(B, T, Z)`, `(B, T, A)`: predictions at every step, the last memory."""
        validate.tensor("z", z, (None, None, self.settings.latent))
        validate.tensor("action", action, (*z.shape[:2], self.settings.action))
        hidden = self.initial_hidden(z.shape[0]) if hidden is None else hidden
        memory = tuple(x.unsqueeze(0) for x in hidden)
        output, (h, c) = self.lstm(torch.cat([z, action], dim=2), memory)
        return self.predict(output), Hidden(h[0], c[0])

    def predict(self, h: Tensor) -> Prediction:
        """What the heads make of the memory's output h, `(..., hidden)`."""
        shape = (*h.shape[:-1], 3, self.settings.latent, self.settings.mixtures)
        logits, mean, log_std = self.head(h).view(shape).unbind(dim=-3)
        reward = done = None
        if self.reward_head is not None:
            reward = self.reward_normalizer.denormalize(self.reward_head(h)).squeeze(-1)
        if self.done_head is not None:
            done = self.done_head(h).squeeze(-1)
        std = log_std.clamp(*_LOG_STD).exp()
        return Prediction(logits.log_softmax(dim=-1), mean, std, reward, done)

    def save(self, path: str | Path, half: bool = True) -> None:
        """Write weights, in float16 unless told, and settings to a safetensors file."""
        save_model(path, "mdn_rnn", self, half)

    @classmethod
    def load(cls, path: str | Path, expected: MDNRNNSettings | None = None) -> MDNRNN:
        """Read what `save` wrote. Raises `ValueError` for another kind or configuration."""

        def make(kept: dict[str, Any]) -> MDNRNN:
            return cls(MDNRNNSettings(**kept), torch.Generator())

        return load_model(path, "mdn_rnn", make, expected).eval()


# --- training -----------------------------------------------------------------------------------


@torch.no_grad()
def with_own_draws(
    model: MDNRNN, z: Tensor, action: Tensor, generator: torch.Generator, share: float
) -> Tensor:
    """Sequences `(B, T, Z)` in which M's own draws stand in for a share of z, never for the first.

    A draw comes from M's memory of what stands before it, earlier draws included (scheduled
    sampling; Bengio et al., 2015). `action` is `(B, T, A)`.
    """
    validate.tensor("z", z, (None, None, model.settings.latent))
    validate.tensor("action", action, (*z.shape[:2], model.settings.action))
    own = torch.rand(z.shape[:2], generator=generator) < share
    seen, hidden = [z[:, 0]], model.initial_hidden(z.shape[0])
    for t in range(1, z.shape[1]):
        prediction, hidden = model.step(seen[-1], action[:, t - 1], hidden)
        drawn = prediction.sample(generator)
        seen.append(torch.where(own[:, t, None], drawn, z[:, t]))
    return torch.stack(seen, dim=1)


def mdn_rnn_loss(
    model: MDNRNN,
    batch: Sequences,
    generator: torch.Generator,
    done_weight: float = 1.0,
    own_draws: float = 0.0,
) -> dict[str, Tensor]:
    """Means over the decisions of a batch: "nll" of a latent, "reward", "done", their sum "loss".

    Each z is *sampled* from what V said of its frame, anew in every batch: M learns how unsure V
    is, and does not learn the few thousand means by heart (Ha and Schmidhuber, 2018).

    Parameters
    ----------
    batch : Sequences
    done_weight : float, how much more than a step on which nothing ends one that ends counts
    own_draws : float in [0, 1], the share of what M reads that is its own draws. In a dream it
        reads nothing else; one that has never done so strays from what it was trained on.
    """
    z = batch.mean + batch.std * torch.randn(batch.mean.shape, generator=generator)
    seen = z[:, :-1]
    if own_draws:
        seen = with_own_draws(model, seen, batch.action, generator, own_draws)
    prediction, _ = model(seen, batch.action)

    def mean(x: Tensor) -> Tensor:
        return (x * batch.mask).sum() / batch.mask.sum()

    parts = {"nll": mean(-prediction.log_prob(z[:, 1:]).mean(dim=-1))}
    if prediction.reward is not None:
        error = (prediction.reward - batch.reward) / model.reward_normalizer.std
        parts["reward"] = mean(error.square())
    if prediction.done is not None:
        weight = torch.tensor(done_weight)
        parts["done"] = mean(
            functional.binary_cross_entropy_with_logits(
                prediction.done, batch.done, reduction="none", pos_weight=weight
            )
        )
    return {"loss": sum(parts.values()), **parts}


def fit_mdn_rnn(
    model: MDNRNN,
    episodes: Sequence[LatentEpisode],
    generator: torch.Generator,
    settings: TrainSettings = TrainSettings(20, 100, 1e-3, 1e-5, clip=1.0),
    length: int = 250,
    done_weight: float = 1.0,
    checkpoint: Path | None = None,
    should_stop: Callable[[], bool] = never,
    on_epoch: Callable[[TrainHistory], None] | None = None,
    own_draws: float = 0.0,
) -> TrainHistory:
    """Train on sequences of `length` decisions; the last episodes are held out.

    `done_weight` and `own_draws` are those of `mdn_rnn_loss`. Other parameters and errors are those
    of `mbrl_lib.world_models.training.train`; `ValueError` too for a share not between 0 and 1.
    Explained in the chapter "MDN-RNN".
    """
    if not 0 <= own_draws <= 1:
        raise ValueError(f"own_draws must lie between 0 and 1; got {own_draws!r}")
    sequences = cut(episodes, length)
    rewards = torch.cat([episode.reward for episode in episodes])
    model.reward_normalizer.fit(rewards[:, None])

    def loss(rows: Tensor, noise: torch.Generator) -> dict[str, Tensor]:
        batch = sequences[rows]
        return mdn_rnn_loss(model, batch, noise, done_weight, own_draws)

    return train(
        model, loss, len(sequences), generator, settings, checkpoint, should_stop, on_epoch
    )
