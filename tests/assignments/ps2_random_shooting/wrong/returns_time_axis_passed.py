"""The reward is handed states with their time axis.

task: ps2-returns-tests
message: rows, no time
"""
# %% ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    r = reward(states[:, :-1], actions, states[:, 1:])
    weights = discount ** torch.arange(actions.shape[1])
    return (weights * r).sum(dim=1)
