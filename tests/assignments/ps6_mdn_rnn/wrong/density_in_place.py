"""The caller's means are changed.

task: ps6-density-tests
message: changed in place
"""


# %% ps6-density
def mixture_log_prob(log_weights, mean, std, z):
    mean -= z.unsqueeze(2)
    distance = mean / std
    log_normal = -(distance**2) / 2 - std.log() - math.log(2 * math.pi) / 2
    return torch.logsumexp(log_weights + log_normal, dim=2)
