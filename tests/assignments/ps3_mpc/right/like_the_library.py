"""The rest of the plan is shifted by one after each action, as the library does."""
# %% ps3-shift
def shift(actions, steps=1):
    kept = actions[steps:]
    return torch.cat([kept, actions[-1:].expand(len(actions) - len(kept), -1)])

# %% ps3-mpc
class MPC:
    def __init__(self, plan, shift, replan_every=1, warm_start=True):
        if replan_every < 1:
            raise ValueError("replan_every")
        self.plan, self.shift, self.replan_every, self.warm_start = plan, shift, replan_every, warm_start
        self.rest, self.left = None, 0

    def reset(self):
        self.rest, self.left = None, 0

    def act(self, observation):
        if self.left == 0:
            state = torch.as_tensor(observation).float()
            self.rest = self.plan(state, self.rest if self.warm_start else None)
            self.left = min(self.replan_every, self.rest.shape[0])
        action = self.rest[0].clone()
        self.rest = self.shift(self.rest, 1)
        self.left -= 1
        return action

# %% ps3-gain
def replanning_gain(episode_return, intervals, horizon, seeds):
    n = len(seeds)
    if n <= 1:
        raise ValueError("need two seeds")
    table = torch.empty(len(intervals) + 1, n, dtype=torch.float64)
    for i, interval in enumerate([horizon, *intervals]):
        for j, seed in enumerate(seeds):
            table[i, j] = episode_return(interval, seed)
    d = table[1:] - table[0]
    mean = d.sum(1) / n
    variance = ((d - mean[:, None]) ** 2).sum(1) / (n - 1)
    return [m for m in mean], (variance / n).sqrt()
