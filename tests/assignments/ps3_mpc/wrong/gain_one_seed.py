"""One seed is accepted; its spread is said to be 0.

task: ps3-gain-tests
message: must raise ValueError
"""
# %% ps3-gain
def replanning_gain(episode_return, intervals, horizon, seeds):
    gain, error = [], []
    for interval in intervals:
        d = torch.tensor([episode_return(interval, s) - episode_return(horizon, s) for s in seeds])
        gain.append(d.mean())
        error.append(d.std(correction=min(1, len(seeds) - 1)) / len(seeds) ** 0.5)
    return torch.stack(gain), torch.stack(error)
