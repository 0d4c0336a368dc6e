"""The memory is not handed on.

task: ps6-loss-tests
message: not handed on
"""


# %% ps6-loss
def sequence_loss(step, nll, memory, inputs, targets, mask):
    total = 0
    for t in range(mask.shape[1]):
        now = step(inputs[:, t], memory)
        total = total + (nll(now, targets[:, t]) * mask[:, t]).sum()
    return total / mask.sum()
