"""The last reward is left out.

task: ps8-returns-tests
message: step in which a dream ends
"""


# %% ps8-returns
def dream_returns(act, remember, predict, reward, done, z, memory, noise):
    returns, lengths = torch.zeros(len(z)), torch.zeros(len(z))
    alive = torch.ones(len(z), dtype=torch.bool)
    for chance in noise:
        memory = remember(z, act(z, memory), memory)
        z = predict(memory, chance)
        alive = alive & (done(memory) <= 0.5)
        returns = torch.where(alive, returns + reward(memory), returns)
        lengths = lengths + alive
    return torch.where(returns.isnan(), -math.inf, returns), lengths
