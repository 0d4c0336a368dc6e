"""What an action costs that is as good: mbrl-lib's planners and ours, in one model, over one sweep.

Both plan in the same learned ensemble on cart-pole swing-up. For every setting of the sweep the
CPU-seconds of an action are measured; then, on each side, settings are tried from the cheapest on
until one returns the threshold, first on tuning seeds, then on held-out ones. What was measured is
kept in `results/planning_sweep/`, and a killed bench goes on there.
"""

from __future__ import annotations

import itertools
import json
import math
import subprocess
import time
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from subprocess import PIPE

import gymnasium
import numpy as np
import torch

import mbrl_lib.envs  # noqa: F401  registers the environments
from benchmarks import peers
from benchmarks.evidence import ROOT, record
from mbrl_lib.data import RandomPolicy, collect, concatenate
from mbrl_lib.dynamics import (
    EnsembleDynamics,
    EnsembleSettings,
    FitSettings,
    TrajectorySampling,
    fit_ensemble,
)
from mbrl_lib.planning import (
    CEM,
    ICEM,
    MPC,
    MPPI,
    CEMSettings,
    ICEMSettings,
    MPPISettings,
    PlanningProblem,
)

PEER = "mbrl-lib"
RESULTS = ROOT / "results" / "planning_sweep"
BUILD = ROOT / "_build" / "planning_sweep"
STEPS = 200  # of an episode
TUNING_SEEDS, SEEDS = range(100, 104), range(10)
THRESHOLD = 80.0  # mean return of `STEPS` steps: the pole is up in the second swing, and stays


@dataclass(frozen=True)
class Setting:
    """One point of the sweep; what it leaves out is each library's own default."""

    planner: str  # "cem", "icem" or "mppi"
    candidates: int  # K
    horizon: int  # H
    particles: int  # P
    iterations: int  # rounds

    @property
    def name(self) -> str:
        """Such as `icem K64 H40 P5 I3`."""
        return (
            f"{self.planner} K{self.candidates} H{self.horizon} P{self.particles} "
            f"I{self.iterations}"
        )


SWEEP = [
    Setting(*values)
    for values in itertools.product(
        ("cem", "icem", "mppi"), (25, 50, 100, 200), (25, 40, 55), (5, 10), (1, 2, 4)
    )
]


# --- the model in which both plan -----------------------------------------------------------------


class _Disturbed:
    """Another policy with noise on its actions: what it shows the model is wider than its path."""

    def __init__(self, policy: MPC, random: np.random.Generator) -> None:
        self.policy, self.random = policy, random

    def reset(self) -> None:
        self.policy.reset()

    def act(self, observation: np.ndarray) -> np.ndarray:
        noise = self.random.normal(0, 0.3, size=1).astype(np.float32)
        return np.clip(self.policy.act(observation) + noise, -1, 1)


def model() -> EnsembleDynamics:
    """An ensemble trained on 1,000 random steps and 2,000 of disturbed MPC in the true model."""
    path = BUILD / "model.safetensors"
    if path.exists():
        return EnsembleDynamics.load(path)
    g, random = torch.Generator().manual_seed(0), np.random.default_rng(0)
    env = gymnasium.make("mbrl/CartPoleSwingUp-v0", max_episode_steps=STEPS)
    truth = MPC(ICEM(PlanningProblem.in_env(env), ICEMSettings(horizon=50)), g)
    episodes = collect(env, RandomPolicy(env, random), seed=0, steps=1_000)
    episodes += collect(env, _Disturbed(truth, random), seed=1, steps=2_000)
    found = EnsembleDynamics(EnsembleSettings(5, 1, hidden=(64, 64, 64)), g)
    fit_ensemble(found, concatenate(episodes), g, FitSettings(epochs=100, patience=15))
    BUILD.mkdir(parents=True, exist_ok=True)
    found.save(path)
    return found


def write_weights(ensemble: EnsembleDynamics, path: Path) -> None:
    """The ensemble for `peers/mbrl_lib_act.py`, which has no target normaliser.

    The network's outputs are in normalised changes; the last layer and the bounds of the
    log-variance are scaled instead. Arrays: `weight_i (E, inputs, outputs)`, `bias_i (E, 1,
    outputs)`, `min_logvar` and `max_logvar (E, 1, S)`, `mean` and `std (S + A,)` of the inputs.
    """
    network, target = ensemble.network, ensemble.target_normalizer
    layers = {f"weight_{i}": layer.weight for i, layer in enumerate(network.layers)}
    layers |= {f"bias_{i}": layer.bias for i, layer in enumerate(network.layers)}
    last = len(network.layers) - 1
    more = 2 * torch.log(target.std)
    scale = torch.cat([target.std, torch.ones_like(target.std)])
    layers[f"weight_{last}"] = layers[f"weight_{last}"] * scale
    layers[f"bias_{last}"] = layers[f"bias_{last}"] * scale + torch.cat([target.mean, more])
    layers["min_logvar"] = network.min_log_variance + more
    layers["max_logvar"] = network.max_log_variance + more
    layers["mean"], layers["std"] = ensemble.input_normalizer.mean, ensemble.input_normalizer.std
    np.savez(path, **{name: tensor.detach().numpy() for name, tensor in layers.items()})


# --- who acts -------------------------------------------------------------------------------------


class Ours:
    """Our planners."""

    name = "ours"

    def __init__(self, ensemble: EnsembleDynamics, env: gymnasium.Env) -> None:
        self.ensemble, self.env = ensemble, env

    def begin(self, setting: Setting, seed: int) -> None:
        """A new episode."""
        propagation = TrajectorySampling(self.ensemble, setting.particles)
        problem = PlanningProblem.in_env(self.env, propagation)
        k, h, i = setting.candidates, setting.horizon, setting.iterations
        elites = max(2, math.ceil(k / 10))
        planner = {
            "cem": lambda: CEM(problem, CEMSettings(k, h, i, elites)),
            "icem": lambda: ICEM(problem, ICEMSettings(k, h, i, elites)),
            "mppi": lambda: MPPI(problem, MPPISettings(k, h, i)),
        }[setting.planner]()
        self.agent = MPC(planner, torch.Generator().manual_seed(seed))

    def act(self, observation: np.ndarray) -> tuple[np.ndarray, float]:
        """The action and its CPU-seconds."""
        began = time.process_time()
        action = self.agent.act(observation)
        return action, time.process_time() - began


class Peer(AbstractContextManager):
    """mbrl-lib's planners, in a process of its own environment."""

    name = PEER

    def __init__(self, weights: Path) -> None:
        command = [peers.python_of(PEER), peers.HERE / "mbrl_lib_act.py", weights]
        self.process = subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True)

    def begin(self, setting: Setting, seed: int) -> None:
        """A new episode."""
        self._ask({**asdict(setting), "seed": seed})

    def act(self, observation: np.ndarray) -> tuple[np.ndarray, float]:
        """The action and its CPU-seconds, measured over there."""
        answer = self._ask({"observation": observation.tolist()})
        return np.array(answer["action"], dtype=np.float32), answer["cpu_seconds"]

    def __exit__(self, *error: object) -> None:
        self.process.stdin.close()
        self.process.wait()

    def _ask(self, question: dict) -> dict:
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{PEER}'s process has ended: {self.process.wait()}")
        return json.loads(answer)


# --- what is measured -----------------------------------------------------------------------------


def episode(who: Ours | Peer, env: gymnasium.Env, setting: Setting, seed: int) -> dict[str, float]:
    """Its return, and the CPU-seconds of an action."""
    who.begin(setting, seed)
    observation, _ = env.reset(seed=seed)
    total, spent, ended = 0.0, [], False
    while not ended:
        action, seconds = who.act(observation)
        observation, reward, terminated, truncated, _ = env.step(action)
        total, ended = total + reward, terminated or truncated
        spent.append(seconds)
    return {"return": total, "cpu_seconds": float(np.mean(spent))}


def cost(who: Ours | Peer, env: gymnasium.Env, setting: Setting) -> float:
    """CPU-seconds of an action, the median of 4 after one that is not counted."""
    who.begin(setting, 0)
    observation, _ = env.reset(seed=0)
    return float(np.median([who.act(observation)[1] for _ in range(5)][1:]))


class Kept:
    """What one side has been measured at: `results/planning_sweep/NAME.json`."""

    def __init__(self, name: str) -> None:
        self.path = RESULTS / f"{name}.json"
        self.costs: dict[str, float] = {}
        self.episodes: dict[str, dict[str, dict[str, float]]] = {}
        if self.path.exists():
            kept = json.loads(self.path.read_text())
            self.costs, self.episodes = kept["costs"], kept["episodes"]

    def write(self) -> None:
        """The file as it should be now."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"costs": self.costs, "episodes": self.episodes}, indent=1)
        self.path.write_text(text + "\n")


def cheapest(who: Ours | Peer, env: gymnasium.Env) -> tuple[Setting, list[dict[str, float]]]:
    """The cheapest setting that returns the threshold on tuning and held-out seeds, and the latter.

    Raises `RuntimeError` when none of the sweep does.
    """
    kept = Kept(who.name)
    for setting in SWEEP:
        if setting.name not in kept.costs:
            kept.costs[setting.name] = cost(who, env, setting)
    kept.write()

    def returns(setting: Setting, seeds: range) -> list[dict[str, float]]:
        done = kept.episodes.setdefault(setting.name, {})
        for count, seed in enumerate(seeds, 1):
            if str(seed) not in done:
                done[str(seed)] = episode(who, env, setting, seed)
                kept.write()
            so_far = [done[str(s)]["return"] for s in seeds[:count]]
            # what is missing brings STEPS each at most
            if sum(so_far) + STEPS * (len(seeds) - count) < THRESHOLD * len(seeds):
                break
        return [done[str(seed)] for seed in seeds if str(seed) in done]

    for setting in sorted(SWEEP, key=lambda s: kept.costs[s.name]):
        for seeds in (TUNING_SEEDS, SEEDS):
            found = returns(setting, seeds)
            mean = float(np.mean([one["return"] for one in found]))
            cpu = float(np.mean([one["cpu_seconds"] for one in found]))
            line = (
                f"{who.name}, {setting.name}: {mean:.1f} in {len(found)} of {len(seeds)} episodes"
            )
            print(f"{line}, {1000 * cpu:.1f} CPU-ms an action", flush=True)
            if len(found) < len(seeds) or mean < THRESHOLD:
                break
        else:
            return setting, found
    raise RuntimeError(f"{who.name}: no setting of the sweep returns {THRESHOLD:g}")


def ratio() -> None:
    """The row: CPU-seconds of an action by mbrl-lib over ours."""
    torch.set_num_threads(1)
    env = gymnasium.make("mbrl/CartPoleSwingUp-v0", max_episode_steps=STEPS)
    ensemble = model()
    write_weights(ensemble, BUILD / "weights.npz")
    ours, ours_found = cheapest(Ours(ensemble, env), env)
    with Peer(BUILD / "weights.npz") as peer:
        theirs, theirs_found = cheapest(peer, env)

    def mean(found: list[dict[str, float]], what: str) -> float:
        return float(np.mean([one[what] for one in found]))

    cpu, peer_cpu = (mean(found, "cpu_seconds") for found in (ours_found, theirs_found))
    record(
        "planning_cpu_ratio_mbrl_lib",
        "CPU-seconds of an action by mbrl-lib 0.2.0 over ours on cart-pole swing-up, both planning "
        f"in one learned ensemble, each by its cheapest of {len(SWEEP)} settings (planner, K, H, "
        f"P, rounds) that returns {THRESHOLD:g} in 200 steps on the mean of 10 held-out seeds: "
        f"mbrl-lib {theirs.name}, {1000 * peer_cpu:.1f} ms, return "
        f"{mean(theirs_found, 'return'):.1f}; ours {ours.name}, {1000 * cpu:.1f} ms, return "
        f"{mean(ours_found, 'return'):.1f}",
        ">= 2", round(peer_cpu / cpu, 2), "times", "make results only=planning_sweep",
        seeds=list(SEEDS),
    )  # fmt: skip
