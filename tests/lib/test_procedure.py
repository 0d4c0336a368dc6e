"""Collecting when things go wrong: a worker that dies, a disk that is full."""

import os
import resource
import signal
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from mbrl_lib.experiments.procedure import Procedure
from mbrl_lib.experiments.stages import Clock, Ledger
from mbrl_lib.world_models.rollouts import Rollout

SEEDS = list(range(100, 120))


def made(seed):
    frames = np.full((3, 64, 64, 3), seed % 256, np.uint8)
    return Rollout(frames, np.zeros((2, 3), np.float32), np.ones(2, np.float32), False, seed)


@dataclass(frozen=True)
class Mortal:
    """Makes rollouts; the process that takes one of the flags dies at the seed 110."""

    flags: Path

    def __call__(self, seeds):
        left = sorted(self.flags.iterdir())
        if 110 in seeds and left:
            left[0].unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        return [made(seed) for seed in seeds]


def flags(folder, count):
    folder.mkdir()
    for number in range(count):
        (folder / str(number)).touch()
    return folder


def procedure(tmp_path):
    run = Procedure(NoSettings(), tmp_path / "run", workers=2, console=Console(quiet=True))
    return run, Clock(Ledger(tmp_path / "run"), "collect")


@dataclass(frozen=True)
class NoSettings:
    """Nothing to be set."""


def test_what_a_dying_worker_was_at_is_done_again(tmp_path):
    run, clock = procedure(tmp_path)
    run.collect(Mortal(flags(tmp_path / "flags", 1)), SEEDS, clock)
    assert not list((tmp_path / "flags").iterdir()), "a worker died"
    assert [fact["seed"] for fact in run.store.facts] == SEEDS
    assert run.store.frames()[:, 0, 0, 0].tolist() == [seed for seed in SEEDS for _ in range(3)]


def test_workers_that_die_again_and_again_end_it_and_nothing_is_lost(tmp_path, monkeypatch):
    monkeypatch.setattr("mbrl_lib.experiments.procedure._RETRIES", 1)
    run, clock = procedure(tmp_path)
    with pytest.raises(RuntimeError, match="workers died 2 times"):
        run.collect(Mortal(flags(tmp_path / "flags", 9)), SEEDS, clock)
    kept = [fact["seed"] for fact in run.store.facts]
    assert kept == SEEDS[: len(kept)] and len(kept) < len(SEEDS)


def test_a_full_disk_names_what_is_kept_and_the_same_call_goes_on(tmp_path):
    run, clock = procedure(tmp_path)
    work = Mortal(flags(tmp_path / "flags", 0))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    one = made(0).frames.nbytes
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(5.5 * one), before[1]))  # a real failing write
    try:
        with pytest.raises(OSError, match=r"5 rollouts are kept: make room"):
            run.collect(work, SEEDS, clock)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    again, clock = procedure(tmp_path)
    assert [fact["seed"] for fact in again.store.facts] == SEEDS[:5]
    again.collect(work, SEEDS, clock)
    assert again.store.frames()[:, 0, 0, 0].tolist() == [s for s in SEEDS for _ in range(3)]
