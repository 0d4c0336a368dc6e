"""The action comes before the state.

task: ps1-targets-tests
message: action comes first
"""
# %% ps1-targets
def inputs_and_targets(state, action, next_state):
    return torch.cat([action, state], dim=1), next_state - state
