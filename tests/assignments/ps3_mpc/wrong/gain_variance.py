"""The variance is divided by the root of N.

task: ps3-gain-tests
message: variance of the gains
"""
# %% ps3-gain
def replanning_gain(episode_return, intervals, horizon, seeds):
    if len(seeds) < 2:
        raise ValueError("at least two seeds")
    gain, error = [], []
    for interval in intervals:
        d = torch.tensor([episode_return(interval, s) - episode_return(horizon, s) for s in seeds])
        gain.append(d.mean())
        error.append(d.var() / len(seeds) ** 0.5)
    return torch.stack(gain), torch.stack(error)
