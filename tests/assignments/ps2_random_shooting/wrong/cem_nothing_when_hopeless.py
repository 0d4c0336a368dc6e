"""Nothing is returned when all returns are -inf.

task: ps2-cem-tests
message: array of numbers
"""
# %% ps2-cem
def cem(
    evaluate, refit, low, high, horizon, candidates, elites, rounds, generator, warm_start=None
):
    mean = ((low + high) / 2).expand(horizon, -1)
    if warm_start is not None:
        mean = warm_start
    std = ((high - low) / 2).expand(horizon, -1)
    best, best_return = None, -torch.inf
    for _ in range(rounds):
        noise = torch.randn(candidates, horizon, len(low), generator=generator)
        actions = (mean + std * noise).clamp(low, high)
        returns = evaluate(actions)
        leader = returns.argmax()
        if returns[leader] > best_return:
            best, best_return = actions[leader], returns[leader]
        mean, std = refit(actions, returns, elites)
    return best, best_return
