"""Dreams that are over go on.

task: ps8-returns-tests
message: go on earning
"""


# %% ps8-returns
def dream_returns(act, remember, predict, reward, done, z, memory, noise):
    returns, lengths = torch.zeros(len(z)), torch.zeros(len(z))
    alive = torch.ones(len(z), dtype=torch.bool)
    for chance in noise:
        memory = remember(z, act(z, memory), memory)
        z = predict(memory, chance)
        returns = returns + reward(memory)
        lengths = lengths + alive
        alive = alive & (done(memory) <= 0.5)
    return torch.where(returns.isnan(), -math.inf, returns), lengths
