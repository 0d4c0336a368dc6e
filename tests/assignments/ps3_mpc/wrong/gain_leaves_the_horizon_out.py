"""An interval that is the horizon is left out of the result, since its gain is 0.

task: ps3-gain-tests
message: one gain for each interval
"""
# %% ps3-gain
def replanning_gain(episode_return, intervals, horizon, seeds):
    if len(seeds) < 2:
        raise ValueError("at least two seeds are needed")
    open_loop = torch.tensor([float(episode_return(horizon, seed)) for seed in seeds])
    gains = []
    for n in intervals:
        if n == horizon:
            continue
        closed = torch.tensor([float(episode_return(n, seed)) for seed in seeds])
        gains.append(closed - open_loop)
    gains = torch.stack(gains)
    return gains.mean(dim=1), gains.std(dim=1) / math.sqrt(len(seeds))
