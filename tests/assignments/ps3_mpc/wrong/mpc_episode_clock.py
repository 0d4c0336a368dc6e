"""It replans when the step of the episode, not the count of actions of this plan, is a multiple.

task: ps3-mpc-order-tests
message: step of the episode.*when to plan
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
        self.t = 0

    def act(self, observation):
        state = torch.as_tensor(observation, dtype=torch.float32)
        used_up = self.actions is not None and self.taken == len(self.actions)
        if self.t % self.replan_every == 0 or used_up:
            guess = None
            if self.warm_start and self.actions is not None:
                guess = self.shift(self.actions, self.taken)
            self.actions, self.taken = self.plan(state, guess), 0
        action = self.actions[self.taken]
        self.taken += 1
        self.t += 1
        return action
