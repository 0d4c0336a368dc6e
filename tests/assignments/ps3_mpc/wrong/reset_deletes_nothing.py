"""reset() deletes a plan that is not there yet and fails before the first act.

task: ps3-mpc-episodes-tests
message: AttributeError
"""
# %% ps3-mpc
class MPC:
    def __init__(self, plan, shift, replan_every=1, warm_start=True):
        if replan_every < 1:
            raise ValueError("replan_every must be at least 1")
        self.plan, self.shift = plan, shift
        self.replan_every, self.warm_start = replan_every, warm_start
        pass

    def reset(self):
        del self.actions

    def act(self, observation):
        state = torch.as_tensor(observation, dtype=torch.float32)
        if not hasattr(self, "actions"):
            self.actions, self.taken = self.plan(state, None), 0
        elif self.taken >= min(self.replan_every, len(self.actions)):
            guess = self.shift(self.actions, self.taken) if self.warm_start else None
            self.actions, self.taken = self.plan(state, guess), 0
        action = self.actions[self.taken]
        self.taken += 1
        return action
