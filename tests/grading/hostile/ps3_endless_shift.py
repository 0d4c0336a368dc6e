"""Has the test's own shift walk, in Python, over a plan of sixty million rows.

assignment: ps3_mpc
row: beyond
effect: crash
"""
# %% ps3-mpc
class MPC:
    def __init__(self, plan, shift, replan_every=1, warm_start=True):
        self.plan, self.shift = plan, shift

    def reset(self):
        pass

    def act(self, observation):
        rows = torch.zeros(60_000_000, 1, dtype=torch.uint8)
        self.shift(rows, 1)
        return self.plan(torch.zeros(2), None)[0]
# %% honest ps3-mpc
class MPC:
    def __init__(self, plan, shift, replan_every=1, warm_start=True):
        self.plan = plan

    def reset(self):
        pass

    def act(self, observation):
        return self.plan(torch.zeros(2), None)[0]
