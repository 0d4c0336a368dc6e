"""Squeezes both results: a single dream loses its axis.

task: ps8-returns-tests
message: one number for each dream
"""


# %% ps8-returns
def dream_returns(act, remember, predict, reward, done, z, memory, noise):
    B = len(z)
    returns, lengths = torch.zeros(B), torch.zeros(B)
    alive = torch.ones(B, dtype=torch.bool)
    for t in range(len(noise)):
        action = act(z, memory)
        memory = remember(z, action, memory)
        z = predict(memory, noise[t])
        r = reward(memory)
        returns = torch.where(alive, returns + r, returns)
        lengths = lengths + alive
        alive = alive & ~(done(memory) > 0.5)
    returns = torch.where(returns.isnan(), -math.inf, returns)
    return returns.squeeze(), lengths.squeeze()
