"""A plan that has been used up is forgotten, so that open loop gets no guess.

task: ps3-mpc-warm-tests
message: used up is forgotten
"""
# %% ps3-mpc
class MPC:
    def __init__(self, plan, shift, replan_every=1, warm_start=True):
        if replan_every < 1:
            raise ValueError("replan_every must be at least 1")
        self.plan, self.shift = plan, shift
        self.replan_every, self.warm_start = replan_every, warm_start
        self.reset()

    def reset(self):
        self.actions = None
        self.taken = 0

    def act(self, observation):
        state = torch.as_tensor(observation, dtype=torch.float32)
        if self.actions is not None and self.taken == len(self.actions):
            self.reset()  # nothing is left of it
        if self.actions is None or self.taken == self.replan_every:
            guess = None
            if self.warm_start and self.actions is not None:
                guess = self.shift(self.actions, self.taken)
            self.actions, self.taken = self.plan(state, guess), 0
        action = self.actions[self.taken]
        self.taken += 1
        return action
