"""The pairs are torn apart: variances of both returns are added.

task: ps3-gain-tests
message: pairs are torn apart
"""
# %% ps3-gain
def replanning_gain(episode_return, intervals, horizon, seeds):
    if len(seeds) < 2:
        raise ValueError("at least two seeds")
    base = torch.tensor([episode_return(horizon, s) for s in seeds])
    gain, error = [], []
    for interval in intervals:
        new = torch.tensor([episode_return(interval, s) for s in seeds])
        gain.append(new.mean() - base.mean())
        error.append(((new.var() + base.var()) / len(seeds)).sqrt())
    return torch.stack(gain), torch.stack(error)
