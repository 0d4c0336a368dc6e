"""Standardises the targets by the batch's own statistics.

task: ps1-targets-tests
message: it must be
"""
# %% ps1-targets
def inputs_and_targets(state, action, next_state):
    change = next_state - state
    return torch.cat([state, action], dim=1), (change - change.mean(dim=0)) / (change.std(dim=0, correction=0) + 1e-6)
