"""Plain loops and lists."""
# %% ps3-shift
def shift(actions, steps=1):
    rows = [row for row in actions]
    for _ in range(steps):
        rows = rows[1:] + [rows[-1]]
    return torch.stack(rows)

# %% ps3-mpc
class MPC:
    def __init__(self, plan, shift, replan_every=1, warm_start=True):
        if replan_every <= 0:
            raise ValueError(replan_every)
        self.planner = plan
        self.move = shift
        self.every = replan_every
        self.warm = warm_start
        self.rest = []
        self.last = None
        self.used = 0

    def reset(self):
        self.rest, self.last, self.used = [], None, 0

    def act(self, observation):
        if not self.rest:
            guess = self.move(self.last, self.used) if self.warm and self.last is not None else None
            self.last = self.planner(torch.tensor(np.asarray(observation), dtype=torch.float32), guess)
            self.rest = list(self.last[: self.every])
            self.used = 0
        self.used += 1
        return self.rest.pop(0)

# %% ps3-run-episode
def run_episode(step, act, state, steps):
    transitions = []
    done = False
    while not done and len(transitions) < steps:
        action = act(state)
        following, reward, done = step(state, action)
        transitions.append((state, action, reward))
        state = following
    s, a, r = zip(*transitions)
    return torch.stack([*s, state]), torch.stack(a), torch.tensor(r)

# %% ps3-gain
def replanning_gain(episode_return, intervals, horizon, seeds):
    if len(seeds) < 2:
        raise ValueError("at least two seeds")
    gain, error = [], []
    for interval in intervals:
        d = torch.tensor([episode_return(interval, s) - episode_return(horizon, s) for s in seeds])
        gain.append(d.mean())
        error.append(d.std() / len(seeds) ** 0.5)
    return torch.stack(gain), torch.stack(error)
