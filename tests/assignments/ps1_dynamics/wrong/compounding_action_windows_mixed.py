"""The windows of actions from unfold are reshaped, not transposed: steps and entries are mixed.

task: ps1-compounding-tests
message: mixed up
"""
# %% ps1-compounding
def compounding_error(roll, states, actions, horizon):
    S, A = states.shape[2], actions.shape[2]
    truth = states.unfold(1, horizon + 1, 1).transpose(2, 3).reshape(-1, horizon + 1, S)
    chosen = actions.unfold(1, horizon, 1).reshape(-1, horizon, A)
    foreseen = roll(truth[:, 0], chosen)
    return ((foreseen - truth)[:, 1:] ** 2).mean(dim=(0, 2)).sqrt()
