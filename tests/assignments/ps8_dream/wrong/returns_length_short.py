"""The last step is not counted.

task: ps8-returns-tests
message: last step
"""


# %% ps8-returns
def dream_returns(act, remember, predict, reward, done, z, memory, noise):
    returns, lengths = torch.zeros(len(z)), torch.zeros(len(z))
    alive = torch.ones(len(z), dtype=torch.bool)
    for chance in noise:
        memory = remember(z, act(z, memory), memory)
        z = predict(memory, chance)
        returns = torch.where(alive, returns + reward(memory), returns)
        alive = alive & (done(memory) <= 0.5)
        lengths = lengths + alive
    return torch.where(returns.isnan(), -math.inf, returns), lengths
