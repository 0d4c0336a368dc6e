"""The plan belongs to the class: two patients share it.

task: ps10-mpc-tests
message: know nothing of each other|rate of each plan
"""


# %% ps10-mpc
class InsulinMPC:
    memory = {}

    def __init__(self, plan, block, highest):
        self.plan, self.block, self.highest = plan, block, highest
        self.reset()

    def reset(self):
        self.memory.update(rates=None, held=0)

    def act(self, state, meal):
        guess, over = self.memory["rates"], self.memory["held"] >= self.block
        if over:
            guess = torch.cat([guess[1:], guess[-1:]])
        if guess is None or over or meal > 0:
            self.memory.update(rates=self.plan(state, guess), held=0)
        self.memory["held"] += 1
        return float(self.memory["rates"][0].clamp(0, self.highest))
