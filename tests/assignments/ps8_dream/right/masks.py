"""Masks that multiply what cannot be NaN any more, distributions, closures in the class."""


# %% ps8-heat
def heat(log_weights, std, temperature):
    if not temperature > 0:
        raise ValueError("above 0, please")
    return torch.distributions.Categorical(logits=log_weights / temperature).logits, std.mul(
        temperature**0.5
    )


# %% ps8-ends
def ends(probability, threshold, uniform):
    limit = uniform if threshold is None else torch.full_like(uniform, threshold)
    return torch.gt(probability, limit)


# %% ps8-dream
class Dream:
    def __init__(self, remember, predict, reward, done, horizon):
        def episode(z, memory):
            for number in range(1, horizon + 1):
                action, noise = yield
                memory = remember(z.view(1, -1), action.view(1, -1), memory.view(1, -1))
                z = predict(memory, noise.view(1, -1)).view(-1)
                terminated = float(done(memory)) > 0.5
                yield z, float(reward(memory)), terminated, number == horizon and not terminated
                if terminated:
                    return

        self._episode, self._running = episode, iter(())

    def reset(self, z, memory):
        self._running = self._episode(z, memory)
        return z

    def step(self, action, noise):
        if next(self._running, "over") == "over":
            raise RuntimeError("reset first")
        return self._running.send((action, noise))


# %% ps8-returns
def dream_returns(act, remember, predict, reward, done, z, memory, noise):
    going = torch.ones(z.size(0))
    returns, lengths = torch.zeros_like(going), torch.zeros_like(going)
    for t in range(noise.size(0)):
        memory = remember(z, act(z, memory), memory)
        z = predict(memory, noise[t])
        earned = reward(memory)
        returns = returns + torch.where(going > 0, earned, torch.zeros_like(earned))
        lengths = lengths + going
        going = going * (1 - (done(memory) > 0.5).float())
    return torch.nan_to_num(returns, nan=-math.inf), lengths


# %% ps8-choose
def choose(validation, test):
    temperatures = list(validation)
    means = torch.stack([validation[t].mean() for t in temperatures])
    best = temperatures[int(means.argmax())]
    variance, mean = torch.var_mean(test[best])
    return best, mean, (variance / test[best].numel()) ** 0.5


# %% ps8-gap
def gap(dream, real):
    difference = torch.mean(dream) - torch.mean(real)
    return difference, torch.sqrt(torch.var(dream) / dream.numel() + torch.var(real) / real.numel())
