"""Only the first entry of the action goes in.

task: ps1-targets-tests
message: all entries of the action
"""
# %% ps1-targets
def inputs_and_targets(state, action, next_state):
    inputs = torch.cat([state, action[:, 0].unsqueeze(1)], dim=1)
    return inputs, next_state - state
