"""The standard deviation is not divided by the root of N.

task: ps3-gain-tests
message: divide it by the root of N
"""
# %% ps3-gain
def replanning_gain(episode_return, intervals, horizon, seeds):
    if len(seeds) < 2:
        raise ValueError("at least two seeds")
    gain, error = [], []
    for interval in intervals:
        d = torch.tensor([episode_return(interval, s) - episode_return(horizon, s) for s in seeds])
        gain.append(d.mean())
        error.append(d.std())
    return torch.stack(gain), torch.stack(error)
