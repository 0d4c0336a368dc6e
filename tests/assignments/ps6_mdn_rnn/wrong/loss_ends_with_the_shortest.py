"""Stops where the shortest episode ends: the rest of the longer ones is never looked at.

task: ps6-loss-tests
message: shortest episode ends
"""


# %% ps6-loss
def sequence_loss(step, nll, memory, inputs, targets, mask):
    losses = []
    for t in range(mask.shape[1]):
        if not mask[:, t].all():
            break
        memory = step(inputs[:, t], memory)
        losses.append(nll(memory, targets[:, t]))
    return torch.stack(losses).mean()
