"""CPU-seconds of planning by pytorch-mppi, as JSON; run in the peer's environment.

The network is that of one member, called for all particles by a plain function, as its users do.
One command is one round of K rollouts; `iterations` of them are the same work as one plan of ours.
argv: JSON as for `mbrl_lib_plan.py`.
"""

import itertools
import json
import sys
import time

import torch
from pytorch_mppi import MPPI

torch.set_num_threads(1)
torch.manual_seed(0)
work = json.loads(sys.argv[1])
S, A, W, E = work["state"], work["action"], work["hidden"], work["members"]
sizes = [S + A, *[W] * work["layers"], 2 * S]
weights = [torch.randn(E, a, b) / a**0.5 for a, b in itertools.pairwise(sizes)]
biases = [torch.zeros(E, 1, b) for b in sizes[1:]]
each = work["particles"] // E


def dynamics(state, action):
    """All particles of all candidates, `(P K, S)`; members own equal shares."""
    x = torch.cat([state, action], dim=-1).reshape(E, -1, S + A)
    for number, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        x = torch.baddbmm(bias, x, weight)
        if number < work["layers"]:
            x = torch.nn.functional.silu(x)
    mean, log_variance = x.chunk(2, dim=-1)
    change = mean + torch.exp(0.5 * log_variance.clamp(-10, 0.5)) * torch.randn_like(mean)
    return state + 0.1 * change.reshape(state.shape)


planner = MPPI(
    dynamics, lambda state, action: state.square().sum(dim=-1), S, torch.eye(A),
    num_samples=work["candidates"] * work["particles"], horizon=work["horizon"],
    lambda_=1.0, u_min=torch.full((A,), -1.0), u_max=torch.full((A,), 1.0),
)  # fmt: skip


def plan():
    with torch.no_grad():
        for _ in range(work["iterations"]):
            planner.command(torch.zeros(S))


plan()
seconds = []
for _ in range(work["repeats"]):
    began = time.process_time()
    plan()
    seconds.append(time.process_time() - began)
print(json.dumps(seconds))
