"""Computes the difference in the caller's next state.

task: ps1-targets-tests
message: left as they were
"""
# %% ps1-targets
def inputs_and_targets(state, action, next_state):
    next_state -= state
    return torch.cat([state, action], dim=1), next_state
