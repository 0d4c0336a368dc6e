"""tqdm in a cell and in the answer.

assignment: ps2_random_shooting
"""
# %% helper
import time
from tqdm.auto import tqdm
from tqdm import tqdm as plain

for _ in plain(range(20)):
    time.sleep(0.001)
for _ in tqdm(range(20)):
    pass
# %% ps2-rollout
def rollout(dynamics, state, actions):
    pass
    states = [state.expand(len(actions), -1)]
    for action in plain(actions.unbind(dim=1), desc="rollout"):
        states.append(dynamics(states[-1], action))
    return torch.stack(states, dim=1)
