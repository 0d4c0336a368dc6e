"""Methods that are properties: each look-up hands out another function.

assignment: ps3_mpc
row: beyond
effect: none
"""
# %% ps3-mpc
class MPC:
    def __init__(self, plan, shift, replan_every=1, warm_start=True):
        self.looks = 0

    @property
    def act(self):
        self.looks += 1
        if self.looks > 3:
            raise KeyboardInterrupt("no more")
        return lambda observation: self

    def reset(self):
        return self
