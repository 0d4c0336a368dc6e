"""Seeds are numbered 0, 1, ... instead of used as given.

task: ps3-gain-tests
message: KeyError
"""
# %% ps3-gain
def replanning_gain(episode_return, intervals, horizon, seeds):
    if len(seeds) < 2:
        raise ValueError("at least two seeds")
    gain, error = [], []
    for interval in intervals:
        d = torch.tensor([episode_return(interval, s) - episode_return(horizon, s) for s in range(len(seeds))])
        gain.append(d.mean())
        error.append(d.std() / len(seeds) ** 0.5)
    return torch.stack(gain), torch.stack(error)
