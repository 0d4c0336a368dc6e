"""What planning costs: against its own matrix products, against peers, over K, H, E and threads."""

from __future__ import annotations

import itertools
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median

import torch

from benchmarks import peers
from benchmarks.evidence import ROOT, record
from mbrl_lib.dynamics import EnsembleDynamics, EnsembleSettings, TrajectorySampling
from mbrl_lib.planning import CEM, CEMSettings, PlanningProblem, evaluate_candidates
from mbrl_lib.types import Batch

THROUGHPUT = ROOT / "results" / "planning_throughput.json"


@dataclass(frozen=True)
class Work:
    """One plan, whoever makes it."""

    state: int = 5  # S
    action: int = 1  # A
    candidates: int = 500  # K
    horizon: int = 15  # H
    members: int = 5  # E
    particles: int = 20  # P
    hidden: int = 200  # width of each hidden layer
    layers: int = 4  # of them
    iterations: int = 5  # rounds of the cross-entropy method
    elites: int = 50
    repeats: int = 5  # plans that are timed, after one that is not


def problem_of(work: Work) -> PlanningProblem:
    """An ensemble with random weights: what its predictions are does not matter to the clock."""
    g = torch.Generator().manual_seed(0)
    hidden = (work.hidden,) * work.layers
    model = EnsembleDynamics(EnsembleSettings(work.state, work.action, work.members, hidden), g)
    s, a = torch.randn(100, work.state, generator=g), torch.randn(100, work.action, generator=g)
    flags = torch.zeros(100, dtype=torch.bool)
    model.fit_normalizers(Batch(s, a, torch.zeros(100), s + 0.1 * a, flags, flags))
    return PlanningProblem(
        TrajectorySampling(model, work.particles),
        lambda state, action, next_state: -next_state.square().sum(dim=1),
        [-1.0] * work.action, [1.0] * work.action,
    )  # fmt: skip


def _cpu_seconds(do: Callable[[], object]) -> float:
    began = time.process_time()
    do()
    return time.process_time() - began


def products(work: Work, rows: int) -> Callable[[], None]:
    """All matrix products of one plan and nothing else, `rows` states of a member at a time."""
    sizes = [work.state + work.action, *[work.hidden] * work.layers, 2 * work.state]
    pairs = list(itertools.pairwise(sizes))
    inputs = [torch.randn(work.members, rows, a) for a, _ in pairs]
    weights = [torch.randn(work.members, a, b) for a, b in pairs]
    outputs = [torch.empty(work.members, rows, b) for _, b in pairs]
    states = work.candidates * work.particles * work.horizon * work.iterations
    calls = round(states / work.members / rows)

    def run() -> None:
        for _ in range(calls):
            for x, w, out in zip(inputs, weights, outputs, strict=True):
                torch.bmm(x, w, out=out)

    return run


def floor() -> None:
    """The row: our CPU-seconds for one plan over those of its products; peers are printed."""
    torch.set_num_threads(1)
    work = Work()
    settings = CEMSettings(work.candidates, work.horizon, work.iterations, work.elites)
    planner, g = CEM(problem_of(work), settings), torch.Generator().manual_seed(1)
    state = torch.zeros(work.state)
    rows = {n: products(work, n) for n in (250, 500, 1000, 2000)}
    ours, least = [], []
    planner.plan(state, g)
    for _ in range(work.repeats):  # turn by turn, so that both see the same machine
        ours.append(_cpu_seconds(lambda: planner.plan(state, g)))
        least.append(min(_cpu_seconds(run) for run in rows.values()))
    argument = json.dumps(asdict(work))
    found = {"ours": ours, "products alone, at their fastest size": least}
    found["mbrl-lib 0.2.0"] = peers.run("mbrl-lib", "mbrl_lib_plan.py", argument)
    found["pytorch-mppi 0.9.1"] = peers.run("pytorch-mppi", "pytorch_mppi_plan.py", argument)
    for who, seconds in found.items():
        print(f"{who:40s} {median(seconds):7.3f} CPU-s ({median(seconds) / median(least):.2f})")
    others = "; ".join(
        f"{who} {median(found[who]) / median(least):.2f}" for who in found if who[0] in "mp"
        and "alone" not in who
    )  # fmt: skip
    record(
        "planning_same_work_over_gemm_floor",
        "CPU-seconds of one plan (K=500, H=15, E=5, P=20, 4 layers of 200, 5 CEM rounds, one "
        "thread) over those of its matrix products alone, medians of 5 in one run; beside it "
        + others,
        "<= 1.3", round(median(ours) / median(least), 3), "times", "make bench only=planning_floor",
        packages=("torch",),
    )  # fmt: skip


# --- throughput ---------------------------------------------------------------------------------


def one_size(work: Work, threads: int) -> dict[str, float]:
    """Wall seconds of evaluating K candidates once, and the process's peak memory so far in MiB."""
    torch.set_num_threads(threads)
    problem, g = problem_of(work), torch.Generator().manual_seed(0)
    actions = torch.rand(work.candidates, work.horizon, work.action, generator=g)
    evaluate_candidates(problem, torch.zeros(work.state), actions[:100], g)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began, cpu = time.perf_counter(), time.process_time()
    evaluate_candidates(problem, torch.zeros(work.state), actions, g)
    return {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": time.process_time() - cpu,
        "more_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before,
    }


def _in_new_process(work: Work, threads: int) -> dict[str, float]:
    line = [sys.executable, "-m", "benchmarks.planning", json.dumps([asdict(work), threads])]
    done = subprocess.run(line, cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def throughput() -> None:
    """Over K, H, E and threads; two rows: how cost grows with K, and memory at K = 100,000."""
    base = {"particles": 5, "hidden": 64, "layers": 3, "horizon": 10}
    cases = [({**base, "candidates": k}, 1) for k in (100, 1_000, 10_000, 100_000)]
    cases += [({**base, "candidates": 1_000, "horizon": h}, 1) for h in (5, 20, 40)]
    cases += [({**base, "candidates": 1_000, "members": e, "particles": e}, 1) for e in (1, 2, 10)]
    cases += [({**base, "candidates": 10_000}, 2)]
    table = []
    for more, threads in cases:
        work = Work(**more)
        found = _in_new_process(work, threads)
        shown = {"candidates": work.candidates, "horizon": work.horizon, "members": work.members}
        table.append({**shown, "particles": work.particles, "threads": threads, **found})
        print(table[-1], flush=True)
    THROUGHPUT.write_text(json.dumps(table, indent=1) + "\n")
    by_k = {row["candidates"]: row for row in table[:4]}
    record(
        "planning_growth_with_candidates",
        "CPU-seconds of evaluating 100,000 candidates over 100 times those of 1,000 (H=10, E=P=5, "
        "3 layers of 64, one thread)",
        "<= 1.2", round(by_k[100_000]["cpu_seconds"] / by_k[1_000]["cpu_seconds"] / 100, 3),
        "times", "make bench only=planning_throughput", packages=("torch",),
    )  # fmt: skip
    record(
        "planning_memory_100k_mib",
        "memory that evaluating 100,000 candidates takes beyond evaluating 100",
        "<= 256", round(by_k[100_000]["more_memory_mib"], 1), "MiB",
        "make bench only=planning_throughput", packages=("torch",),
    )  # fmt: skip


if __name__ == "__main__":
    fields, thread_count = json.loads(sys.argv[1])
    print(json.dumps(one_size(Work(**fields), thread_count)))
