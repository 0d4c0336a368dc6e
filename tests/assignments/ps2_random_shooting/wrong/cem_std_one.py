"""The first std is 1 in every dimension.

task: ps2-cem-tests
message: first std must be half
"""
# %% ps2-cem
def cem(
    evaluate, refit, low, high, horizon, candidates, elites, rounds, generator, warm_start=None
):
    mean = ((low + high) / 2).expand(horizon, -1)
    if warm_start is not None:
        mean = warm_start
    std = torch.ones(len(low)).expand(horizon, -1)
    best, best_return = None, None
    for _ in range(rounds):
        noise = torch.randn(candidates, horizon, len(low), generator=generator)
        actions = (mean + std * noise).clamp(low, high)
        returns = evaluate(actions)
        leader = returns.argmax()
        if best is None or returns[leader] > best_return:
            best, best_return = actions[leader], returns[leader]
        mean, std = refit(actions, returns, elites)
    return best, best_return
