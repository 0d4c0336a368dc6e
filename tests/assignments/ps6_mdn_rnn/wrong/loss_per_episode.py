"""The sum over the steps, averaged over the episodes.

task: ps6-loss-tests
message: number of episodes
"""


# %% ps6-loss
def sequence_loss(step, nll, memory, inputs, targets, mask):
    total = torch.zeros(len(mask))
    for t in range(mask.shape[1]):
        memory = step(inputs[:, t], memory)
        total = total + mask[:, t] * nll(memory, targets[:, t])
    return total.mean()
