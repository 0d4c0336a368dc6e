"""The likelihood comes before the step.

task: ps6-loss-tests
message: before the memory
"""


# %% ps6-loss
def sequence_loss(step, nll, memory, inputs, targets, mask):
    total = 0
    for t in range(mask.shape[1]):
        before = memory
        memory = step(inputs[:, t], memory)
        total = total + (nll(before, targets[:, t]) * mask[:, t]).sum()
    return total / mask.sum()
