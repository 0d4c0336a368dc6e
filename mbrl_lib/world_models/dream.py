"""Dreams: episodes inside M. One as a Gymnasium environment, thousands at once for evolution.

A dream begins in a real frame as V saw it. From then on M says what comes: z is drawn from its
mixtures at temperature τ, the reward and the end come from its heads. What a controller learns
here is worth as much as M is true, and a controller will find where it is not; a higher τ makes
that harder (Ha and Schmidhuber, 2018).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import gymnasium
import numpy as np
import torch
from gymnasium import spaces
from torch import Tensor

from mbrl_lib import validate
from mbrl_lib.world_models.controller import Controller
from mbrl_lib.world_models.episodes import Hidden, LatentEpisode
from mbrl_lib.world_models.frames import to_frames

_CHUNK = 32  # steps for which noise is drawn ahead, and after which those that ended are dropped


class Dreamt(Protocol):
    """What M says may come next, `(B, ...)`; `reward` and `done` may be None."""

    reward: Tensor | None
    done: Tensor | None

    def sample(self, generator: torch.Generator, temperature: float) -> Tensor:
        """The next z, `(B, Z)`."""
        ...

    def draw(self, uniform: Tensor, normal: Tensor, temperature: float) -> Tensor:
        """The same from given noise `(B, Z)`."""
        ...


class RecurrentModel(Protocol):
    """What is asked of M."""

    def initial_hidden(self, batch: int) -> Hidden:
        """The memory at the beginning of an episode."""
        ...

    def step(self, z: Tensor, action: Tensor, hidden: Hidden) -> tuple[Dreamt, Hidden]:
        """`(B, Z)`, `(B, A)` and the memory -> what comes next, and the next memory."""
        ...

    def remember(self, z: Tensor, action: Tensor, hidden: Hidden) -> Hidden:
        """The next memory alone."""
        ...


class Decoder(Protocol):
    """What is asked of V."""

    def decode(self, z: Tensor) -> Tensor:
        """`(B, Z)` -> frames `(B, 3, 64, 64)` in [0, 1]."""
        ...


@dataclass(frozen=True)
class DreamSettings:
    """What dreams are like."""

    temperature: float = 1.0  # τ
    max_steps: int = 1000  # decisions after which a dream is cut
    done_threshold: float | None = 0.5  # M's probability above which it ends; None: drawn with it
    patience: int | None = None  # decisions in a row without a reward above 0 after which it ends

    def __post_init__(self) -> None:
        validate.positive("temperature", self.temperature)
        validate.at_least("max_steps", self.max_steps, 1)
        if self.patience is not None:
            validate.at_least("patience", self.patience, 1)
        if self.done_threshold is not None and not 0 < self.done_threshold < 1:
            raise ValueError(
                f"done_threshold must lie between 0 and 1, or be None; got {self.done_threshold!r}"
            )

    def ends(self, prediction: Dreamt, uniform: Tensor) -> Tensor:
        """Which dreams end, `(B,)` of bool; `uniform (B,)` decides where it is left to chance."""
        if prediction.done is None:
            return torch.zeros_like(uniform, dtype=torch.bool)
        limit = uniform if self.done_threshold is None else self.done_threshold
        return torch.sigmoid(prediction.done) > limit


@dataclass(frozen=True)
class DreamStarts:
    """Real frames in which dreams may begin.

    Attributes
    ----------
    mean, std : Tensor, `(N, Z)`, what V says of them
    hidden : Hidden or None, `(N, hidden)` each, what M remembers there; None at first frames
    """

    mean: Tensor
    std: Tensor
    hidden: Hidden | None = None

    def __post_init__(self) -> None:
        validate.tensor("mean", self.mean, (None, None))
        validate.tensor("std", self.std, tuple(self.mean.shape))
        validate.at_least("the number of starts", self.mean.shape[0], 1)

    def draw(self, generator: torch.Generator) -> tuple[Tensor, Hidden | None]:
        """One of them, drawn: z `(1, Z)`, and the memory there."""
        row = torch.randint(self.mean.shape[0], (1,), generator=generator)
        noise = torch.randn(1, self.mean.shape[1], generator=generator)
        hidden = self.hidden
        return (
            self.mean[row] + self.std[row] * noise,
            None if hidden is None else Hidden(hidden.h[row], hidden.c[row]),
        )


def first_frames(episodes: Sequence[LatentEpisode]) -> DreamStarts:
    """Dreams begin where these episodes began."""
    return DreamStarts(
        torch.stack([episode.mean[0] for episode in episodes]),
        torch.stack([episode.std[0] for episode in episodes]),
    )


@torch.inference_mode()
def frames_within(
    model: RecurrentModel, episodes: Sequence[LatentEpisode], every: int
) -> DreamStarts:
    """Dreams begin anywhere in these episodes, with M's memory of the way there.

    Taken is every frame whose number is a multiple of `every` and that a decision followed.
    """
    validate.at_least("every", every, 1)
    taken: list[tuple[Tensor, ...]] = []
    for episode in episodes:
        hidden = model.initial_hidden(1)
        for t, action in enumerate(episode.action):
            if t % every == 0:
                taken.append((episode.mean[t], episode.std[t], hidden.h[0], hidden.c[0]))
            hidden = model.remember(episode.mean[t][None], action[None], hidden)
    mean, std, h, c = (torch.stack(column) for column in zip(*taken, strict=True))
    return DreamStarts(mean, std, Hidden(h, c))


class DreamEnv(gymnasium.Env):
    """One dream as a Gymnasium environment; observations are z and M's output h, `(Z + hidden,)`.

    Parameters
    ----------
    model : M
    starts : DreamStarts
    settings : DreamSettings
    action_space : Box of M's actions; car racing's unless given
    decoder : V, needed for `render`
    render_mode : None or "rgb_array": `render` decodes z to a frame `(64, 64, 3)` of uint8

    The reward is what M expects, or 1 for each step that is survived if it has no such head. `z`
    and `hidden` hold what a controller sees. Explained in the chapter "Learning in a dream".
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["rgb_array"], "render_fps": 25}

    def __init__(
        self,
        model: RecurrentModel,
        starts: DreamStarts,
        settings: DreamSettings = DreamSettings(),
        action_space: spaces.Box | None = None,
        decoder: Decoder | None = None,
        render_mode: str | None = None,
    ) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ValueError(f"render_mode must be None or 'rgb_array'; got {render_mode!r}")
        if render_mode is not None and decoder is None:
            raise ValueError("a dream cannot be rendered without a decoder")
        self.model, self.starts, self.settings = model, starts, settings
        self.decoder, self.render_mode = decoder, render_mode
        self.action_space = action_space or spaces.Box(
            np.array([-1, 0, 0], np.float32), np.ones(3, np.float32)
        )
        size = starts.mean.shape[1] + model.initial_hidden(1).h.shape[1]
        self.observation_space = spaces.Box(-np.inf, np.inf, (size,), np.float32)
        self._steps: int | None = None  # None: not in an episode

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Fall asleep in a real frame; the same seed and actions give the same dream."""
        super().reset(seed=seed)
        self._generator = torch.Generator().manual_seed(int(self.np_random.integers(2**62)))
        self.z, hidden = self.starts.draw(self._generator)
        self.hidden = self.model.initial_hidden(1) if hidden is None else hidden
        self._steps = self._poor = 0
        return self._observation(), {}

    @torch.inference_mode()
    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """Dream one step on. Raises `ValueError` for an action of another shape."""
        if self._steps is None:
            raise gymnasium.error.ResetNeeded("call reset() before the first step of an episode")
        action = torch.as_tensor(np.asarray(action, dtype=np.float32))
        validate.tensor("action", action, self.action_space.shape)
        prediction, self.hidden = self.model.step(self.z, action[None], self.hidden)
        self.z = prediction.sample(self._generator, self.settings.temperature)
        chance = torch.rand(1, generator=self._generator)
        reward = 1.0 if prediction.reward is None else float(prediction.reward)
        self._steps += 1
        self._poor = 0 if reward > 0 else self._poor + 1
        lost = self._poor == self.settings.patience
        terminated = lost or bool(self.settings.ends(prediction, chance))
        truncated = not terminated and self._steps >= self.settings.max_steps
        if terminated or truncated:
            self._steps = None
        return self._observation(), reward, terminated, truncated, {}

    def render(self) -> np.ndarray | None:
        """What z looks like, `(64, 64, 3)` of uint8; needs "rgb_array"."""
        if self.render_mode is None:
            return None
        with torch.inference_mode():
            return to_frames(self.decoder.decode(self.z))[0]

    def _observation(self) -> np.ndarray:
        return torch.cat([self.z, self.hidden.h], dim=1)[0].numpy()


class BatchedDream:
    """A population's returns in dreams, all of them at once: a fitness for `evolve`.

    Every controller of a population dreams with the same noise: a seed is one start and one
    sequence of luck. So a controller's return depends on its weights and the seed, not on who
    dreams beside it.

    Parameters
    ----------
    model : M
    starts : DreamStarts
    controller : Controller
    settings : DreamSettings

    Explained in the chapter "Learning in a dream".
    """

    def __init__(
        self,
        model: RecurrentModel,
        starts: DreamStarts,
        controller: Controller,
        settings: DreamSettings = DreamSettings(),
    ) -> None:
        self.model, self.starts = model, starts
        self.controller, self.settings = controller, settings

    def __call__(self, parameters: Tensor, seeds: Sequence[int]) -> Tensor:
        """Returns `(K, R)` of controllers `(K, N)` in the dreams of R seeds; NaN becomes -inf."""
        return self.run(parameters, seeds)[0]

    @torch.inference_mode()
    def run(self, parameters: Tensor, seeds: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Returns and lengths in steps, `(K, R)` both."""
        validate.tensor("parameters", parameters, (None, self.controller.size))
        validate.at_least("the number of seeds", len(seeds), 1)
        shape = (len(parameters), len(seeds))
        luck = _Luck(seeds, self.starts)
        returns, lengths = torch.zeros(shape), torch.zeros(shape)
        who, where = (x.flatten() for x in torch.meshgrid(*map(torch.arange, shape), indexing="ij"))
        state, own = luck.begin(self.model, where), parameters[who]  # a row for each dream
        alive, poor = torch.ones(len(who), dtype=torch.bool), torch.zeros(len(who))
        for start in range(0, self.settings.max_steps, _CHUNK):
            for noise in luck.draw(min(_CHUNK, self.settings.max_steps - start)):
                state, reward, ends = self._step(own, state, [x[where] for x in noise])
                returns[who, where] += torch.where(alive, reward, 0.0)
                lengths[who, where] += alive
                poor = torch.where(reward > 0, 0.0, poor + 1)
                alive = alive & ~ends & (poor < (self.settings.patience or math.inf))
            if not bool(alive.any()):
                break
            state = tuple(x[alive] for x in state)
            who, where, own, poor, alive = (x[alive] for x in (who, where, own, poor, alive))
        return torch.where(returns.isnan(), -math.inf, returns), lengths

    def _step(
        self, parameters: Tensor, state: tuple[Tensor, ...], noise: list[Tensor]
    ) -> tuple[tuple[Tensor, ...], Tensor, Tensor]:
        """From z, h, c, `(B, ...)` each, to the next ones, rewards and ends `(B,)`."""
        z, memory = state[0], Hidden(*state[1:])
        action = self.controller.act(parameters, self.controller.features(z, memory))
        prediction, hidden = self.model.step(z, action, memory)
        uniform, normal, chance = noise
        following = prediction.draw(uniform, normal, self.settings.temperature)
        reward = torch.ones(()) if prediction.reward is None else prediction.reward
        return (following, *hidden), reward, self.settings.ends(prediction, chance)


class _Luck:
    """Starts and noise of R dreams, each from a generator of its own."""

    def __init__(self, seeds: Sequence[int], starts: DreamStarts) -> None:
        self._generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        self._starts = [starts.draw(generator) for generator in self._generators]
        self._latent = starts.mean.shape[1]

    def begin(self, model: RecurrentModel, rows: Tensor) -> tuple[Tensor, ...]:
        """z, h, c in which the dreams of `rows` begin, `(B, ...)` each."""
        latents, hiddens = zip(*self._starts, strict=True)
        hidden = model.initial_hidden(len(latents))
        if hiddens[0] is not None:
            hidden = Hidden(*(torch.cat(column) for column in zip(*hiddens, strict=True)))
        return tuple(x[rows] for x in (torch.cat(latents), *hidden))

    def draw(self, steps: int) -> list[tuple[Tensor, Tensor, Tensor]]:
        """For each step uniform and normal noise `(R, Z)`, and chances `(R,)` of the end."""
        shape = (steps, self._latent)
        uniform = torch.stack([torch.rand(shape, generator=g) for g in self._generators], dim=1)
        normal = torch.stack([torch.randn(shape, generator=g) for g in self._generators], dim=1)
        chance = torch.stack([torch.rand(steps, generator=g) for g in self._generators], dim=1)
        return list(zip(uniform, normal, chance, strict=True))
