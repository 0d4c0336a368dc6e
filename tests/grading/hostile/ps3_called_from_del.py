"""A policy that asks the planner when it is thrown away, in the middle of somebody else's test.

assignment: ps3_mpc
row: beyond
hides: a policy that never acts
effect: none
"""
# %% ps3-mpc
class MPC:
    def __init__(self, plan, shift, replan_every=1, warm_start=True):
        self.plan, self.shift = plan, shift

    def reset(self):
        pass

    def act(self, observation):
        import gc
        circle = MPC(self.plan, self.shift)
        circle.itself = circle
        gc.set_threshold(1)
        return torch.zeros(1)

    def __del__(self):
        for _ in range(3):
            self.last = self.plan(torch.full((3,), float("nan")), None)
            self.shift(self.last, 10**9)
        raise SystemExit("asked when it was gone")
# %% honest ps3-mpc
class MPC:
    def __init__(self, plan, shift, replan_every=1, warm_start=True):
        pass

    def reset(self):
        pass

    def act(self, observation):
        return torch.zeros(1)
