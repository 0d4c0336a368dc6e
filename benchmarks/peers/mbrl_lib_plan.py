"""CPU-seconds of one plan by mbrl-lib's own classes, as JSON; run in the peer's environment.

argv: JSON with state, action, candidates, horizon, members, particles, hidden, layers, iterations,
elites, repeats.
"""

import json
import sys
import time

import gymnasium
import numpy as np
import omegaconf
import torch
from mbrl.models import GaussianMLP, ModelEnv, OneDTransitionRewardModel
from mbrl.planning import CEMOptimizer

torch.set_num_threads(1)
work = json.loads(sys.argv[1])
S, A = work["state"], work["action"]


class Spaces(gymnasium.Env):
    observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (S,))
    action_space = gymnasium.spaces.Box(-1, 1, (A,))


network = GaussianMLP(
    S + A, S, "cpu", num_layers=work["layers"], ensemble_size=work["members"],
    hid_size=work["hidden"], propagation_method="fixed_model",
    activation_fn_cfg=omegaconf.OmegaConf.create({"_target_": "torch.nn.SiLU"}),
)  # fmt: skip
model = OneDTransitionRewardModel(
    network, target_is_delta=True, normalize=True, learned_rewards=False
)
generator = torch.Generator().manual_seed(0)
env = ModelEnv(
    Spaces(), model,
    termination_fn=lambda action, state: torch.zeros(len(state), 1, dtype=torch.bool),
    reward_fn=lambda action, state: -state.square().sum(dim=1, keepdim=True),
    generator=generator,
)  # fmt: skip
bounds = np.full((work["horizon"], A), 1.0)
optimizer = CEMOptimizer(
    work["iterations"], work["elites"] / work["candidates"], work["candidates"],
    (-bounds).tolist(), bounds.tolist(), alpha=0.1, device=torch.device("cpu"),
)  # fmt: skip
start = np.zeros(S, dtype=np.float32)


def plan():
    return optimizer.optimize(
        lambda actions: env.evaluate_action_sequences(actions, start, work["particles"]),
        torch.zeros(work["horizon"], A),
    )


plan()
seconds = []
for _ in range(work["repeats"]):
    began = time.process_time()
    plan()
    seconds.append(time.process_time() - began)
print(json.dumps(seconds))
