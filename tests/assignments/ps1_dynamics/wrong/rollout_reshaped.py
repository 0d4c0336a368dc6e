"""Time is stacked first and the result is reshaped, not transposed, to (B, H + 1, S).

task: ps1-rollout-tests
message: reshaped
"""
# %% ps1-rollout
def rollout(predict, state, actions):
    B, H, A = actions.shape
    states = [state]
    for h in range(H):
        states.append(predict(states[-1], actions[:, h]))
    return torch.stack(states).reshape(B, H + 1, -1)
