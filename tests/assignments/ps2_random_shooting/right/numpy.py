"""NumPy inside, wherever the functions allow it."""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    unit = torch.rand(candidates * horizon * len(low), generator=generator).numpy()
    unit = unit.reshape(candidates, horizon, len(low))
    return low.numpy() * (1 - unit) + high.numpy() * unit
# %% ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    K, H, A = actions.shape
    S = states.shape[-1]
    before, after = states[:, :-1].reshape(-1, S), states[:, 1:].reshape(-1, S)
    rewards = reward(before, actions.reshape(-1, A), after).numpy().reshape(K, H)
    over = terminated(after).numpy().reshape(K, H)
    ended_before = np.zeros((K, H), dtype=bool)
    ended_before[:, 1:] = np.maximum.accumulate(over, axis=1)[:, :-1]
    rewards = np.where(ended_before, 0.0, rewards)
    total = rewards @ (discount ** np.arange(H, dtype=float))
    return np.where(np.isfinite(total), total, -np.inf)
# %% ps2-refit
def refit(actions, returns, elites):
    order = np.argsort(-returns.numpy(), kind="stable")
    best = actions.numpy()[order[:elites]]
    return best.mean(axis=0), best.std(axis=0)
