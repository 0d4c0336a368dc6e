"""PETS: the loop with an ensemble, and MPC by its particles.

After Chua et al. (2018), with a cheaper planner.
`python -m mbrl_lib.experiments.pets cartpole --seed 0` runs one seed, or goes on with it where it
was stopped; `results/pets/` holds the returns of every trial. The chapter is "Ensembles".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import torch
import typer

from mbrl_lib.dynamics import TrajectorySampling
from mbrl_lib.experiments.loop import Loop, LoopSettings, report, run
from mbrl_lib.planning import ICEM, MPC, ICEMSettings, PlanningProblem
from mbrl_lib.types import Policy


@dataclass(frozen=True)
class PETSSettings(LoopSettings):
    """One experiment."""

    refit_every: int = 50
    particles: int = 20  # P, a multiple of E
    planner: ICEMSettings = field(default_factory=ICEMSettings)


SETTINGS = {
    "cartpole": PETSSettings(
        "mbrl/CartPoleBalance-v0", planner=ICEMSettings(candidates=40, horizon=25)
    ),
    "swingup": PETSSettings(
        "mbrl/CartPoleSwingUp-v0", particles=5, planner=ICEMSettings(horizon=50)
    ),
    "pendulum": PETSSettings("mbrl/Pendulum-v0", particles=5, planner=ICEMSettings(horizon=25)),
}


class PETS(Loop):
    """The loop in which MPC acts."""

    settings: PETSSettings

    def agent(self, generator: torch.Generator) -> Policy:
        """MPC with iCEM, its candidates moved by TS∞."""
        propagation = TrajectorySampling(self.model, self.settings.particles)
        problem = PlanningProblem.in_env(self.env, propagation)
        return MPC(ICEM(problem, self.settings.planner), generator)


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
    report(run(PETS(SETTINGS[task], seed), trials, folder / task / f"seed_{seed}"))


if __name__ == "__main__":
    app()
