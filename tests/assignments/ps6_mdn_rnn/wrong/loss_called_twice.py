"""The likelihood is asked twice.

task: ps6-loss-tests
message: called once
"""


# %% ps6-loss
def sequence_loss(step, nll, memory, inputs, targets, mask):
    total = 0
    for t in range(mask.shape[1]):
        memory = step(inputs[:, t], memory)
        nll(memory, targets[:, t])
        total = total + (nll(memory, targets[:, t]) * mask[:, t]).sum()
    return total / mask.sum()
