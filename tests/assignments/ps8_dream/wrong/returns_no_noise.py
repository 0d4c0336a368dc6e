"""The noise is not used.

task: ps8-returns-tests
message: rewards of all
"""


# %% ps8-returns
def dream_returns(act, remember, predict, reward, done, z, memory, noise):
    returns, lengths = torch.zeros(len(z)), torch.zeros(len(z))
    alive = torch.ones(len(z), dtype=torch.bool)
    for chance in noise:
        memory = remember(z, act(z, memory), memory)
        z = predict(memory, 0 * chance)
        returns = torch.where(alive, returns + reward(memory), returns)
        lengths = lengths + alive
        alive = alive & (done(memory) <= 0.5)
    return torch.where(returns.isnan(), -math.inf, returns), lengths
