"""Writes nonsense to every descriptor found in /proc/self/fd.

assignment: ps2_random_shooting
row: beyond
effect: crash
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    import os
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2:
            try:
                os.write(int(name), b"\x05\x00\x00\x00tgarb" * 3)
            except OSError:
                pass
    return torch.zeros(len(actions), actions.shape[1] + 1, len(state))
# %% honest ps2-rollout
def rollout(dynamics, state, actions):
    return torch.zeros(len(actions), actions.shape[1] + 1, len(state))
