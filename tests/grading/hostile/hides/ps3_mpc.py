"""Honest and mostly wrong: task 1 rolls the plan round, the policy repeats its first action."""
# %% ps3-shift
def shift(actions, steps=1):
    return actions.roll(-steps, dims=0)
# %% ps3-mpc
class MPC:
    def __init__(self, plan, shift, replan_every=1, warm_start=True):
        self.plan, self.shift = plan, shift

    def reset(self):
        pass

    def act(self, observation):
        return self.plan(torch.as_tensor(observation, dtype=torch.float32), None)[0]
