"""The caller's z is changed.

task: ps8-returns-tests
message: changed in place
"""


# %% ps8-returns
def dream_returns(act, remember, predict, reward, done, z, memory, noise):
    returns, lengths, start = torch.zeros(len(z)), torch.zeros(len(z)), z
    alive = torch.ones(len(z), dtype=torch.bool)
    for chance in noise:
        memory = remember(z, act(z, memory), memory)
        z = predict(memory, chance)
        start.copy_(z)
        returns = torch.where(alive, returns + reward(memory), returns)
        lengths = lengths + alive
        alive = alive & (done(memory) <= 0.5)
    return torch.where(returns.isnan(), -math.inf, returns), lengths
