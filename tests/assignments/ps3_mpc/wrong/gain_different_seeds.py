"""Open loop meets the seeds in another order.

task: ps3-gain-tests
message: divisor N - 1
"""
# %% ps3-gain
def replanning_gain(episode_return, intervals, horizon, seeds):
    if len(seeds) < 2:
        raise ValueError("at least two seeds")
    gain, error = [], []
    for interval in intervals:
        d = torch.tensor([episode_return(interval, s) - episode_return(horizon, z) for s, z in zip(seeds, seeds[::-1])])
        gain.append(d.mean())
        error.append(d.std() / len(seeds) ** 0.5)
    return torch.stack(gain), torch.stack(error)
