"""Log-sum-exp by hand with one maximum for the whole batch: latents far below it underflow.

task: ps6-density-tests
message: underflow
"""


# %% ps6-density
def mixture_log_prob(log_weights, mean, std, z):
    u = (z.unsqueeze(-1) - mean) / std
    terms = log_weights - 0.5 * u**2 - torch.log(std) - 0.5 * math.log(2 * math.pi)
    highest = terms.max()
    return highest + torch.log(torch.exp(terms - highest).sum(dim=-1))
