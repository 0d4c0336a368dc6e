"""The negative of it.

task: ps6-density-tests
message: negative log
"""


# %% ps6-density
def mixture_log_prob(log_weights, mean, std, z):
    distance = (z.unsqueeze(2) - mean) / std
    log_normal = -(distance**2) / 2 - std.log() - math.log(2 * math.pi) / 2
    return -torch.logsumexp(log_weights + log_normal, dim=2)
