"""The entries of each action are shifted, not the time steps.

task: ps3-shift-tests
message: entries [(]A[)] are shifted
"""
# %% ps3-shift
def shift(actions, steps=1):

    index = (torch.arange(actions.shape[1]) + steps).clamp(max=actions.shape[1] - 1)
    return actions[:, index]
