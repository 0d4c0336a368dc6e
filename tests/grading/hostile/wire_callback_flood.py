"""Calls the functions that it was given with large tensors, over and over.

assignment: ps2_random_shooting
row: beyond
effect: crash
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    import time
    end, large = time.monotonic() + 60, torch.zeros(1_500_000, len(state))
    while time.monotonic() < end:
        dynamics(large, torch.zeros(1_500_000, actions.shape[2]))
# %% honest ps2-rollout
def rollout(dynamics, state, actions):
    raise ValueError("no idea")
