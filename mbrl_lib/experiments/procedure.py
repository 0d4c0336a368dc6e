"""What the world-models experiments share: V and M trained on rollouts in a folder, in stages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import torch
from rich.console import Console
from torch import Tensor
from tqdm.auto import tqdm

from mbrl_lib import validate
from mbrl_lib.experiments.stages import Clock, Stage, run_stages, write_whole
from mbrl_lib.storage import load_tensors, save_tensors
from mbrl_lib.world_models import (
    MDNRNN,
    VAE,
    BatchedDream,
    Controller,
    ControllerSettings,
    DreamSettings,
    DreamStarts,
    EvolveSettings,
    LatentEpisode,
    MDNRNNSettings,
    TrainSettings,
    VAESettings,
    encode_frames,
    fit_mdn_rnn,
    fit_vae,
    to_frames,
    to_input,
)
from mbrl_lib.world_models.controller import Squash
from mbrl_lib.world_models.evolve import Evolution, Fitness, evolve
from mbrl_lib.world_models.rollouts import Rollout, RolloutStore

_PIECE = 8  # rollouts that a worker makes at a time
_RETRIES = 3  # how often collecting goes on after a worker died


@dataclass(frozen=True)
class OwnDraws:
    """M learns on from sequences that are partly its own draws, as dreams are altogether."""

    share: float
    training: TrainSettings


@dataclass(frozen=True)
class Networks:
    """V and M, and how they are trained."""

    vae: VAESettings
    vae_training: TrainSettings | None  # None: V stays that of the pass before
    rnn: MDNRNNSettings
    rnn_training: TrainSettings
    length: int = 250  # decisions of a sequence that M is trained on
    done_weight: float = 1.0  # how much more than another a step counts on which an episode ends
    own_draws: OwnDraws | None = None  # None: M reads real frames only
    foreground: float = 0.0  # how much more a pixel counts for V where a frame is not the median
    afresh: bool = False  # M begins with new weights in a later pass, too


class Procedure:
    """A folder with rollouts, networks, checkpoints and the ledger of an experiment.

    Parameters
    ----------
    settings : a frozen dataclass, all that the results depend on besides the seed
    folder : where everything is kept
    seed : int, at least 0; of all random numbers
    workers : processes
    ray : whether they are on a Ray cluster
    console : where progress is shown

    Raises `ValueError` where the folder holds an experiment with other settings or another seed.
    """

    def __init__(
        self,
        settings: Any,
        folder: Path,
        seed: int = 0,
        workers: int = 2,
        ray: bool = False,
        console: Console | None = None,
    ) -> None:
        validate.at_least("seed", seed, 0)
        validate.at_least("workers", workers, 1)
        self.settings, self.folder, self.seed = settings, folder.resolve(), seed
        self.workers, self.ray, self.console = workers, ray, console or Console()
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "settings.json"
        wanted = json.dumps({"seed": seed, "settings": asdict(settings)}, indent=1) + "\n"
        if path.exists() and path.read_text() != wanted:
            raise ValueError(
                f"{self.folder} holds an experiment with other settings or another seed; "
                "choose another folder"
            )
        write_whole(path, wanted)

    def stages(self) -> list[Stage]:
        """What is to be done, in order."""
        raise NotImplementedError

    def run(self, budget: float | None = None) -> None:
        """All stages that are not finished, within `budget` CPU-seconds."""
        run_stages(self.stages(), self.folder, budget, self.console).print(self.console)

    @cached_property
    def store(self) -> RolloutStore:
        """The rollouts."""
        return RolloutStore(self.folder / "rollouts")

    def vision(self, number: int = 1) -> Path:
        """V's weights; `number` tells networks apart that are trained one after another."""
        return self.folder / f"vae_{number}.safetensors"

    def memory(self, number: int = 1) -> Path:
        """M's weights."""
        return self.folder / f"mdn_rnn_{number}.safetensors"

    def random(self, *part: int) -> np.random.Generator:
        """A generator of its own for every part of the experiment."""
        return np.random.default_rng([self.seed, *part])

    def generator(self, *part: int) -> torch.Generator:
        """The same for torch."""
        return torch.Generator().manual_seed(int(self.random(*part).integers(2**62)))

    def collect(
        self, work: Callable[[list[int]], list[Rollout]], seeds: Sequence[int], clock: Clock
    ) -> None:
        """Rollouts of all `seeds`, of which the first are there already; `work` is shared out.

        A spent budget ends it early, but not before there are rollouts to go on with. When a worker
        dies, what it was at is done again. Raises `RuntimeError` when they die too often, and
        `OSError` when the disk is full; what was collected before is kept.
        """
        deaths = 0
        while len(self.store) < len(seeds) and not (clock.is_over and len(self.store)):
            try:
                self._collect_on(work, seeds, clock)
            except BrokenExecutor as error:
                deaths += 1
                if deaths > _RETRIES:
                    raise RuntimeError(f"workers died {deaths} times in collecting") from error
                self.console.print("a worker died; what it was at is done again")
            except OSError as error:
                raise OSError(
                    error.errno,
                    f"{error.strerror}; {len(self.store)} rollouts are kept: make room in "
                    f"{self.folder} and run this again",
                ) from error

    def _collect_on(
        self, work: Callable[[list[int]], list[Rollout]], seeds: Sequence[int], clock: Clock
    ) -> None:
        first = len(self.store)
        pieces = [list(seeds[n : n + _PIECE]) for n in range(first, len(seeds), _PIECE)]
        parallel = joblib.Parallel(self.workers, return_as="generator", pre_dispatch="1.5*n_jobs")
        made: Iterable[list[Rollout]] = parallel(joblib.delayed(work)(piece) for piece in pieces)
        with tqdm(total=len(seeds), initial=first, unit="rollout", desc="rollouts") as bar:
            for rollouts in made:
                for rollout in rollouts:
                    self.store.add(rollout)
                    bar.update()
                clock.note()
                if clock.is_over:
                    break

    def train_vision(self, networks: Networks, clock: Clock, number: int = 1) -> None:
        """V, on all frames; a later one goes on from the one before it."""
        torch.set_num_threads(self.workers)
        model = VAE(networks.vae, self.generator(2, number))
        if number > 1:
            model.load_state_dict(VAE.load(self.vision(number - 1), networks.vae).state_dict())
        fit_vae(
            model,
            self.store.frames(),
            self.generator(3, number),
            replace(networks.vae_training or TrainSettings(), progress=True),
            self.folder / f"vae_{number}.training",
            lambda: clock.is_over,
            foreground=networks.foreground,
        )
        model.save(self.vision(number))

    def train_memory(self, networks: Networks, clock: Clock, number: int = 1) -> None:
        """M, on all episodes as V sees them; a later one goes on from the one before it, or not."""
        torch.set_num_threads(self.workers)
        model = MDNRNN(networks.rnn, self.generator(4, number))
        if number > 1 and not networks.afresh:
            model.load_state_dict(MDNRNN.load(self.memory(number - 1), networks.rnn).state_dict())
        random, own = self.generator(5, number), networks.own_draws
        turns = [("", networks.rnn_training, 0.0)]
        turns += [("_own", own.training, own.share)] if own else []
        for name, training, share in turns:
            fit_mdn_rnn(
                model,
                self.latents(number),
                random,
                replace(training, progress=True),
                networks.length,
                networks.done_weight,
                self.folder / f"mdn_rnn_{number}{name}.training",
                lambda: clock.is_over,
                own_draws=share,
            )
        model.save(self.memory(number))

    def latents(self, number: int = 1) -> list[LatentEpisode]:
        """The episodes that there were when this was first asked, as V sees them; encoded once."""
        path = self.folder / f"latents_{number}.safetensors"
        if not path.exists():
            mean, std = encode_frames(VAE.load(self.vision(number)), self.store.frames())
            save_tensors(path, "latents", {}, {"mean": mean.half(), "std": std.half()})
        tensors = load_tensors(path, "latents")[1]
        mean, std = tensors["mean"].float(), tensors["std"].float()
        return [
            LatentEpisode(
                mean[span],
                std[span],
                torch.tensor(fact["actions"]),
                torch.tensor(fact["rewards"]),
                fact["terminated"],
            )
            for fact, span in self.store.spans()
            if span.stop <= len(mean)  # later ones are not among them
        ]

    def search(
        self,
        name: str,
        fitness: Fitness,
        start: Tensor,
        random: np.random.Generator,
        settings: EvolveSettings,
        heldout: Sequence[int],
        clock: Clock,
        judge: Fitness | None = None,
        directions: Tensor | None = None,
    ) -> Evolution:
        """Evolution that shows and keeps every generation: `NAME.search`, `NAME.json`."""

        def show(found: Evolution) -> None:
            clock.note()
            now = found.history[-1]
            held = now.heldout_mean
            seen = "" if held is None else f", held out {held:.0f} ± {now.heldout_std:.0f}"
            self.console.print(
                f"generation {now.number}: mean {now.mean:.0f}, best {now.best:.0f}{seen}, "
                f"{clock.used / 60:.1f} CPU-minutes"
            )
            history = [asdict(generation) for generation in found.history]
            write_whole(self.folder / f"{name}.json", json.dumps(history, indent=1) + "\n")

        return evolve(
            fitness,
            start,
            random,
            replace(settings, workers=self.workers, ray=self.ray),
            heldout,
            self.folder / f"{name}.search",
            lambda: clock.is_over,
            show,
            judge,
            directions,
        )


@dataclass(frozen=True)
class Dreams:
    """Returns of controllers in M's dreams: what evolution maximises there. Workers can have it."""

    memory: Path
    starts: DreamStarts
    controller: ControllerSettings
    squash: Squash
    dream: DreamSettings

    def __call__(self, parameters: Tensor, seeds: Sequence[int]) -> Tensor:
        """`(K, R)` of K controllers `(K, N)` in R dreams."""
        torch.set_num_threads(1)
        if self.memory not in _LOADED:
            _LOADED[self.memory] = MDNRNN.load(self.memory)
        controller = Controller(self.controller, self.squash)
        dreams = BatchedDream(_LOADED[self.memory], self.starts, controller, self.dream)
        return dreams(parameters, seeds)


_LOADED: dict[Path, MDNRNN] = {}  # a worker reads each file once


def save_controller(path: Path, settings: ControllerSettings, parameters: Tensor) -> None:
    """Write C's weights `(N,)`."""
    save_tensors(path, "controller", asdict(settings), {"parameters": parameters})


def beside_decoded(frames: np.ndarray, vision: VAE) -> list[np.ndarray]:
    """Frames `(T, 64, 64, 3)` of uint8, each beside what V makes of it: T times `(256, 512, 3)`."""
    with torch.inference_mode():
        seen = to_frames(vision.decode(vision.encode(to_input(frames))[0]))
    both = (np.concatenate(pair, axis=1) for pair in zip(frames, seen, strict=True))
    return [frame.repeat(4, axis=0).repeat(4, axis=1) for frame in both]


def load_controller(path: Path) -> Tensor:
    """C's weights `(N,)`. Raises `ValueError` for a file of another kind."""
    return load_tensors(path, "controller")[1]["parameters"]
