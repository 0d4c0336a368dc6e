"""The intervals are sorted, so that the gains come in another order than asked for.

task: ps3-gain-tests
message: intervals are sorted
"""
# %% ps3-gain
def replanning_gain(episode_return, intervals, horizon, seeds):
    if len(seeds) < 2:
        raise ValueError("at least two seeds are needed")
    gains = torch.tensor([
        [float(episode_return(n, seed)) - float(episode_return(horizon, seed)) for seed in seeds]
        for n in sorted(intervals)
    ])
    return gains.mean(dim=1), gains.std(dim=1) / math.sqrt(len(seeds))
