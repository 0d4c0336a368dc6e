"""The target is the next state itself.

task: ps1-targets-tests
message: difference to it was asked
"""
# %% ps1-targets
def inputs_and_targets(state, action, next_state):
    return torch.cat([state, action], dim=1), next_state
