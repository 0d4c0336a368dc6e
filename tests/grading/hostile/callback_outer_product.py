"""Hands a column and a row to a function of the test, whose sum is a square of gigabytes.

assignment: ps2_random_shooting
row: beyond
effect: crash
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    for size in (130_000, 60_000):
        try:
            dynamics(torch.zeros(size, 1), torch.zeros(1, size))
        except Exception:
            pass
    return torch.zeros(len(actions), actions.shape[1] + 1, len(state))
# %% honest ps2-rollout
def rollout(dynamics, state, actions):
    return torch.zeros(len(actions), actions.shape[1] + 1, len(state))
