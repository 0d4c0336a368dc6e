"""Only NumPy observations are converted to float32; a float64 tensor is handed on.

task: ps3-mpc-order-tests
message: tensors are handed on
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
        if isinstance(observation, np.ndarray):
            observation = torch.from_numpy(observation).float()
        if self.actions is None:
            self.actions, self.taken = self.plan(observation, None), 0
        elif self.taken >= min(self.replan_every, len(self.actions)):
            guess = self.shift(self.actions, self.taken) if self.warm_start else None
            self.actions, self.taken = self.plan(observation, guess), 0
        self.taken += 1
        return self.actions[self.taken - 1]
