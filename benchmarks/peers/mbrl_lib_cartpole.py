"""Transitions of mbrl-lib's continuous cart-pole, as JSON; run in the peer's environment.

Each trajectory starts where the peer's own reset puts it and follows random actions until it
terminates, then more start further out, where sine and cosine matter.
"""

import json

import numpy as np
from mbrl.env.cartpole_continuous import CartPoleEnv

trajectories = []
for seed in range(24):
    env = CartPoleEnv()
    state, _ = env.reset(seed=seed)
    random = np.random.default_rng(seed)
    if seed >= 8:
        state = random.uniform([-2, -3, -0.2, -3], [2, 3, 0.2, 3])
        env.state = tuple(state)
    states, actions, rewards, ended = [state.tolist()], [], [], False
    while not ended and len(actions) < 40:
        action = random.uniform(-1, 1, size=1)
        state, reward, ended, _, _ = env.step(action)
        states.append(state.tolist())
        actions.append(action.tolist())
        rewards.append(reward)
    trajectories.append(
        {"states": states, "actions": actions, "rewards": rewards, "terminated": ended}
    )
print(json.dumps(trajectories))
