"""Right answers, but every function of the test is first handed sixty megabytes, and remembers them.

assignment: ps2_random_shooting
row: beyond
effect: crash
"""
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    large = torch.zeros(7_500_000, 2)
    for _ in range(8):
        try:
            evaluate(large)
        except Exception:
            pass
    actions = sample()
    if warm_start is not None:
        actions = torch.cat([warm_start[None], actions[1:]])
    returns = evaluate(actions)
    return actions[returns.argmax()], returns.max()
# %% ps2-cem
def cem(evaluate, refit, low, high, horizon, candidates, elites, rounds, generator, warm_start=None):
    for _ in range(5):
        evaluate(torch.zeros(500_000, 8, 2, dtype=torch.float64))
    return low.expand(horizon, -1), 0.0
# %% honest ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    raise ValueError("no idea")
