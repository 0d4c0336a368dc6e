"""The next state is used as input.

task: ps1-targets-tests
message: not known
"""
# %% ps1-targets
def inputs_and_targets(state, action, next_state):
    return torch.cat([next_state, action], dim=1), next_state - state
