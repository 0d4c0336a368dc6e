"""reset() only sets the counter to 0, so the old plan begins again.

task: ps3-mpc-episodes-tests
message: leaves the old plan in place
"""
# %% ps3-mpc
class MPC:
    def __init__(self, plan, shift, replan_every=1, warm_start=True):
        if replan_every < 1:
            raise ValueError("replan_every must be at least 1")
        self.plan, self.shift = plan, shift
        self.replan_every, self.warm_start = replan_every, warm_start
        self.actions, self.taken = None, 0

    def reset(self):
        self.taken = 0

    def act(self, observation):
        if self.actions is None or self.taken >= min(self.replan_every, len(self.actions)):
            guess = None
            if self.warm_start and self.actions is not None:
                guess = self.shift(self.actions, self.taken)
            state = torch.as_tensor(observation, dtype=torch.float32)
            self.actions, self.taken = self.plan(state, guess), 0
        action = self.actions[self.taken]
        self.taken += 1
        return action
