"""The difference has the wrong sign.

task: ps1-targets-tests
message: sign is turned round
"""
# %% ps1-targets
def inputs_and_targets(state, action, next_state):
    return torch.cat([state, action], dim=1), state - next_state
