"""z gets no axis for the components: it is compared along the wrong ones, or not at all.

task: ps6-density-tests
message: must not raise
"""


# %% ps6-density
def mixture_log_prob(log_weights, mean, std, z):
    u = (z - mean) / std
    terms = log_weights - 0.5 * u**2 - std.log() - 0.5 * math.log(2 * math.pi)
    return torch.logsumexp(terms, dim=2)
