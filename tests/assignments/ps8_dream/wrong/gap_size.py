"""The size of the difference: an agent that does better in reality looks flattered.

task: ps8-gap-tests
message: size of the difference
"""


# %% ps8-gap
def gap(dream, real):
    difference = (dream.mean() - real.mean()).abs()
    return difference, torch.sqrt(dream.var() / len(dream) + real.var() / len(real))
