"""It replans when the step of the episode divides by replan_every, plans used up or not.

task: ps3-mpc-order-tests ps3-mpc-warm-tests ps3-mpc-episodes-tests
message: IndexError
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
        self.actions, self.taken, self.t = None, 0, 0

    def act(self, observation):
        if self.t % self.replan_every == 0:
            guess = None
            if self.warm_start and self.actions is not None:
                guess = self.shift(self.actions, self.taken)
            state = torch.as_tensor(observation, dtype=torch.float32)
            self.actions, self.taken = self.plan(state, guess), 0
        action = self.actions[self.taken]
        self.taken += 1
        self.t += 1
        return action
