"""A mean of each row's mean.

task: ps6-loss-tests
message: short episode
"""


# %% ps6-loss
def sequence_loss(step, nll, memory, inputs, targets, mask):
    total = 0
    for t in range(mask.shape[1]):
        memory = step(inputs[:, t], memory)
        total = total + (nll(memory, targets[:, t]) * mask[:, t] / mask.sum(dim=1)).sum()
    return total / len(mask)
