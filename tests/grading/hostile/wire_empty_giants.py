"""An array without elements and with four billion rows, returned and handed to a callback.

assignment: ps2_random_shooting
row: beyond
effect: crash
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    return torch.empty(2**32 - 1, 0)
# %% ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    return terminated(torch.empty(2**32 - 1, 0))
# %% honest ps2-rollout
def rollout(dynamics, state, actions):
    return torch.zeros(3)
# %% honest ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    return torch.zeros(len(actions))
