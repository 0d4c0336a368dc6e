"""The best return so far begins at -1e9, so when all are -inf a mean nobody evaluated comes back.

task: ps2-cem-tests
message: begins with a finite number
"""
# %% ps2-cem
def cem(
    evaluate, refit, low, high, horizon, candidates, elites, rounds, generator, warm_start=None
):
    mean = ((low + high) / 2).repeat(horizon, 1) if warm_start is None else warm_start
    std = ((high - low) / 2).repeat(horizon, 1)
    best, best_return = mean, torch.tensor(-1e9)
    for _ in range(rounds):
        noise = torch.randn(candidates, horizon, len(low), generator=generator)
        actions = torch.minimum(torch.maximum(mean + std * noise, low), high)
        returns = evaluate(actions)
        k = returns.argmax()
        if returns[k] > best_return:
            best, best_return = actions[k], returns[k]
        mean, std = refit(actions, returns, elites)
    return best, best_return
