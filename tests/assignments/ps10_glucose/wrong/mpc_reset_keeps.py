"""reset keeps the plan.

task: ps10-mpc-tests
message: rate of each plan|no guess for the first plan
"""


# %% ps10-mpc
class InsulinMPC:
    def __init__(self, plan, block, highest):
        self.plan, self.block, self.highest = plan, block, highest
        self.rates, self.held = None, 0

    def reset(self):
        self.held = 0

    def act(self, state, meal):
        guess, over = self.rates, self.held >= self.block
        if over:
            guess = torch.cat([guess[1:], guess[-1:]])
        if guess is None or over or meal > 0:
            self.rates, self.held = self.plan(state, guess), 0
        self.held += 1
        return float(self.rates[0].clamp(0, self.highest))
