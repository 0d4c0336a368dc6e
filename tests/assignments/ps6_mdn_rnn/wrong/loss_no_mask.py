"""The mask is not used.

task: ps6-loss-tests
message: mask is not used
"""


# %% ps6-loss
def sequence_loss(step, nll, memory, inputs, targets, mask):
    total = 0
    for t in range(mask.shape[1]):
        memory = step(inputs[:, t], memory)
        total = total + (nll(memory, targets[:, t])).sum()
    return total / mask.numel()
