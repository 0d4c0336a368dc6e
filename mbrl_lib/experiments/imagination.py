"""The loop with an ensemble, and a policy network learned in its imagination.

`python -m mbrl_lib.experiments.imagination pendulum --seed 0` runs one seed, or goes on with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import torch
import typer

from mbrl_lib.envs import true_model
from mbrl_lib.experiments.loop import Loop, LoopSettings, report, run
from mbrl_lib.imagination import Imagination, ImaginationSettings
from mbrl_lib.storage import load_tensors, save_tensors
from mbrl_lib.types import Policy


@dataclass(frozen=True)
class ImaginedPolicySettings(LoopSettings):
    """One experiment."""

    updates: int = 500  # of the policy before each trial
    imagination: ImaginationSettings = field(default_factory=ImaginationSettings)


SETTINGS = {
    "cartpole": ImaginedPolicySettings("mbrl/CartPoleBalance-v0"),
    "pendulum": ImaginedPolicySettings("mbrl/Pendulum-v0"),
}


class ImaginedPolicy(Loop):
    """The loop in which a learned network acts: no planning while it does."""

    settings: ImaginedPolicySettings

    def __init__(self, settings: ImaginedPolicySettings, seed: int) -> None:
        super().__init__(settings, seed)
        space = self.env.action_space
        self.learner = Imagination(
            self.sizes[0], space.low, space.high, self.generator(0), settings.imagination
        )

    def agent(self, generator: torch.Generator) -> Policy:
        """The policy, improved in the model just trained; it goes on from the last trial's."""
        _, reward, terminated = true_model(self.env)
        states, updates = self.buffer.all().state, self.settings.updates
        self.learner.learn(self.model, reward, terminated, states, updates, generator)
        return self.learner.policy

    def _save_state(self, folder: Path, now: int) -> None:
        super()._save_state(folder, now)
        path = folder / f"learner_{now}.safetensors"
        save_tensors(path, "imagination", {}, self.learner.state_dict())

    def _load_state(self, folder: Path, now: int) -> None:
        super()._load_state(folder, now)
        path = folder / f"learner_{now}.safetensors"
        self.learner.load_state_dict(load_tensors(path, "imagination")[1])


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    task: Annotated[str, typer.Argument(help=", ".join(SETTINGS))] = "pendulum",
    seed: Annotated[int, typer.Option(help="at least 0")] = 0,
    trials: Annotated[int, typer.Option(help="how many in all")] = 8,
    folder: Annotated[Path, typer.Option(help="where runs are kept")] = Path("results/imagination"),
) -> None:
    """Run the loop on one task with one seed, or go on with it."""
    if task not in SETTINGS:
        raise typer.BadParameter(f"the tasks are {', '.join(SETTINGS)}; got {task!r}")
    torch.set_num_threads(1)
    report(run(ImaginedPolicy(SETTINGS[task], seed), trials, folder / task / f"seed_{seed}"))


if __name__ == "__main__":
    app()
