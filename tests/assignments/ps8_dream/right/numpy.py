"""NumPy where M's functions allow it."""


# %% ps8-heat
def heat(log_weights, std, temperature):
    if not temperature > 0:
        raise ValueError("above 0, please")
    scaled = np.asarray(log_weights).astype(np.float64) / temperature
    scaled = scaled - scaled.max(axis=-1, keepdims=True)
    scaled = scaled - np.log(np.exp(scaled).sum(axis=-1, keepdims=True))
    return scaled, np.asarray(std) * np.sqrt(temperature)


# %% ps8-ends
def ends(probability, threshold, uniform):
    limit = np.asarray(uniform) if threshold is None else threshold
    return np.asarray(probability) > limit


# %% ps8-returns
def dream_returns(act, remember, predict, reward, done, z, memory, noise):
    earned, probabilities = [], []
    for chance in noise:
        memory = remember(z, act(z, memory), memory)
        z = predict(memory, chance)
        earned.append(np.asarray(reward(memory)))
        probabilities.append(np.asarray(done(memory)))
    ended = np.cumsum(np.stack(probabilities) > 0.5, axis=0)
    over = np.vstack([np.zeros((1, len(z)), bool), ended[:-1] > 0])
    returns = np.where(over, 0, np.stack(earned)).sum(axis=0)
    return np.where(np.isnan(returns), -np.inf, returns), (~over).sum(axis=0)


# %% ps8-choose
def choose(validation, test):
    best = sorted(validation, key=lambda t: np.mean(np.asarray(validation[t])))[-1]
    returns = np.asarray(test[best])
    return best, np.mean(returns), np.std(returns, ddof=1) / np.sqrt(returns.size)


# %% ps8-gap
def gap(dream, real):
    dream, real = np.asarray(dream), np.asarray(real)
    error = np.hypot(
        dream.std(ddof=1) / np.sqrt(dream.size), real.std(ddof=1) / np.sqrt(real.size)
    )
    return dream.mean() - real.mean(), error
