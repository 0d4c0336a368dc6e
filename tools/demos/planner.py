"""The planner demo: two ensembles of the cart-pole, one that saw little and one that saw much.

Both see the same kind of experience, pieces of ten random actions from starts all over the state
space, so that they differ in how much they saw and in nothing else.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mbrl_lib.dynamics import (
    EnsembleDynamics,
    EnsembleSettings,
    FitSettings,
    IndependentRollouts,
    fit_ensemble,
)
from mbrl_lib.envs.cartpole import CartPoleParameters, CartPoleSwingUp
from mbrl_lib.types import Batch
from tools.demos import round_to_float16

STEP = 0.04  # s: twice the environment's, so that 20 steps are long enough to swing up
PIECE = 10  # steps from one start
ENV = CartPoleSwingUp(parameters=CartPoleParameters(time_step=STEP))
SHAPE = EnsembleSettings(state_size=5, action_size=1, members=5, hidden=(32, 32))
STEPS = {"little": 200, "much": 6000}
FITTING = {
    "little": FitSettings(epochs=1000, learning_rate=3e-3, patience=30),
    "much": FitSettings(epochs=200, learning_rate=3e-3, patience=30),
}
SEED = 0
HORIZON = 20  # of the golden rollouts


def experience(steps: int, random: np.random.Generator) -> Batch:
    """`steps` transitions in the true dynamics, from starts that are drawn every `PIECE` steps."""
    pieces = -(-steps // PIECE)
    state, transitions = starts(pieces, random), []
    for _ in range(PIECE):
        action = torch.from_numpy(random.uniform(-1, 1, size=(pieces, 1)))
        after = ENV.transition(state, action)
        transitions.append((state, action, ENV.reward(state, action, after), after))
        state = after
    fields = [torch.cat(column)[:steps].float() for column in zip(*transitions, strict=True)]
    never = torch.zeros(steps, dtype=torch.bool)
    return Batch(*fields, ENV.terminated(fields[3]), never)


def starts(count: int, random: np.random.Generator) -> Tensor:
    """`(count, 5)` states, float64: anywhere on the track, at any angle, moving and turning."""
    edge = np.array([2.0, 3.0, math.pi, 9.0])
    x, speed, angle, turning = random.uniform(-edge, edge, size=(count, 4)).T
    return torch.from_numpy(np.stack([x, speed, np.cos(angle), np.sin(angle), turning], axis=1))


def train(name: str) -> EnsembleDynamics:
    """The ensemble `name`, its weights rounded as they are exported."""
    generator = torch.Generator().manual_seed(SEED)
    model = EnsembleDynamics(SHAPE, generator)
    data = experience(STEPS[name], np.random.default_rng(SEED))
    fit_ensemble(model, data, generator, FITTING[name])
    return round_to_float16(model)


def tensors(model: EnsembleDynamics) -> dict[str, np.ndarray]:
    """What the demo needs to predict means: of the last layer its first half."""
    found = {}
    for number, layer in enumerate(model.network.layers):
        found[f"weight_{number}"], found[f"bias_{number}"] = layer.weight, layer.bias
    last = len(model.network.layers) - 1
    for key in (f"weight_{last}", f"bias_{last}"):
        found[key] = found[key][..., : SHAPE.state_size]
    for side, normalizer in (
        ("input", model.input_normalizer),
        ("target", model.target_normalizer),
    ):
        found[f"{side}_mean"], found[f"{side}_std"] = normalizer.mean, normalizer.std
    return {key: value.detach().numpy().astype(np.float16) for key, value in found.items()}


def golden(model: EnsembleDynamics, random: np.random.Generator) -> dict[str, Any]:
    """One step from 32 states, and whole rollouts of 8 action sequences, by each member."""
    state = starts(32, random).float()
    action = torch.from_numpy(random.uniform(-1, 1, size=(32, 1))).float()
    sequences = torch.from_numpy(random.uniform(-1, 1, size=(8, HORIZON, 1))).float()
    rollouts = IndependentRollouts(model)
    path = [state[:8].expand(model.members, -1, -1)]
    with torch.no_grad():
        for h in range(HORIZON):
            path.append(rollouts.step(path[-1], sequences[:, h], None))
        one = model.predict(state, action).mean
    return {
        "state": state.tolist(), "action": action[:, 0].tolist(), "next": one.tolist(),
        "sequences": sequences[..., 0].tolist(), "paths": torch.stack(path[1:]).tolist(),
    }  # fmt: skip


def truth(random: np.random.Generator) -> dict[str, Any]:
    """The true dynamics and their rewards from 32 states."""
    state = starts(32, random)
    action = torch.from_numpy(random.uniform(-1, 1, size=(32, 1)))
    after = ENV.transition(state, action)
    return {
        "state": state.tolist(), "action": action[:, 0].tolist(), "next": after.tolist(),
        "reward": ENV.reward(state, action, after).tolist(),
    }  # fmt: skip


def export() -> tuple[dict[str, Any], dict[str, Any]]:
    """Train both ensembles (a minute on one thread); see `tools.demos`."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # small products; and the same sums in the same order everywhere
    models = {name: train(name) for name in STEPS}
    torch.set_num_threads(threads)
    arrays = {
        f"{name}.{key}": array for name, model in models.items()
        for key, array in tensors(model).items()
    }  # fmt: skip
    random = np.random.default_rng(SEED + 1)
    values = {name: golden(model, random) for name, model in models.items()}
    meta = {"steps": STEPS, "step_seconds": STEP, "members": SHAPE.members}
    return {"meta": meta, "tensors": arrays}, values | {"truth": truth(random)}
