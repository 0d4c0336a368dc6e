"""The standard deviation is divided by the root of the number of intervals, not of seeds.

task: ps3-gain-tests
message: root of the number of intervals
"""
# %% ps3-gain
def replanning_gain(episode_return, intervals, horizon, seeds):
    if len(seeds) < 2:
        raise ValueError("at least two seeds are needed")
    gains = torch.tensor([
        [float(episode_return(n, seed)) - float(episode_return(horizon, seed)) for seed in seeds]
        for n in intervals
    ])
    return gains.mean(dim=1), gains.std(dim=1) / math.sqrt(len(gains))
