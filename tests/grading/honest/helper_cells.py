"""Helper functions in cells of their own, used by the answers.

assignment: ps2_random_shooting
"""
# %% helper
def one_step(dynamics, states, action):
    return states + [dynamics(states[-1], action)]
# %% helper after ps2-sample
MIDDLE = 0.5

def middle(low, high):
    return MIDDLE * (low + high)
# %% ps2-rollout
def rollout(dynamics, state, actions):
    states = [state.expand(len(actions), -1)]
    for action in actions.unbind(dim=1):
        states = one_step(dynamics, states, action)
    return torch.stack(states, dim=1)
# %% ps2-cem
def cem(evaluate, refit, low, high, horizon, candidates, elites, rounds, generator, warm_start=None):
    mean = middle(low, high) if warm_start is None else warm_start
    std = (high - low) / 2
    seen, worth = [], []
    for _ in range(rounds):
        noise = torch.randn(candidates, horizon, len(low), generator=generator)
        actions = (mean + std * noise).clamp(low, high)
        returns = evaluate(actions)
        seen.append(actions)
        worth.append(returns)
        mean, std = refit(actions, returns, elites)
    seen, worth = torch.cat(seen), torch.cat(worth)
    return seen[worth.argmax()], worth.max()
