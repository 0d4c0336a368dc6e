"""mbrl-lib's own planners act on cart-pole swing-up by a given ensemble; run in its environment.

argv: the ensemble's weights, an npz file by `benchmarks.planning_sweep.write_weights`.
stdin: a JSON object a line; stdout: one for each.
{"planner", "candidates", "horizon", "particles", "iterations", "seed"} begins an episode and is
answered by {}; {"observation"} by {"action", "cpu_seconds"}. The optimisers' other settings are
those of mbrl-lib's examples (examples/conf/action_optimizer).
"""

import functools
import json
import sys
import time

import gymnasium
import numpy as np
import omegaconf
import torch
from mbrl.models import GaussianMLP, ModelEnv, OneDTransitionRewardModel
from mbrl.planning import TrajectoryOptimizer

OPTIMIZERS = {
    "cem": {
        "_target_": "mbrl.planning.CEMOptimizer",
        "elite_ratio": 0.1,
        "alpha": 0.1,
        "return_mean_elites": True,
        "clipped_normal": False,
    },
    "icem": {
        "_target_": "mbrl.planning.ICEMOptimizer",
        "elite_ratio": 0.1,
        "population_decay_factor": 1.3,
        "colored_noise_exponent": 2.0,
        "keep_elite_frac": 0.1,
        "alpha": 0.1,
        "return_mean_elites": True,
        "population_size_module": None,  # set to the members: batches must be multiples of them
    },
    "mppi": {
        "_target_": "mbrl.planning.MPPIOptimizer",
        "gamma": 0.9,
        "sigma": 1.0,
        "beta": 0.9,
    },
}
S, A = 5, 1


def ensemble(path: str) -> OneDTransitionRewardModel:
    """mbrl-lib's own network with our weights: the same predictions."""
    kept = {name: torch.as_tensor(array) for name, array in np.load(path).items()}
    layers = sum(name.startswith("weight_") for name in kept)
    members, _, width = kept["weight_0"].shape
    network = GaussianMLP(
        S + A, S, "cpu", num_layers=layers - 1, ensemble_size=members, hid_size=width,
        propagation_method="fixed_model",
        activation_fn_cfg=omegaconf.OmegaConf.create({"_target_": "torch.nn.SiLU"}),
    )  # fmt: skip
    for number, layer in enumerate(
        [*(h[0] for h in network.hidden_layers), network.mean_and_logvar]
    ):
        layer.weight.data, layer.bias.data = kept[f"weight_{number}"], kept[f"bias_{number}"]
    network.min_logvar.data, network.max_logvar.data = kept["min_logvar"], kept["max_logvar"]
    model = OneDTransitionRewardModel(
        network, target_is_delta=True, normalize=True, learned_rewards=False
    )
    model.input_normalizer.mean, model.input_normalizer.std = kept["mean"][None], kept["std"][None]
    return model


def reward(action: torch.Tensor, next_state: torch.Tensor) -> torch.Tensor:
    upright = (1 + next_state[:, 2].clamp(-1, 1)) / 2
    return (upright * torch.exp(-(next_state[:, 0] ** 2) / 4))[:, None]


def terminated(action: torch.Tensor, next_state: torch.Tensor) -> torch.Tensor:
    return (next_state[:, 0].abs() > 2.4)[:, None]


class Spaces(gymnasium.Env):
    observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (S,))
    action_space = gymnasium.spaces.Box(-1, 1, (A,))


def planner(asked: dict, members: int) -> TrajectoryOptimizer:
    settings = dict(OPTIMIZERS[asked["planner"]])
    if asked["planner"] == "icem":
        settings["population_size_module"] = members
    return TrajectoryOptimizer(
        omegaconf.OmegaConf.create({
            **settings, "num_iterations": asked["iterations"],
            "population_size": asked["candidates"], "device": "cpu",
            "lower_bound": "???", "upper_bound": "???",
        }),
        np.full(A, -1.0), np.full(A, 1.0), asked["horizon"],
    )  # fmt: skip


def main() -> None:
    torch.set_num_threads(1)
    model = ensemble(sys.argv[1])
    env = ModelEnv(Spaces(), model, terminated, reward, torch.Generator().manual_seed(0))
    for line in sys.stdin:
        asked = json.loads(line)
        if "planner" in asked:
            torch.manual_seed(asked["seed"])
            np.random.seed(asked["seed"])  # noqa: NPY002  mbrl-lib draws from it
            env._rng.manual_seed(asked["seed"])
            optimizer, particles = planner(asked, len(model.model)), asked["particles"]
            print("{}", flush=True)
            continue
        state = np.array(asked["observation"], dtype=np.float32)
        began = time.process_time()
        actions = optimizer.optimize(
            functools.partial(
                env.evaluate_action_sequences, initial_state=state, num_particles=particles
            )
        )
        spent = time.process_time() - began
        action = np.clip(actions[0], -1, 1)
        print(json.dumps({"action": action.tolist(), "cpu_seconds": spent}), flush=True)


main()
