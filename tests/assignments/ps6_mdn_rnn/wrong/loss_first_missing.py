"""The first step is left out.

task: ps6-loss-tests
message: mean over all
"""


# %% ps6-loss
def sequence_loss(step, nll, memory, inputs, targets, mask):
    total = 0
    memory = step(inputs[:, 0], memory)
    for t in range(1, mask.shape[1]):
        memory = step(inputs[:, t], memory)
        total = total + (nll(memory, targets[:, t]) * mask[:, t]).sum()
    return total / mask.sum()
