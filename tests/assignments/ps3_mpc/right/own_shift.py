"""MPC shifts by itself and keeps a generator of actions; the episode preallocates."""
# %% ps3-mpc
class MPC:
    def __init__(self, plan, shift, replan_every=1, warm_start=True):
        assert_every = int(replan_every)
        if assert_every < 1:
            raise ValueError("replan_every must be positive")
        self.config = (plan, assert_every, bool(warm_start))
        self.reset()

    def reset(self):
        self.queue = None
        self.guess = None

    def act(self, observation):
        plan, every, warm = self.config
        action = next(self.queue, None) if self.queue is not None else None
        if action is None:
            actions = plan(torch.as_tensor(np.asarray(observation)).to(torch.float32), self.guess)
            n = min(every, len(actions))
            if warm:
                self.guess = torch.cat([actions[n:], actions[-1].repeat(n, 1)])
            self.queue = iter(actions[:n].clone())
            action = next(self.queue)
        return action

# %% ps3-run-episode
def run_episode(step, act, state, steps):
    states = torch.zeros(steps + 1, len(state))
    states[0] = state
    actions, rewards = [], torch.zeros(steps)
    for t in range(steps):
        actions.append(act(states[t].clone()))
        states[t + 1], rewards[t], over = step(states[t].clone(), actions[t])
        if over:
            return states[: t + 2], torch.stack(actions), rewards[: t + 1]
    return states, torch.stack(actions), rewards

# %% ps3-shift
def shift(actions, steps=1):
    padded = torch.vstack([actions] + [actions[-1]] * steps)
    return padded[-len(actions):]
