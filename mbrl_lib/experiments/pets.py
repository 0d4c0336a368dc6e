"""Act, learn, act better: the whole loop of the lecture with an ensemble (PETS).

Some random steps first; then, trial after trial, the ensemble is trained on all experience so far
and MPC acts by it. After Chua et al. (2018), with a cheaper planner.

`python -m mbrl_lib.experiments.pets cartpole --seed 0` runs one seed, or goes on with it where it
was stopped; `results/pets/` holds the returns of every trial. The chapter is "Ensembles".
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

import gymnasium
import numpy as np
import torch
import typer
from tqdm.auto import tqdm

import mbrl_lib.envs  # noqa: F401  registers the environments
from mbrl_lib import validate
from mbrl_lib.data import RandomPolicy, ReplayBuffer, collect, run_episode
from mbrl_lib.dynamics import (
    EnsembleDynamics,
    EnsembleSettings,
    FitSettings,
    TrajectorySampling,
    fit_ensemble,
)
from mbrl_lib.planning import ICEM, MPC, ICEMSettings, PlanningProblem
from mbrl_lib.types import Trajectory


@dataclass(frozen=True)
class PETSSettings:
    """One experiment."""

    env: str  # its Gymnasium id
    trial_length: int = 200  # steps, at most
    random_steps: int = 200  # before the first model
    hidden: tuple[int, ...] = (64, 64, 64)  # widths of each member's hidden layers
    members: int = 5  # E
    particles: int = 5  # P, a multiple of E
    fit: FitSettings = field(default_factory=lambda: FitSettings(epochs=60, patience=10))
    planner: ICEMSettings = field(default_factory=ICEMSettings)


SETTINGS = {
    "cartpole": PETSSettings("mbrl/CartPoleBalance-v0", planner=ICEMSettings(horizon=20)),
    "swingup": PETSSettings("mbrl/CartPoleSwingUp-v0", planner=ICEMSettings(horizon=30)),
    "pendulum": PETSSettings("mbrl/Pendulum-v0", planner=ICEMSettings(horizon=25)),
}


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


class PETS:
    """The loop, one trial at a time; the same seed gives the same trials, resumed or not.

    Parameters
    ----------
    settings : PETSSettings
    seed : int, at least 0
    """

    def __init__(self, settings: PETSSettings, seed: int) -> None:
        validate.at_least("seed", seed, 0)
        self.settings, self.seed = settings, seed
        self.env = gymnasium.make(settings.env, max_episode_steps=settings.trial_length)
        self.sizes = (self.env.observation_space.shape[0], self.env.action_space.shape[0])
        self.buffer = ReplayBuffer(*self.sizes)
        self.trials: list[Trial] = []
        shape = EnsembleSettings(*self.sizes, settings.members, settings.hidden)
        self.model = EnsembleDynamics(shape, self._generator(0))

    def run_trial(self) -> Trajectory:
        """Train on all there is, then act for one trial; the first call acts at random before."""
        if not self.trials:
            policy = RandomPolicy(self.env, np.random.default_rng(self.seed))
            for trajectory in collect(
                self.env, policy, seed=self._number(0), steps=self.settings.random_steps
            ):
                self.buffer.add_trajectory(trajectory)
        generator = self._generator(1 + len(self.trials))
        fit_ensemble(self.model, self.buffer.all(), generator, self.settings.fit)
        propagation = TrajectorySampling(self.model, self.settings.particles)
        problem = PlanningProblem.in_env(self.env, propagation)
        policy = MPC(ICEM(problem, self.settings.planner), generator)
        trajectory = run_episode(self.env, policy, seed=self._number(1 + len(self.trials)))
        self.buffer.add_trajectory(trajectory)
        self.trials.append(Trial(trajectory.total_reward, len(trajectory), len(self.buffer)))
        return trajectory

    def _number(self, part: int) -> int:
        """A seed of its own for every part of the run."""
        return int(np.random.SeedSequence([self.seed, part]).generate_state(1)[0])

    def _generator(self, part: int) -> torch.Generator:
        return torch.Generator().manual_seed(self._number(part))

    def save(self, folder: Path) -> None:
        """Write all that a resumed run needs; the record of trials comes last, whole or not."""
        folder.mkdir(parents=True, exist_ok=True)
        self.buffer.save(folder / f"buffer_{len(self.trials)}.safetensors")
        self.model.save(folder / f"model_{len(self.trials)}.safetensors")
        record = {"settings": asdict(self.settings), "seed": self.seed}
        record["trials"] = [asdict(trial) for trial in self.trials]
        unfinished = folder / "trials.json.part"
        unfinished.write_text(json.dumps(record, indent=1) + "\n")
        os.replace(unfinished, folder / "trials.json")
        for kind in ("buffer", "model"):
            for old in folder.glob(f"{kind}_*.safetensors"):
                if old.name != f"{kind}_{len(self.trials)}.safetensors":
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
        self.buffer = ReplayBuffer.load(folder / f"buffer_{len(self.trials)}.safetensors")
        self.model = EnsembleDynamics.load(folder / f"model_{len(self.trials)}.safetensors")
        return True


def run(settings: PETSSettings, seed: int, trials: int, folder: Path) -> list[Trial]:
    """Run until there are `trials`, going on with what `folder` holds, saving after each."""
    validate.at_least("trials", trials, 1)
    loop = PETS(settings, seed)
    loop.resume(folder)
    bar = tqdm(total=trials, initial=len(loop.trials), unit="trial", desc=f"seed {seed}")
    while len(loop.trials) < trials:
        loop.run_trial()
        loop.save(folder)
        bar.update()
        bar.set_postfix(total_reward=loop.trials[-1].total_reward)
    bar.close()
    return loop.trials


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    task: Annotated[str, typer.Argument(help=", ".join(SETTINGS))] = "cartpole",
    seed: Annotated[int, typer.Option(help="at least 0")] = 0,
    trials: Annotated[int, typer.Option(help="how many in all")] = 6,
    folder: Annotated[Path, typer.Option(help="where runs are kept")] = Path("results/pets"),
) -> None:
    """Run the loop on one task with one seed, or go on with it."""
    if task not in SETTINGS:
        raise typer.BadParameter(f"the tasks are {', '.join(SETTINGS)}; got {task!r}")
    torch.set_num_threads(1)
    found = run(SETTINGS[task], seed, trials, folder / task / f"seed_{seed}")
    for number, trial in enumerate(found, 1):
        print(f"trial {number}: return {trial.total_reward:8.1f} after {trial.all_steps} steps")


if __name__ == "__main__":
    app()
