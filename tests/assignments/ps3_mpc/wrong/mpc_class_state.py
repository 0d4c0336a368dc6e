"""The plan is kept on the class, so all policies share it.

task: ps3-mpc-episodes-tests
message: know nothing of each other|kept on the class
"""
# %% ps3-mpc
class MPC:
    def __init__(self, plan, shift, replan_every=1, warm_start=True):
        if replan_every < 1:
            raise ValueError("replan_every must be at least 1")
        self.plan, self.shift = plan, shift
        self.replan_every, self.warm_start = replan_every, warm_start
        MPC.actions, MPC.taken = None, 0

    def reset(self):
        MPC.actions, MPC.taken = None, 0

    def act(self, observation):
        if self.actions is None or self.taken >= min(self.replan_every, len(self.actions)):
            guess = None
            if self.warm_start and self.actions is not None:
                guess = self.shift(self.actions, self.taken)
            state = torch.as_tensor(observation, dtype=torch.float32)
            MPC.actions, MPC.taken = self.plan(state, guess), 0
        action = self.actions[self.taken]
        MPC.taken += 1
        return action
