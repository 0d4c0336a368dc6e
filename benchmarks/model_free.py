"""The deep Q-network on CartPole-v1: how many seeds are solved."""

from __future__ import annotations

import gymnasium
import torch

from benchmarks.evidence import record
from mbrl_lib.evaluate import evaluate
from mbrl_lib.model_free import GreedyQ, train_dqn

SEEDS = range(5)
SCORED = range(1_000, 1_100)  # the episodes that are scored; training draws its own
REWARD_THRESHOLD = 475.0  # Gymnasium's, for CartPole-v1


def cartpole() -> gymnasium.Env:
    """A fresh CartPole-v1."""
    return gymnasium.make("CartPole-v1")


def dqn() -> None:
    """Train with the default settings from each seed; score the network it ends with."""
    torch.set_num_threads(1)
    solved = 0
    for seed in SEEDS:
        run = train_dqn(cartpole, torch.Generator().manual_seed(seed))
        policy = GreedyQ(run.network)
        mean = float(evaluate(cartpole, lambda *_, policy=policy: policy, SCORED).mean())
        solved += mean >= REWARD_THRESHOLD
        print(f"seed {seed}: {run.steps} steps, check passed: {run.solved}, mean {mean:.1f}")
    record(
        "dqn_cartpole_seeds_solved",
        "of five trainings of the deep Q-network on CartPole-v1, those whose greedy policy earns "
        "at least 475 on average over 100 episodes that played no part in the training",
        ">= 4", solved, "seeds", "make bench only=dqn", seeds=SEEDS,
    )  # fmt: skip
