"""Long experiments in stages: budgets, a ledger of what they cost, resume after a kill.

A stage is a function that goes on where its own checkpoint left it and returns whether it is
finished; it stops early when its share of the budget is spent. The ledger, a small JSON file in the
experiment's folder, remembers what every stage has cost in CPU-seconds, over all processes and all
runs.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(text: str) -> float:
    """A time like `90s`, `30m` or `1.5h` in seconds. Raises `ValueError` for anything else."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", text.strip())
    if found is None or float(found[1]) == 0:
        raise ValueError(f"a budget is a number and s, m or h, like 30m; got {text!r}")
    return float(found[1]) * _UNITS[found[2]]


def cpu_seconds() -> float:
    """What this process and all it started have used so far, user and system."""
    own = psutil.Process()
    total = 0.0
    for process in (own, *own.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue  # it ended meanwhile: its parent counts it
        total += times.user + times.system + times.children_user + times.children_system
    return total


@dataclass(frozen=True)
class Entry:
    """What a stage has cost so far."""

    cpu_seconds: float = 0.0  # of all processes
    wall_seconds: float = 0.0
    finished: bool = False


class Ledger:
    """What every stage has cost over all runs, and which are finished: `ledger.json`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ledger.json"
        folder.mkdir(parents=True, exist_ok=True)
        self.entries: dict[str, Entry] = {}
        if self.path.exists():
            kept = json.loads(self.path.read_text())
            self.entries = {name: Entry(**entry) for name, entry in kept.items()}

    def entry(self, name: str) -> Entry:
        """A stage's entry; an empty one before it begins."""
        return self.entries.get(name, Entry())

    def write(self, name: str, entry: Entry) -> None:
        """Keep an entry; the file is written whole or not at all."""
        self.entries[name] = entry
        kept = {name: asdict(entry) for name, entry in self.entries.items()}
        write_whole(self.path, json.dumps(kept, indent=1) + "\n")

    @property
    def cpu_seconds(self) -> float:
        """What all stages have cost."""
        return sum(entry.cpu_seconds for entry in self.entries.values())

    def print(self, console: Console) -> None:
        """A table of what every stage has cost."""
        table = Table(title="what it cost")
        table.add_column("stage")
        for heading in ("CPU-minutes", "minutes"):
            table.add_column(heading, justify="right")
        for name, entry in self.entries.items():
            cost = (entry.cpu_seconds, entry.wall_seconds)
            table.add_row(name, *(f"{seconds / 60:.1f}" for seconds in cost))
        table.add_row("all", f"{self.cpu_seconds / 60:.1f}", "", style="bold")
        console.print(table)


class Clock:
    """What a stage has used of its share of the budget, and where that is kept.

    Parameters
    ----------
    ledger : Ledger
    name : str, the stage's
    share : float or None, CPU-seconds over all runs; None for as long as it takes
    """

    def __init__(self, ledger: Ledger, name: str, share: float | None = None) -> None:
        self.ledger, self.name, self.share = ledger, name, share
        self._before = ledger.entry(name)
        self._cpu, self._wall = cpu_seconds(), time.perf_counter()

    @property
    def used(self) -> float:
        """CPU-seconds of this stage so far, earlier runs included."""
        return self._before.cpu_seconds + cpu_seconds() - self._cpu

    @property
    def left(self) -> float:
        """CPU-seconds that may still be used; infinite without a budget."""
        return float("inf") if self.share is None else self.share - self.used

    @property
    def is_over(self) -> bool:
        """Whether the share is spent."""
        return self.left <= 0

    def note(self, finished: bool = False) -> None:
        """Enter what was used so far; to be called at every checkpoint."""
        wall = self._before.wall_seconds + time.perf_counter() - self._wall
        self.ledger.write(self.name, Entry(self.used, wall, finished))


@dataclass(frozen=True)
class Stage:
    """One step of an experiment.

    Attributes
    ----------
    name : str
    run : goes on from what it saved, until it is finished or `clock.is_over`
    share : float, of the whole budget
    """

    name: str
    run: Callable[[Clock], None]
    share: float


def run_stages(
    stages: Sequence[Stage], folder: Path, budget: float | None, console: Console
) -> Ledger:
    """Run what is not finished, in order, each within its share of `budget` CPU-seconds.

    What a stage leaves of its share goes to those after it. A kill at any moment costs what came
    after the stage's last checkpoint.
    """
    ledger = Ledger(folder)
    for number, stage in enumerate(stages):
        entry = ledger.entry(stage.name)
        if entry.finished:
            console.print(f"{stage.name}: done, {entry.cpu_seconds / 60:.1f} CPU-minutes")
            continue
        share = None
        if budget is not None:
            before = sum(ledger.entry(s.name).cpu_seconds for s in stages[:number])
            to_come = sum(s.share for s in stages[number:])
            share = max(0.0, budget - before) * stage.share / to_come
        console.rule(f"{stage.name}" + (f", {share / 60:.1f} CPU-minutes" if share else ""))
        clock = Clock(ledger, stage.name, share)
        try:
            stage.run(clock)
        except BaseException:
            clock.note()
            raise
        clock.note(finished=True)
    return ledger


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text(text)
    os.replace(unfinished, path)
