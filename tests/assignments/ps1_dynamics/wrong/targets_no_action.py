"""The action is forgotten.

task: ps1-targets-tests
message: side by side
"""
# %% ps1-targets
def inputs_and_targets(state, action, next_state):
    return state, next_state - state
