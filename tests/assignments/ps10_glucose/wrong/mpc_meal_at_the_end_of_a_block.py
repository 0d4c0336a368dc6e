"""A meal that comes as the block ends gets the plan as it is, not moved on.

task: ps10-mpc-tests
message: not moved on although
"""


# %% ps10-mpc
class InsulinMPC:
    def __init__(self, plan, block, highest):
        self.plan, self.block, self.highest = plan, block, highest
        self.reset()

    def reset(self):
        self.rates, self.held = None, 0

    def act(self, state, meal):
        if self.rates is None:
            self.rates, self.held = self.plan(state, None), 0
        elif meal > 0:
            self.rates, self.held = self.plan(state, self.rates), 0
        elif self.held >= self.block:
            guess = torch.cat([self.rates[1:], self.rates[-1:]])
            self.rates, self.held = self.plan(state, guess), 0
        self.held += 1
        return min(max(float(self.rates[0]), 0.0), self.highest)
