"""reset() makes it plan afresh, but from the rest of the old plan.

task: ps3-mpc-episodes-tests
message: starts from its rest
"""
# %% ps3-mpc
class MPC:
    def __init__(self, plan, shift, replan_every=1, warm_start=True):
        if replan_every < 1:
            raise ValueError("replan_every must be at least 1")
        self.plan, self.shift = plan, shift
        self.replan_every, self.warm_start = replan_every, warm_start
        self.actions, self.taken, self.fresh = None, 0, True

    def reset(self):
        self.fresh = True

    def act(self, observation):
        if self.fresh or self.taken >= min(self.replan_every, len(self.actions)):
            guess = None
            if self.warm_start and self.actions is not None:
                guess = self.shift(self.actions, self.taken)
            state = torch.as_tensor(observation, dtype=torch.float32)
            self.actions, self.taken = self.plan(state, guess), 0
            self.fresh = False
        action = self.actions[self.taken]
        self.taken += 1
        return action
