"""Objects whose methods, names and attributes answer something else every time.

assignment: ps2_random_shooting
row: beyond
effect: none
"""
# %% helper
class Liar:
    count = 0

    def __getattr__(self, name):
        Liar.count += 1
        if Liar.count % 3 == 0:
            raise BaseException("liar")
        return self if Liar.count % 2 else 5

    def __call__(self, *a, **k):
        return self
# %% ps2-rollout
rollout = Liar()
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    return Liar(), Liar()
# %% honest ps2-rollout
rollout = None
# %% honest ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    return None
