"""The change relative to the state.

task: ps1-targets-tests
message: relative to the state
"""
# %% ps1-targets
def inputs_and_targets(state, action, next_state):
    return torch.cat([state, action], dim=1), (next_state - state) / state
