"""Act, learn, act better: the loop that every experiment with a learned model shares.

Some random steps first; then, trial after trial, the ensemble is trained on all experience so far
and an agent acts by it. What the agent does with the model is the subclass's.
"""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, field
from pathlib import Path

import gymnasium
import numpy as np
import torch
from tqdm.auto import tqdm

import mbrl_lib.envs  # noqa: F401  registers the environments
from mbrl_lib import validate
from mbrl_lib.data import RandomPolicy, ReplayBuffer, collect, run_episode
from mbrl_lib.dynamics import EnsembleDynamics, EnsembleSettings, FitSettings, fit_ensemble
from mbrl_lib.types import Policy, Trajectory, Transition


@dataclass(frozen=True)
class LoopSettings:
    """What all such experiments have."""

    env: str  # its Gymnasium id
    trial_length: int = 200  # steps, at most
    random_steps: int = 200  # before the first model
    refit_every: int = 0  # steps of a trial after which the model is trained anew; 0: never in it
    hidden: tuple[int, ...] = (64, 64, 64)  # widths of each member's hidden layers
    members: int = 5  # E
    linear: bool = False  # members begin with least squares
    fit: FitSettings = field(default_factory=lambda: FitSettings(epochs=60, patience=10))


@dataclass(frozen=True)
class Trial:
    """What one trial brought.

    Attributes
    ----------
    total_reward : float
    steps : int, of this trial
    all_steps : int, of experience by its end, the random ones included
    """

    total_reward: float
    steps: int
    all_steps: int


class Loop(ABC):
    """The loop, one trial at a time; the same seed gives the same trials, resumed or not.

    Parameters
    ----------
    settings : LoopSettings
    seed : int, at least 0
    """

    def __init__(self, settings: LoopSettings, seed: int) -> None:
        validate.at_least("seed", seed, 0)
        self.settings, self.seed = settings, seed
        self.env = gymnasium.make(settings.env, max_episode_steps=settings.trial_length)
        self.sizes = (self.env.observation_space.shape[0], self.env.action_space.shape[0])
        self.buffer = ReplayBuffer(*self.sizes)
        self.trials: list[Trial] = []
        shape = EnsembleSettings(
            *self.sizes, settings.members, settings.hidden, linear=settings.linear
        )
        self.model = EnsembleDynamics(shape, self.generator(0))

    @abstractmethod
    def agent(self, generator: torch.Generator) -> Policy:
        """Who acts in the next trial, by the model that has just been trained."""

    def run_trial(self) -> Trajectory:
        """Train on all there is, then act for one trial; the first call acts at random before."""
        if not self.trials:
            self.act_at_random()
        part = 1 + len(self.trials)
        generator = self.generator(part)
        self.train(generator)
        before = len(self.buffer)

        def learn(transition: Transition) -> None:
            self.buffer.add(transition)
            every = self.settings.refit_every
            if every and (len(self.buffer) - before) % every == 0:
                self.train(generator)

        agent, seed = self.agent(generator), self.seed_of(part)
        trajectory = run_episode(self.env, agent, seed=seed, on_step=learn)
        self.trials.append(Trial(trajectory.total_reward, len(trajectory), len(self.buffer)))
        return trajectory

    def act_at_random(self) -> None:
        """The experience before the first model."""
        policy = RandomPolicy(self.env, np.random.default_rng(self.seed))
        for trajectory in collect(
            self.env, policy, seed=self.seed_of(0), steps=self.settings.random_steps
        ):
            self.buffer.add_trajectory(trajectory)

    def train(self, generator: torch.Generator) -> None:
        """Train the model on all experience so far, from the weights it has."""
        fit_ensemble(self.model, self.buffer.all(), generator, self.settings.fit)

    def seed_of(self, part: int) -> int:
        """A seed of its own for every part of the run."""
        return int(np.random.SeedSequence([self.seed, part]).generate_state(1)[0])

    def generator(self, part: int) -> torch.Generator:
        """A generator of its own for every part of the run."""
        return torch.Generator().manual_seed(self.seed_of(part))

    def save(self, folder: Path) -> None:
        """Write all that a resumed run needs; the record of trials comes last, whole or not."""
        folder.mkdir(parents=True, exist_ok=True)
        now = len(self.trials)
        self._save_state(folder, now)
        record = {"settings": asdict(self.settings), "seed": self.seed}
        record["trials"] = [asdict(trial) for trial in self.trials]
        unfinished = folder / "trials.json.part"
        unfinished.write_text(json.dumps(record, indent=1) + "\n")
        os.replace(unfinished, folder / "trials.json")
        for old in folder.glob("*.safetensors"):
            if not old.stem.endswith(f"_{now}"):
                old.unlink()

    def resume(self, folder: Path) -> bool:
        """Take up what `save` wrote; False where there is nothing.

        Raises `ValueError` when it belongs to other settings or another seed.
        """
        path = folder / "trials.json"
        if not path.exists():
            return False
        record = json.loads(path.read_text())
        wanted = json.loads(json.dumps({"settings": asdict(self.settings), "seed": self.seed}))
        if {key: record[key] for key in wanted} != wanted:
            raise ValueError(f"{folder} holds a run with other settings or another seed")
        self.trials = [Trial(**trial) for trial in record["trials"]]
        self._load_state(folder, len(self.trials))
        return True

    def _save_state(self, folder: Path, now: int) -> None:
        self.buffer.save(folder / f"buffer_{now}.safetensors")
        self.model.save(folder / f"model_{now}.safetensors")

    def _load_state(self, folder: Path, now: int) -> None:
        self.buffer = ReplayBuffer.load(folder / f"buffer_{now}.safetensors")
        self.model = EnsembleDynamics.load(folder / f"model_{now}.safetensors")


def run(loop: Loop, trials: int, folder: Path) -> list[Trial]:
    """Run until there are `trials`, going on with what `folder` holds, saving after each."""
    validate.at_least("trials", trials, 1)
    loop.resume(folder)
    bar = tqdm(total=trials, initial=len(loop.trials), unit="trial", desc=f"seed {loop.seed}")
    while len(loop.trials) < trials:
        loop.run_trial()
        loop.save(folder)
        bar.update()
        bar.set_postfix(total_reward=loop.trials[-1].total_reward)
    bar.close()
    return loop.trials


def report(trials: list[Trial]) -> None:
    """One line for each trial."""
    for number, trial in enumerate(trials, 1):
        print(f"trial {number}: return {trial.total_reward:8.1f} after {trial.all_steps} steps")
