"""NumPy where the reference has torch.

assignment: ps2_random_shooting
"""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    unit = torch.rand(candidates, horizon, len(low), generator=generator).numpy()
    return low.numpy() + (high - low).numpy() * unit
# %% ps2-refit
def refit(actions, returns, elites):
    order = np.argsort(-returns.numpy(), kind="stable")[:elites]
    best = actions.numpy()[order]
    return best.mean(axis=0), best.std(axis=0)
