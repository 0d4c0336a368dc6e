"""NumPy wherever no gradient is needed."""
# %% ps1-normalizer
class Normalizer:
    def __init__(self):
        self.mean, self.std = 0.0, 1.0

    def fit(self, x):
        rows = np.asarray(x, dtype=np.float64)
        self.mean = rows.mean(axis=0)
        self.std = rows.std(axis=0)
        self.std[self.std < 1e-6] = 1.0
        return self

    def normalize(self, x):
        return (np.asarray(x) - self.mean) / self.std

    def denormalize(self, x):
        return np.asarray(x) * self.std + self.mean
# %% ps1-targets
def inputs_and_targets(state, action, next_state):
    return np.hstack([state, action]), np.subtract(next_state, state)
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    normal = torch.distributions.Normal(mean, torch.exp(0.5 * log_variance))
    return -normal.log_prob(target).mean()
# %% ps1-rollout
def rollout(predict, state, actions):
    out = np.empty((actions.shape[0], actions.shape[1] + 1, state.shape[1]), dtype=np.float64)
    out[:, 0] = state
    for h in range(actions.shape[1]):
        state = predict(state, actions[:, h])
        out[:, h + 1] = state.detach().numpy()
    return out
# %% ps1-compounding
def compounding_error(roll, states, actions, horizon):
    gaps = []
    for t in range(actions.shape[1] - horizon + 1):
        foreseen = roll(states[:, t], actions[:, t : t + horizon]).numpy()
        gaps.append(foreseen[:, 1:] - states[:, t + 1 : t + 1 + horizon].numpy())
    gaps = np.concatenate(gaps)
    return [float(np.sqrt(np.mean(gaps[:, h] ** 2))) for h in range(horizon)]
