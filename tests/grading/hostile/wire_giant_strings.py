"""Returns a string of 30 MB, raises one, and names its class with one.

assignment: ps2_random_shooting
row: beyond
effect: crash
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    return "\0" * (30 * 2**20)
# %% ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    raise type("E" * 30_000_000, (ValueError,), {})("x" * 30_000_000)
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    return [["y" * 200] * 100 for _ in range(1000)]
# %% ps2-refit
def refit(actions, returns, elites):
    return type("H" * 30_000_000, (), {})(), 1
# %% honest ps2-rollout
def rollout(dynamics, state, actions):
    return "no idea"
# %% honest ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    raise ValueError("no idea")
# %% honest ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    return []
# %% honest ps2-refit
def refit(actions, returns, elites):
    return 1, 1
