"""Joined along the batch.

task: ps1-targets-tests
message: must not raise
"""
# %% ps1-targets
def inputs_and_targets(state, action, next_state):
    return torch.cat([state, action]), next_state - state
