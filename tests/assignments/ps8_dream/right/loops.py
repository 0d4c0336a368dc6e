"""Plain loops, and a dream that counts upwards."""


# %% ps8-heat
def heat(log_weights, std, temperature):
    if math.isnan(temperature) or temperature <= 0:
        raise ValueError("above 0, please")
    scaled = log_weights / temperature
    total = scaled[..., 0]
    for m in range(1, scaled.shape[-1]):
        total = torch.logaddexp(total, scaled[..., m])
    return scaled - total[..., None], std * temperature**0.5


# %% ps8-ends
def ends(probability, threshold, uniform):
    answers = []
    for p, u in zip(probability, uniform):
        limit = u if threshold is None else threshold
        answers.append(bool(p > limit))
    return answers


# %% ps8-dream
class Dream:
    def __init__(self, remember, predict, reward, done, horizon):
        self.functions = (remember, predict, reward, done)
        self.horizon = horizon
        self.going_on = False

    def reset(self, z, memory):
        self.state = (z.clone(), memory.clone())
        self.steps, self.going_on = 0, True
        return z.clone()

    def step(self, action, noise):
        if not self.going_on:
            raise RuntimeError("reset first")
        remember, predict, reward, done = self.functions
        z, memory = (x.unsqueeze(0) for x in self.state)
        memory = remember(z, action.unsqueeze(0), memory)
        earned, probability = reward(memory).item(), done(memory).item()
        z = predict(memory, noise.unsqueeze(0))
        self.state = (z.squeeze(0), memory.squeeze(0))
        self.steps += 1
        terminated = probability > 0.5
        truncated = self.steps >= self.horizon and not terminated
        self.going_on = not (terminated or truncated)
        return self.state[0], earned, terminated, truncated


# %% ps8-returns
def dream_returns(act, remember, predict, reward, done, z, memory, noise):
    B = len(z)
    returns, lengths, over = [0.0] * B, [0] * B, [False] * B
    for t in range(len(noise)):
        memory = remember(z, act(z, memory), memory)
        z = predict(memory, noise[t])
        earned, probability = reward(memory).tolist(), done(memory).tolist()
        for b in range(B):
            if not over[b]:
                returns[b] += earned[b]
                lengths[b] += 1
                over[b] = probability[b] > 0.5
    return [-math.inf if math.isnan(r) else r for r in returns], lengths


# %% ps8-choose
def choose(validation, test):
    best, most = None, -math.inf
    for temperature, returns in validation.items():
        mean = sum(returns.tolist()) / len(returns)
        if mean > most:
            best, most = temperature, mean
    values = test[best].tolist()
    mean = sum(values) / len(values)
    variance = sum((v - mean) ** 2 for v in values) / (len(values) - 1)
    return best, mean, (variance / len(values)) ** 0.5


# %% ps8-gap
def gap(dream, real):
    total, means = 0.0, []
    for values in (dream.tolist(), real.tolist()):
        mean = sum(values) / len(values)
        total += sum((v - mean) ** 2 for v in values) / (len(values) - 1) / len(values)
        means.append(mean)
    return means[0] - means[1], math.sqrt(total)
